import { type DelimiterName, DELIMITERS } from '../../input/delimiters.js';

/** The names in a header line, with or without quotes and line end. */
export function headerNames(header: Buffer, delimiter: DelimiterName): string[] {
  const text = header.toString().replace(/\r?\n$/, '');
  if (text === '') return [];
  // Names of fields hold neither quotes nor delimiters, nor line ends.
  return text.split(DELIMITERS[delimiter]).map((name) => name.replace(/^"(.*)"$/s, '$1'));
}

/** Whether two sets of columns are others; before version 50 the service gives them in alphabetical order (BULK_API §2). */
export function differsInColumns(names: readonly string[], expected: readonly string[]): boolean {
  return names.length !== expected.length || lacksColumn(names, expected);
}

/** Whether one of the columns that there must be is missing. */
export function lacksColumn(names: readonly string[], expected: readonly string[]): boolean {
  const there = new Set(names.map((name) => name.toLowerCase()));
  return expected.some((name) => !there.has(name.toLowerCase()));
}
