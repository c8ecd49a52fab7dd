/** The delimiters of Bulk API 2.0 by its own names (Create a Job). */
export const DELIMITERS = {
  BACKQUOTE: '`',
  CARET: '^',
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t'
} as const;

export type DelimiterName = keyof typeof DELIMITERS;
export type LineEnding = 'LF' | 'CRLF';

/** In a form that a flag's `options` takes. */
export const DELIMITER_NAMES = Object.keys(DELIMITERS) as readonly DelimiterName[];
