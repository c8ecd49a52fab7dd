/** A value as a CSV field: in quotes only where it must be, its own quotes doubled. `delimiter` is the character. */
export function encodeField(value: string, delimiter: string): string {
  if (!needsQuotes(value, delimiter)) return value;
  return `"${value.replaceAll('"', '""')}"`;
}

/** Values as one CSV record, without row end. A lone empty value is quoted: the bare line would be no record at all. */
export function encodeRecord(values: readonly string[], delimiter: string): string {
  if (values.length === 1 && values[0] === '') return '""';
  return values.map((value) => encodeField(value, delimiter)).join(delimiter);
}

function needsQuotes(value: string, delimiter: string): boolean {
  return value.includes('"') || value.includes(delimiter) || value.includes('\n') || value.includes('\r');
}
