import { createHash } from 'node:crypto';
import { markup, Markup } from './markup.js';
import { STYLE } from './style.js';

/** How a run ended: its colour and its sign, which say the same. */
export type Tone = 'good' | 'warning' | 'bad' | 'neutral';

export type Page = {
  readonly title: string;
  /** What is said first, large. */
  readonly outcome: string;
  readonly tone: Tone;
  /** One line below the outcome: which org, when, how long. */
  readonly facts: ReadonlyArray<Markup | string>;
  readonly body: readonly Markup[];
  /** Of our own making, never with data in it. What the page has to say must be there without it. */
  readonly script?: string;
  /** For what the page has of its own, beside the common look. */
  readonly style?: string;
};

/**
 * A page for people that needs nothing but itself: no network, no script but the one given, nothing that data could start. Light and dark
 * as the reader's screen has it, light on paper.
 */
export function page({ title, outcome, tone, facts, body, script, style = '' }: Page): string {
  const look = STYLE + style;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(look)}'`,
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'"
  ].join('; ');
  const document = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(look)}</style>
</head>
<body>
<header class="${tone}">
<p class="sign" aria-hidden="true">${SIGNS[tone]}</p>
<div>
<h1>${outcome}</h1>
<p>${facts.map((fact) => markup`<span class="fact">${fact}</span> `)}</p>
</div>
</header>
<main>
${body.map((piece) => markup`${piece}\n`)}</main>
${script === undefined ? undefined : markup`<script>${new Markup(script)}</script>\n`}</body>
</html>
`;
  return document.toString();
}

/** A part of the page with a heading; nothing where there is nothing to say. */
export function section(heading: string, ...content: ReadonlyArray<Markup | undefined>): Markup {
  const pieces = content.filter((piece) => piece !== undefined);
  if (pieces.length === 0) return markup``;
  return markup`<section><h2>${heading}</h2>\n${pieces}</section>`;
}

export type Tile = { readonly name: string; readonly value: string; readonly note?: string; readonly tone?: Tone };

/** Numbers in large type. */
export function tiles(all: readonly Tile[]): Markup {
  return markup`<ul class="tiles">${all.map(
    ({ name, value, note, tone = 'neutral' }) =>
      markup`<li class="${tone}"><span>${name}</span><strong>${value}</strong>${note === undefined ? undefined : markup`<small>${note}</small>`}</li>`
  )}</ul>`;
}

/** Names with what they are. */
export function facts(all: ReadonlyArray<readonly [name: string, value: Markup | string | undefined]>): Markup {
  const known = all.filter(([, value]) => value !== undefined);
  return markup`<dl>${known.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', warning: '!', bad: '✗', neutral: '·' };

/** As a policy names what it lets pass: nobody can add to it. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
