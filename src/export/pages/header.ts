import { type DelimiterName, DELIMITERS } from '../../input/delimiters.js';

/** The names in a header line, with or without quotes and line end. */
export function headerNames(header: Buffer, delimiter: DelimiterName): string[] {
  const text = header.toString().replace(/\r?\n$/, '');
  if (text === '') return [];
  // Names of fields hold neither quotes nor delimiters, nor line ends.
  return text.split(DELIMITERS[delimiter]).map((name) => name.replace(/^"(.*)"$/s, '$1'));
}

/** Whether two sets of columns are the same; before version 50 the service gives them in alphabetical order (BULK_API §2). */
export function areSameColumns(one: readonly string[], other: readonly string[]): boolean {
  const sorted = (names: readonly string[]): string => JSON.stringify(names.map((name) => name.toLowerCase()).sort());
  return one.length === other.length && sorted(one) === sorted(other);
}
