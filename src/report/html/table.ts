import { count } from '../format.js';
import { markup, type Markup } from './markup.js';

export type PageColumn<Row> = {
  readonly name: string;
  readonly cell: (row: Row) => Markup | string;
  /** Numbers are set to the right. */
  readonly isNumber?: boolean;
};

/** Rows of a page's table at most: a page of hundreds of jobs is to stay one that opens at once. */
export const MOST_TABLE_ROWS = 200;

/**
 * A table, without the columns in which nobody has anything, cut off after `most` rows with a line that says so.
 * @param elsewhere where the others are to be found
 */
export function table<Row>(
  columns: ReadonlyArray<PageColumn<Row>>,
  rows: readonly Row[],
  { most = MOST_TABLE_ROWS, elsewhere }: { most?: number; elsewhere: string }
): Markup {
  const shown = rows.slice(0, most);
  const rest = rows.length - shown.length;
  const filled = columns
    .map(({ name, cell, isNumber }) => ({ name, isNumber, cells: shown.map(cell) }))
    .filter(({ cells }) => cells.some((value) => value !== ''));
  const head = filled.map(({ name, isNumber }) => markup`<th scope="col"${kind(isNumber)}>${name}</th>`);
  const body = shown.map(
    (_, at) => markup`<tr>${filled.map(({ cells, isNumber }) => markup`<td${kind(isNumber)}>${cells[at]}</td>`)}</tr>\n`
  );
  const more = rest > 0 ? markup`<p class="more">and ${count(rest)} more, in ${elsewhere}</p>` : undefined;
  return markup`<div class="wide"><table><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table></div>${more}`;
}

function kind(isNumber = false): Markup {
  return isNumber ? markup` class="number"` : markup``;
}
