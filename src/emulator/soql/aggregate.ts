import { type AggregateName } from './ast.js';
import { type Column, type RunContext } from './fields.js';
import { type SoqlRecord, type SoqlValue } from './source.js';
import { type Key, keyOf, keyOrder, kindOf } from './values.js';

/** One aggregate of a query; `column` is missing in `count()`, which counts records. */
export type AggregateStep = { readonly name: AggregateName; readonly column?: Column<SoqlRecord> };

/** The values that a query groups by, then its aggregates. */
export type GroupRow = readonly SoqlValue[];

type Accumulator = { readonly add: (value: SoqlValue) => void; readonly result: () => SoqlValue };

const ACCUMULATORS = {
  COUNT: () => {
    let count = 0;
    return { add: () => void count++, result: () => count };
  },
  COUNT_DISTINCT: (toKey) => {
    const keys = new Set<Key>();
    return { add: (value) => void keys.add(toKey(value)), result: () => keys.size };
  },
  MIN: (toKey) => extreme((value, best) => keyOrder(toKey(value), toKey(best)) < 0),
  MAX: (toKey) => extreme((value, best) => keyOrder(toKey(value), toKey(best)) > 0),
  SUM: () => {
    let sum: number | null = null;
    return { add: (value) => (sum = (sum ?? 0) + Number(value)), result: () => sum };
  },
  AVG: () => {
    let sum = 0;
    let count = 0;
    return {
      add: (value) => {
        sum += Number(value);
        count++;
      },
      result: () => (count === 0 ? null : sum / count)
    };
  }
} as const satisfies Record<AggregateName, (toKey: (value: SoqlValue) => Key) => Accumulator>;

/** The type that describe would give an aggregate's values. */
export function aggregateType({ name, column }: AggregateStep): string {
  if (name === 'COUNT' || name === 'COUNT_DISTINCT') return 'int';
  return name === 'AVG' ? 'double' : (column?.type ?? 'int');
}

/** One row per group in the order in which they turn up; without groups just one row, of no records too. */
export function groupRows(
  records: Iterable<SoqlRecord>,
  by: { readonly groups: ReadonlyArray<Column<SoqlRecord>>; readonly aggregates: readonly AggregateStep[] },
  run: RunContext
): GroupRow[] {
  const groups = by.groups.map((column) => ({ value: column.bind(run), key: keyOf(kindOf(column.type)) }));
  const inputs = by.aggregates.map(({ column }) => column?.bind(run) ?? (() => true));
  const found = new Map<string, { readonly values: SoqlValue[]; readonly accumulators: Accumulator[] }>();
  const newGroup = (values: SoqlValue[]): { values: SoqlValue[]; accumulators: Accumulator[] } => ({
    values,
    accumulators: by.aggregates.map(accumulator)
  });
  if (groups.length === 0) found.set('[]', newGroup([]));
  for (const record of records) {
    const values = groups.map(({ value }) => value(record));
    const key = JSON.stringify(groups.map((group, index) => group.key(values[index] ?? null)));
    const group = found.get(key) ?? newGroup(values);
    found.set(key, group);
    group.accumulators.forEach((each, index) => {
      const value = inputs[index]?.(record) ?? null;
      if (value !== null && value !== '') each.add(value);
    });
  }
  return [...found.values()].map(({ values, accumulators }) => [
    ...values,
    ...accumulators.map((each) => each.result())
  ]);
}

function accumulator({ name, column }: AggregateStep): Accumulator {
  return ACCUMULATORS[name](keyOf(kindOf(column?.type ?? 'int')));
}

function extreme(isBetter: (value: SoqlValue, best: SoqlValue) => boolean): Accumulator {
  let best: SoqlValue = null;
  return {
    add: (value) => {
      if (best === null || isBetter(value, best)) best = value;
    },
    result: () => best
  };
}
