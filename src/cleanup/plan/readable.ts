/** What a spreadsheet would take for a formula, or for the command of one. */
const FORMULA = /^'*[=+\-@\t\r]/;

/**
 * A cell of a file that people open in a spreadsheet: what would start a formula there gets an apostrophe before it. `plainCell` takes it away
 * again, so that every value comes back as it was.
 */
export function readableCell(value: string): string {
  return FORMULA.test(value) ? `'${value}` : value;
}

export function plainCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
