import { type FileFacts } from '../fileFacts.js';
import { count, counted, size } from '../format.js';
import { type ProcessSpan } from '../loadTimeline.js';
import { datum, markup, type Markup } from './markup.js';
import { facts, section } from './page.js';
import { type PageColumn, table } from './table.js';

/** A file on a page; `name` is a name in the run directory, or the path of one that lies elsewhere. */
export type FileRow = FileFacts & {
  readonly what: string;
  readonly rows?: number;
  readonly isElsewhere?: boolean;
};

/** The org's daily API calls as it last told them. */
export type ApiUsage = { readonly used: number; readonly max: number };

/** The command that continues, where there is something to continue. */
export function continueWith(next: string | undefined, what = 'Continue'): Markup | undefined {
  return next === undefined ? undefined : markup`<p>${what} with:</p><code class="command">${next}</code>`;
}

export function warningsSection(warnings: readonly string[]): Markup {
  return warnings.length === 0
    ? markup``
    : section('Warnings', markup`<ul>${warnings.map((text) => markup`<li>${datum(text, 1000)}</li>`)}</ul>`);
}

/** The files of a run, so that each can be found, and told from another one later. */
export function filesSection(files: readonly FileRow[], elsewhere = 'the run directory'): Markup {
  return files.length === 0 ? markup`` : section('Files', table(FILES, files, { elsewhere }));
}

const FILES: ReadonlyArray<PageColumn<FileRow>> = [
  {
    name: 'File',
    // A page leads nowhere but into its own directory.
    cell: ({ name, isElsewhere }) =>
      isElsewhere ? datum(name, 1000) : markup`<a href="${encodeURIComponent(name)}">${name}</a>`
  },
  { name: 'What it holds', cell: ({ what }) => what },
  { name: 'Rows', cell: ({ rows }) => (rows === undefined ? '' : count(rows)), isNumber: true },
  { name: 'Size', cell: ({ bytes }) => size(bytes), isNumber: true },
  { name: 'SHA-256', cell: ({ sha256 }) => markup`<span class="hash">${sha256}</span>` }
];

/** @param by whose calls they are */
export function callsSection(apiCalls: number, usage?: ApiUsage, by = 'by this run'): Markup {
  return section(
    'API calls',
    facts([
      [by, counted(apiCalls, 'call')],
      ['by all of the org today', usage && usageText(usage)]
    ])
  );
}

function usageText({ used, max }: ApiUsage): string {
  return `${count(used)} of ${count(max)}; ${count(Math.max(max - used, 0))} remain`;
}

/** Said below charts that leave something out. */
export function processesNote({ length }: readonly ProcessSpan[]): Markup | undefined {
  return length > 1
    ? markup`<p class="note">${count(length)} processes worked on this run; the time between them is left out of the charts.</p>`
    : undefined;
}
