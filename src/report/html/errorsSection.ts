import { remedyFor, ROW_ERRORS, type RowErrorClass, type RowErrorCode } from '../../bulk/rowError.js';
import { type ExampleRow } from '../exampleRows.js';
import { count } from '../format.js';
import { datum, markup, type Markup } from './markup.js';
import { section } from './page.js';
import { type PageColumn, table } from './table.js';

/** Rows or records that met the same fate for the same reason, with some of them. */
export type ErrorGroup = {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  /** Where one of them is to be found. */
  readonly where: string;
  readonly examples: readonly ExampleRow[];
};

const MOST_ERRORS = 50;

const CLASSES: Readonly<Record<RowErrorClass, string>> = {
  transient: 'passes by itself; the rows went again',
  permanent: 'needs other data',
  'needs-a-person': 'needs somebody with rights in the org'
};

/** What went wrong and what to do about it. @param elsewhere where the others are to be found */
export function errorsSection(errors: readonly ErrorGroup[], elsewhere: string): Markup {
  if (errors.length === 0) return markup``;
  const more = errors.length - MOST_ERRORS;
  return section(
    'What went wrong, most frequent first',
    ...errors.slice(0, MOST_ERRORS).map((error) => errorBlock(error, elsewhere)),
    more > 0 ? markup`<p class="more">and ${count(more)} other kinds, in ${elsewhere}</p>` : undefined
  );
}

function errorBlock({ code, message, count: rows, where, examples }: ErrorGroup, elsewhere: string): Markup {
  const remedy = remedyFor(code);
  const known = Object.hasOwn(ROW_ERRORS, code) ? ROW_ERRORS[code as RowErrorCode].class : undefined;
  return markup`<div class="error"><h3>${count(rows)} × <code>${datum(code)}</code></h3>
<p>${datum(message, 600)} <span class="note">(${where})</span></p>
${remedy === undefined ? undefined : markup`<p><strong>What to do:</strong> ${remedy}</p>`}
${known === undefined ? undefined : markup`<p class="note">This ${CLASSES[known]}.</p>`}${exampleTable(examples, elsewhere)}</div>\n`;
}

function exampleTable(examples: readonly ExampleRow[], elsewhere: string): Markup | undefined {
  if (examples.length === 0) return undefined;
  const names = [...new Set(examples.flatMap(({ values }) => values.map(([name]) => name)))];
  const columns: Array<PageColumn<ExampleRow>> = [
    { name: 'Row', cell: ({ row }) => count(row), isNumber: true },
    ...names.map((name) => ({
      name,
      cell: ({ values }: ExampleRow) => datum(values.find(([column]) => column === name)?.[1] ?? '', 80)
    }))
  ];
  return table(columns, examples, { elsewhere });
}
