export type SoqlErrorCode =
  | 'MALFORMED_QUERY'
  | 'INVALID_FIELD'
  | 'INVALID_TYPE'
  | 'INVALID_QUERY_FILTER_OPERATOR'
  | 'NUMBER_OUTSIDE_VALID_RANGE'
  | 'API_ERROR';

/** A query that the service refuses with HTTP 400 and `[{errorCode, message}]`. */
export class SoqlError extends Error {
  public constructor(
    public readonly errorCode: SoqlErrorCode,
    message: string
  ) {
    super(message);
    this.name = 'SoqlError';
  }
}

// The service shows a piece of a long line, too; how long a piece is not documented.
const SHOWN_BEFORE = 60;
const SHOWN_AFTER = 40;

/** An error with the line it is on, a caret under its place and its row and column, counted from 1. */
export function errorAt(text: string, offset: number, error: { code: SoqlErrorCode; message: string }): SoqlError {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const lineEnd = newline < 0 ? text.length : newline;
  const row = text.slice(0, lineStart).split('\n').length;
  const from = Math.max(lineStart, offset - SHOWN_BEFORE);
  const shown = text.slice(from, Math.min(lineEnd, offset + SHOWN_AFTER));
  const caret = `${' '.repeat(offset - from)}^`;
  const place = `ERROR at Row:${row}:Column:${offset - lineStart + 1}`;
  return new SoqlError(error.code, `\n${shown}\n${caret}\n${place}\n${error.message}`);
}
