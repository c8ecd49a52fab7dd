import { type Org } from '../org.js';
import { type SoqlPlan, runSoql } from '../soql/evaluate.js';
import { planSoql } from '../soql/plan.js';
import { type SoqlSource, type SoqlValue } from '../soql/source.js';
import { attributes } from './sobjects.js';

/** A record, or a parent within one. */
type Shape = { readonly idAt: number; readonly entries: Array<{ readonly name: string; readonly of: number | Shape }> };
type Row = readonly SoqlValue[];

/**
 * The rows of a query as JSON records: each with its attributes, the fields of a parent in an object of their own, null where there is no parent.
 * @param plan not of kind `count`
 */
export function jsonRecords(
  org: Org,
  { plan, source }: { readonly plan: SoqlPlan; readonly source: SoqlSource },
  asked: { readonly includeDeleted: boolean; readonly version: string }
): unknown[] {
  const options = { includeDeleted: asked.includeDeleted, nowMs: org.now() };
  if (plan.kind !== 'rows') return [...runSoql(plan, source, options).rows].map((row) => aggregateRecord(plan, row));
  const whole = withIds(plan, source);
  const shape = shapeOf(plan.columns, whole.columns);
  const attributesOf = (id: string): unknown => {
    const object = org.store.schema.withPrefix(id.slice(0, 3));
    return object && attributes(object, id, asked.version);
  };
  return [...runSoql(whole, source, options).rows].map((row) => record(shape, row, attributesOf));
}

function aggregateRecord({ columns }: SoqlPlan, row: Row): unknown {
  const values = columns.map((name, at) => [name, row[at] ?? null] as const);
  return { attributes: { type: 'AggregateResult' }, ...Object.fromEntries(values) };
}

/** The plan with the Ids of the records and of all parents after its own columns; attributes are made of them. */
function withIds(plan: SoqlPlan, source: SoqlSource): SoqlPlan {
  const ids = new Set(plan.columns.flatMap(parentsOf).map((parent) => `${parent}.Id`));
  const missing = ['Id', ...ids].filter((name) => !plan.columns.includes(name));
  const added = missing.map((name) => ({ kind: 'field', path: name.split('.'), at: 0 }) as const);
  return planSoql({ ...plan.query, select: [...plan.query.select, ...added] }, source);
}

/** `Account` and `Account.Parent` of `Account.Parent.Name`. */
function parentsOf(column: string): string[] {
  const steps = column.split('.').slice(0, -1);
  return steps.map((_step, at) => steps.slice(0, at + 1).join('.'));
}

function shapeOf(columns: readonly string[], all: readonly string[]): Shape {
  const root: Shape = { idAt: all.indexOf('Id'), entries: [] };
  const shapes = new Map([['', root]]);
  const shapeAt = (path: string): Shape => {
    const known = shapes.get(path);
    if (known) return known;
    const shape: Shape = { idAt: all.indexOf(`${path}.Id`), entries: [] };
    shapes.set(path, shape);
    const [holder, name] = split(path);
    shapeAt(holder).entries.push({ name, of: shape });
    return shape;
  };
  for (const [at, column] of columns.entries()) {
    const [holder, name] = split(column);
    shapeAt(holder).entries.push({ name, of: at });
  }
  return root;
}

function split(path: string): [holder: string, name: string] {
  const at = path.lastIndexOf('.');
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
}

function record(shape: Shape, row: Row, attributesOf: (id: string) => unknown): unknown {
  const id = row[shape.idAt];
  if (typeof id !== 'string') return null;
  const fields = shape.entries.map(({ name, of }) => {
    const value = typeof of === 'number' ? (row[of] ?? null) : record(of, row, attributesOf);
    return [name, value] as const;
  });
  return { attributes: attributesOf(id), ...Object.fromEntries(fields) };
}
