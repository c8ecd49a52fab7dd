import { cutToWidth, padToWidth, textWidth } from './textWidth.js';

/** One column of a table: its heading, and the text for a row. */
export type Column<Row> = {
  readonly name: string;
  readonly text: (row: Row) => string;
  /** Numbers are set to the right. */
  readonly isNumber?: boolean;
};

/**
 * Rows as lines of aligned columns, headings first. Columns in which no row has anything are left out. Where the columns take more cells than
 * there are, each row is a small block instead: its first column as it is, to be copied, and below it the others with their names.
 */
export function tableLines<Row>(columns: ReadonlyArray<Column<Row>>, rows: readonly Row[], cells = Infinity): string[] {
  const filled = columns
    .map((column) => ({ column, texts: rows.map((row) => plainText(column.text(row))) }))
    .filter(({ texts }) => texts.some((text) => text !== ''));
  const blocks = filled.map(({ column, texts }) => aligned(column, texts));
  const lines = Array.from({ length: rows.length + 1 }, (_, line) =>
    blocks
      .map((block) => block[line] ?? '')
      .join('  ')
      .trimEnd()
  );
  if (lines.every((line) => textWidth(line) <= cells)) return lines;
  return rows.flatMap((_, row) => {
    const [first, ...others] = filled.map(({ column, texts }) => ({ name: column.name, text: texts[row] ?? '' }));
    const told = others.filter(({ text }) => text !== '').map(({ name, text }) => `${name.toLowerCase()} ${text}`);
    return [first?.text ?? '', ...flowing(told, cells - INDENT.length).map((line) => INDENT + line)];
  });
}

const INDENT = '  ';

/** As many pieces on a line as fit; one that is longer than a line is cut. */
function flowing(pieces: readonly string[], cells: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    const longer = `${last} · ${piece}`;
    if (last !== undefined && textWidth(longer) <= cells) lines[lines.length - 1] = longer;
    else lines.push(cutToWidth(piece, cells));
  }
  return lines;
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
