import { type Column, type RunContext } from './fields.js';
import { type Key, keyOf, keyOrder, kindOf } from './values.js';

export type OrderStep<Row> = {
  readonly column: Column<Row>;
  readonly descending: boolean;
  readonly nullsLast: boolean;
};

// Sorting so many at a time, a few of a million rows are found without holding the million.
const LEAST_HELD = 1000;

/** The rows in order, equal ones as they came; with `keep` only that many of the first, and not many more are held. */
export function inOrder<Row>(
  rows: Iterable<Row>,
  steps: ReadonlyArray<OrderStep<Row>>,
  { run, keep }: { readonly run: RunContext; readonly keep?: number }
): Row[] {
  const compare = comparator(steps);
  const keys = steps.map(({ column }) => ({ value: column.bind(run), key: keyOf(kindOf(column.type)) }));
  let held: Array<Keyed<Row>> = [];
  const most = keep === undefined ? Infinity : Math.max(LEAST_HELD, 2 * keep);
  for (const row of rows) {
    held.push({ row, keys: keys.map(({ value, key }) => key(value(row))) });
    if (held.length >= most) held = held.sort(compare).slice(0, keep);
  }
  return held
    .sort(compare)
    .slice(0, keep)
    .map(({ row }) => row);
}

type Keyed<Row> = { readonly row: Row; readonly keys: readonly Key[] };

function comparator<Row>(steps: ReadonlyArray<OrderStep<Row>>): (a: Keyed<Row>, b: Keyed<Row>) => number {
  return (a, b) => {
    for (const [index, step] of steps.entries()) {
      const order = stepOrder(step, a.keys[index] ?? null, b.keys[index] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Nulls come first, ascending or not, unless they are asked to come last (SOQL reference, ORDER BY). */
function stepOrder<Row>({ descending, nullsLast }: OrderStep<Row>, a: Key, b: Key): number {
  const order = keyOrder(a, b);
  if (a === null || b === null) return nullsLast ? -order : order;
  return descending ? -order : order;
}
