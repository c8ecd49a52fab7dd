import { errorAt } from './soqlError.js';

export type TokenKind = 'word' | 'number' | 'date' | 'datetime' | 'dateLiteral' | 'string' | 'symbol' | 'end';

/** `text` is as written; a string has its quotes and escapes still. */
export type Token = { readonly kind: TokenKind; readonly text: string; readonly at: number };

// Longer forms first: a datetime begins like a date, a date like a number.
const FORMS: ReadonlyArray<readonly [TokenKind, RegExp]> = [
  ['datetime', /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})(?!\w)/iy],
  ['date', /\d{4}-\d{2}-\d{2}(?![\w-])/y],
  ['number', /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?!\w)/y],
  ['dateLiteral', /[A-Za-z_]+:\d+(?!\w)/y],
  ['word', /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y],
  ['string', /'(?:[^'\\]|\\[\s\S])*'/y],
  ['symbol', /<=|>=|!=|<>|[=<>(),]/y]
];

const SPACE = /\s*/y;

/**
 * The tokens of a query; the last is of kind `end`.
 * @throws SoqlError MALFORMED_QUERY for a character that begins nothing.
 */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (let at = pastSpace(text, 0); at < text.length;) {
    const token = tokenAt(text, at);
    found.push(token);
    at = pastSpace(text, at + token.text.length);
  }
  found.push({ kind: 'end', text: '<EOF>', at: text.length });
  return found;
}

function pastSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, form] of FORMS) {
    form.lastIndex = at;
    const match = form.exec(text);
    if (match) return { kind, text: match[0], at };
  }
  const unexpected = text[at] === "'" ? text.slice(at) : String.fromCodePoint(text.codePointAt(at) ?? 0);
  throw errorAt(text, at, { code: 'MALFORMED_QUERY', message: `unexpected token: '${unexpected}'` });
}
