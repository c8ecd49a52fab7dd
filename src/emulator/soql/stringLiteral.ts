import { type Token } from './tokens.js';
import { SoqlError } from './soqlError.js';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  _: '_',
  '%': '%'
};

/** The value of a quoted string. @throws SoqlError MALFORMED_QUERY for an escape that SOQL doesn't have. */
export function stringValue(token: Token): string {
  return unescaped(token, (character) => ESCAPES[character]);
}

/** The value of a LIKE pattern: as a string, but what makes `%`, `_` and the backslash plain stays before them. */
export function likePattern(token: Token): string {
  return unescaped(token, (character) => ('\\%_'.includes(character) ? `\\${character}` : ESCAPES[character]));
}

function unescaped(token: Token, meaning: (character: string) => string | undefined): string {
  return token.text
    .slice(1, -1)
    .replace(/\\(?:[uU]([0-9a-fA-F]{4})|([\s\S]))/g, (escape, hex?: string, character?: string) => {
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      const value = meaning(character ?? '');
      if (value !== undefined) return value;
      throw new SoqlError(
        'MALFORMED_QUERY',
        `Invalid string literal ${token.text}. Illegal character sequence '${escape}' in string literal.`
      );
    });
}
