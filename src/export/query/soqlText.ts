/** Comments before the query, as editors of SOQL files write them (`// …`), and blank lines. */
const HEAD = /^(?:[^\S\n]*(?:\/\/[^\n]*)?\n)+/;

/** The query in the text of a file: without byte order mark, comments before it and a semicolon after it, none of which the org knows. */
export function soqlInFile(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(HEAD, '')
    .replace(/\s*;\s*$/, '');
}
