/** Files that are given in place of CSV or JSON, by how they begin; each has a message of that name. */
const BEGINNINGS: ReadonlyArray<readonly [kind: string, begins: RegExp]> = [
  ['zip', /^PK\x03\x04/],
  ['xls', /^\xd0\xcf\x11\xe0/],
  ['pdf', /^%PDF-/],
  ['parquet', /^PAR1[\0-\x1f]/],
  ['otherPacking', /^(?:\x28\xb5\x2f\xfd|BZh[1-9]1AY&|\xfd7zXZ|7z\xbc\xaf)/],
  ['utf32', /^(?:\xff\xfe\0\0|\0\0\xfe\xff)/],
  ['html', /^(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|\?xml)\b/i]
];

/** Enough for the longest of them, with some white space before it. */
export const KIND_BYTES = 64;

/** What a file is by its first bytes; undefined for one that may be read. */
export function mistakenKind(head: Buffer): string | undefined {
  const text = head.toString('latin1', 0, KIND_BYTES);
  return BEGINNINGS.find(([, begins]) => begins.test(text))?.[0];
}
