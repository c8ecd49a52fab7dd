import { type SoqlQuery } from './ast.js';
import { type AggregateStep, type GroupRow, groupRows } from './aggregate.js';
import { type BindTest } from './compileCondition.js';
import { type Column, type RunContext } from './fields.js';
import { idsAsked } from './idLookup.js';
import { type OrderStep, inOrder } from './order.js';
import { type SoqlRecord, type SoqlSource, type SoqlValue } from './source.js';

type PlanBase = {
  readonly query: SoqlQuery;
  /** Canonical name of the object that it reads. */
  readonly object: string;
  /** Canonical names with their paths, in the order of the SELECT list. */
  readonly columns: readonly string[];
  /** Of the columns, as describe names them. */
  readonly types: readonly string[];
  /** Fields of the object's own records that the query looks at. */
  readonly reads: readonly string[];
  readonly where?: BindTest<SoqlRecord>;
};

/** A query checked against the schema. `count` is `SELECT count()`: one row with the number, which the REST API shows as totalSize. */
export type SoqlPlan = PlanBase &
  (
    | {
        readonly kind: 'rows';
        readonly selected: ReadonlyArray<Column<SoqlRecord>>;
        readonly order: ReadonlyArray<OrderStep<SoqlRecord>>;
      }
    | {
        readonly kind: 'aggregate' | 'count';
        readonly groups: ReadonlyArray<Column<SoqlRecord>>;
        readonly aggregates: readonly AggregateStep[];
        readonly selected: ReadonlyArray<Column<GroupRow>>;
        readonly having?: BindTest<GroupRow>;
        readonly order: ReadonlyArray<OrderStep<GroupRow>>;
      }
  );

export type SoqlRows = { readonly columns: readonly string[]; readonly rows: Iterable<readonly SoqlValue[]> };

/** The rows of a plan, pulled once. Without ORDER BY and aggregates each is made when it is asked for. */
export function runSoql(
  plan: SoqlPlan,
  source: SoqlSource,
  options: { readonly includeDeleted: boolean; readonly nowMs: number }
): SoqlRows {
  const includeDeleted = options.includeDeleted || plan.query.allRows;
  return { columns: plan.columns, rows: rowsOf(plan, { source, includeDeleted, nowMs: options.nowMs }) };
}

export function rowsOf(plan: SoqlPlan, run: RunContext): Iterable<readonly SoqlValue[]> {
  const records = matching(plan, run);
  if (plan.kind === 'rows') return selectedRows(records, plan, run);
  const groups = groupRows(records, plan, run);
  const having = plan.having?.(run);
  return selectedRows(having ? groups.filter(having) : groups, plan, run);
}

function* matching(plan: SoqlPlan, run: RunContext): Generator<SoqlRecord> {
  const where = plan.where?.(run);
  const ids = idsAsked(plan.query.where);
  const records = ids
    ? byIds(plan.object, ids, run)
    : run.source.records(plan.object, { includeDeleted: run.includeDeleted, fields: plan.reads });
  for (const record of records) if (where === undefined || where(record)) yield record;
}

function* byIds(object: string, ids: readonly string[], { source, includeDeleted }: RunContext): Generator<SoqlRecord> {
  for (const id of ids) {
    const record = source.byId(object, id);
    if (record && (includeDeleted || record['IsDeleted'] !== true)) yield record;
  }
}

type Ending<Row> = {
  readonly query: SoqlQuery;
  readonly selected: ReadonlyArray<Column<Row>>;
  readonly order: ReadonlyArray<OrderStep<Row>>;
};

function* selectedRows<Row>(rows: Iterable<Row>, ending: Ending<Row>, run: RunContext): Generator<SoqlValue[]> {
  const { query, selected, order } = ending;
  const offset = query.offset ?? 0;
  const end = query.limit === undefined ? undefined : offset + query.limit;
  if (end === offset) return;
  const values = selected.map((column) => column.bind(run));
  let number = 0;
  for (const row of order.length === 0 ? rows : inOrder(rows, order, { run, keep: end })) {
    number++;
    if (number > offset) yield values.map((value) => value(row));
    if (number === end) return;
  }
}
