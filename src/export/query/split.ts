import { Messages } from '@salesforce/core';
import { type PlannedRange, type RangeBounds, type RangeNumber } from '../../run/exportEvents.js';
import { clause, readSoql, type SoqlQuery } from '../../schema/soql.js';
import { type SplitAsked } from '../asked.js';
import { SCALES } from './splitScale.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** The lowest and the highest value of the field that the org has now; undefined where it has none. */
export type Span = { readonly low: string; readonly high: string } | undefined;

/** Parts of the whole where neither a unit nor a number was asked for. */
const DEFAULT_SPLITS = 8;
/** More jobs than that for one export are a mistake: the org runs 10,000 a day. */
const MOST_RANGES = 1000;

/**
 * Ranges that no row is in twice and every row is in once: below the first bound, from bound to bound, from the last one on, and, where the
 * field may be empty, the rows without a value. The outer ones are open, so that a record made meanwhile is in one of them.
 * @throws SfError `SplitTooFineError`
 */
export function plannedRanges(soql: string, split: SplitAsked, span: Span): PlannedRange[] {
  const scale = SCALES[split.type];
  const bounds = span
    ? scale.bounds(span.low, span.high, { unit: split.unit, splits: split.splits ?? DEFAULT_SPLITS })
    : [];
  const edges: Array<string | undefined> = [undefined, ...bounds, undefined];
  const spans = edges
    .slice(1)
    .map((to, at): RangeBounds => ({ from: edges[at], to, low: span?.low, high: span?.high }));
  const all: RangeBounds[] = split.isNillable ? [...spans, { isNull: true }] : spans;
  if (all.length > MOST_RANGES) throw messages.createError('splitTooFine', [split.field, all.length, MOST_RANGES]);
  return all.map((range, at) => rangeOf(at + 1, soql, split, range));
}

/**
 * Two halves in the place of a range whose query took too long; undefined where it can't be cut any more.
 * @param first number of the first half; the second has the next
 */
export function halves(
  range: PlannedRange,
  whole: string,
  split: SplitAsked,
  first: RangeNumber
): PlannedRange[] | undefined {
  const { bounds } = range;
  if (!bounds || bounds.isNull) return undefined;
  const low = bounds.from ?? bounds.low;
  const high = bounds.to ?? bounds.high;
  const middle = low !== undefined && high !== undefined ? SCALES[split.type].middle(low, high) : undefined;
  if (middle === undefined || middle === bounds.from || middle === bounds.to) return undefined;
  return [
    rangeOf(first, whole, split, { ...bounds, to: middle }),
    rangeOf(first + 1, whole, split, { ...bounds, from: middle })
  ];
}

/** The queries of the lowest and the highest value: each reads one record by the field's index. */
export function spanQueries(soql: string, { field }: SplitAsked): { readonly low: string; readonly high: string } {
  const query = readSoql(soql);
  const where = clause(query, 'WHERE');
  const from = soql.slice(query.sobjectAt, where?.at ?? afterScope(query)).trim();
  const condition = where ? `(${conditionOf(soql)}) AND ${field} != null` : `${field} != null`;
  const select = (order: string): string =>
    `SELECT ${field} FROM ${from} WHERE ${condition} ORDER BY ${field} ${order} LIMIT 1`;
  return { low: select('ASC'), high: select('DESC') };
}

/** The query with one more condition. */
export function narrowed(soql: string, condition: string): string {
  const query = readSoql(soql);
  const where = clause(query, 'WHERE');
  const end = where ? endOf(soql, 'WHERE') : afterScope(query);
  const head = soql.slice(0, where ? where.at : end).trimEnd();
  const all = where ? `(${conditionOf(soql)}) AND (${condition})` : condition;
  return `${head} WHERE ${all} ${soql.slice(end)}`.trimEnd();
}

/** Where a WHERE would stand. */
function afterScope({ soql, clauses }: SoqlQuery): number {
  return clauses.find(({ name }) => name !== 'USING SCOPE')?.at ?? soql.length;
}

function conditionOf(soql: string): string {
  const at = clause(readSoql(soql), 'WHERE')?.at ?? 0;
  return soql.slice(at + 'WHERE'.length, endOf(soql, 'WHERE')).trim();
}

function endOf(soql: string, name: 'WHERE'): number {
  const { clauses } = readSoql(soql);
  const index = clauses.findIndex((each) => each.name === name);
  return clauses[index + 1]?.at ?? soql.length;
}

function rangeOf(range: RangeNumber, soql: string, split: SplitAsked, bounds: RangeBounds): PlannedRange {
  const { field, type } = split;
  const scale = SCALES[type];
  const { from, to, isNull } = bounds;
  if (isNull) return { range, soql: narrowed(soql, `${field} = null`), label: `${field} empty`, bounds };
  const conditions = [
    ...(from === undefined ? [] : [`${field} >= ${scale.literal(from)}`]),
    ...(to === undefined ? [] : [`${field} < ${scale.literal(to)}`])
  ];
  if (conditions.length === 0) {
    const every = split.isNillable ? `${field} != null` : undefined;
    return {
      range,
      soql: every ? narrowed(soql, every) : soql,
      label: split.isNillable ? `${field} not empty` : undefined,
      bounds
    };
  }
  const words = [...(from === undefined ? [] : [`from ${from}`]), ...(to === undefined ? [] : [`before ${to}`])];
  return { range, soql: narrowed(soql, conditions.join(' AND ')), label: `${field} ${words.join(' ')}`, bounds };
}
