import { Messages } from '@salesforce/core';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'soql');

/** A piece of SOQL; `at` is where it begins in the text. */
export type Token = {
  /** `word`: a name, keyword, number or date; `text`: in quotes; `sign`: an operator, comma, parenthesis or colon. */
  readonly kind: 'word' | 'text' | 'sign';
  readonly text: string;
  readonly at: number;
};

const SPACE = /\s+/y;
const TEXT = /'(?:[^'\\]|\\[\s\S])*'/y;
// Names with their path, numbers, dates and times, date literals with their number, and what Apex would bind.
const WORD = /[\w.$%]+(?:[-+:]?[\w.]+)*/y;
const NAME = /[A-Za-z_][\w.$%]*(?::\d+)?/y;
/** What begins a comment in other languages. */
const COMMENT = /^(?:--|\/\/|\/\*)/;
/** What word processors and other languages put around a text. */
const OTHER_QUOTES = /["“”„‘’`]/;
const SIGN = /<=|>=|!=|<>|[=<>(),:+-]/y;

/**
 * Cuts SOQL into its pieces. SOQL has no comments.
 * @throws SfError `SoqlMalformedError` with the place
 */
export function soqlTokens(soql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < soql.length;) {
    const space = match(SPACE, soql, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const text = match(TEXT, soql, at);
    const word = text ?? match(NAME, soql, at) ?? match(WORD, soql, at);
    const piece = word ?? match(SIGN, soql, at);
    if (piece === undefined || COMMENT.test(soql.slice(at, at + 2))) throw malformed(soql, at, nonsense(soql, at));
    tokens.push({ kind: text !== undefined ? 'text' : word !== undefined ? 'word' : 'sign', text: piece, at });
    at += piece.length;
  }
  return tokens;
}

function nonsense(soql: string, at: number): string {
  if (COMMENT.test(soql.slice(at, at + 2))) return 'SOQL has no comments';
  if (OTHER_QUOTES.test(soql[at] ?? '')) return 'texts stand in single quotes';
  return soql[at] === "'" ? 'a text begins that does not end' : `${soql[at] ?? ''} has no meaning`;
}

/** The error of a query that can't be read, with its place as row and column, and the text there. */
export function malformed(soql: string, at: number, what: string): Error {
  return messages.createError('soqlMalformed', [placeOf(soql, at), what], [excerpt(soql, at)]);
}

/** `row 2, column 5`, counted from 1. */
export function placeOf(soql: string, at: number): string {
  const before = soql.slice(0, at).split('\n');
  return `row ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Some of the text on both sides of a place, with a mark at it. */
function excerpt(soql: string, at: number): string {
  const from = Math.max(at - 30, 0);
  const text = `${from > 0 ? '…' : ''}${soql.slice(from, at)}»${soql.slice(at, at + 30)}`;
  return text.replace(/\s+/g, ' ').trim();
}

function match(pattern: RegExp, soql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(soql)?.[0];
}
