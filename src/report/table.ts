import { padToWidth, textWidth } from './textWidth.js';

/** One column of a table: its heading, and the text for a row. */
export type Column<Row> = {
  readonly name: string;
  readonly text: (row: Row) => string;
  /** Numbers are set to the right. */
  readonly isNumber?: boolean;
};

/** Rows as lines of aligned columns, headings first. Columns in which no row has anything are left out. */
export function tableLines<Row>(columns: ReadonlyArray<Column<Row>>, rows: readonly Row[]): string[] {
  const filled = columns
    .map((column) => ({ column, texts: rows.map((row) => plainText(column.text(row))) }))
    .filter(({ texts }) => texts.some((text) => text !== ''))
    .map(({ column, texts }) => aligned(column, texts));
  return Array.from({ length: rows.length + 1 }, (_, line) =>
    filled
      .map((lines) => lines[line] ?? '')
      .join('  ')
      .trimEnd()
  );
}

function aligned<Row>({ name, isNumber }: Column<Row>, texts: readonly string[]): string[] {
  const lines = [name, ...texts];
  const width = lines.reduce((most, line) => Math.max(most, textWidth(line)), 0);
  return lines.map((line) => padToWidth(line, width, isNumber));
}

/** Text of the org or of a file on one line of a terminal: what would move its cursor, colour it or break the line is a space. */
export function plainText(text: string): string {
  return text.replace(CONTROLS, ' ');
}

/** C0 and C1 controls, line and paragraph separators, and what turns the direction of text around. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
