/** Marks that nobody sees and copied texts are full of: zero-width spaces, joiners, direction marks, a BOM in the middle. */
const UNSEEN = /\p{Cf}/gu;

/** The name of a column as a person reads it: without what is not seen, with one plain space for spaces of any kind and number. */
export function columnName(name: string): string {
  return name.normalize('NFC').replace(UNSEEN, '').replace(/\s+/g, ' ').trim();
}

/** The same for names that mean the same column: case makes no difference either. */
export function columnKey(name: string): string {
  return columnName(name).toLowerCase();
}
