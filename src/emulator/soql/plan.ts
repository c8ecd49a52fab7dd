import {
  type Aggregate,
  type DateFunctionCall,
  type Operand,
  type RecordOperand,
  type SelectItem,
  type SoqlQuery
} from './ast.js';
import { type AggregateStep, type GroupRow, aggregateType } from './aggregate.js';
import { type ConditionScope, compileCondition } from './compileCondition.js';
import { type SoqlPlan, rowsOf } from './evaluate.js';
import {
  type Column,
  type FieldScope,
  type RunContext,
  fieldColumn,
  objectOf,
  plainColumn,
  recordColumn,
  throughFunction
} from './fields.js';
import { type OrderStep } from './order.js';
import { SoqlError, errorAt } from './soqlError.js';
import { type SoqlField, type SoqlRecord, type SoqlSource, type SoqlValue } from './source.js';
import { kindOf } from './values.js';

// SOQL reference, OFFSET and FIELDS().
const MAX_OFFSET = 2000;
const MAX_FIELDS_LIMIT = 200;

/**
 * Checks a query against the schema.
 * @throws SoqlError INVALID_TYPE for an unknown object, INVALID_FIELD for an unknown field, MALFORMED_QUERY for what cannot be together.
 */
export function planSoql(query: SoqlQuery, source: SoqlSource): SoqlPlan {
  const object = objectOf(query, source);
  const scope: FieldScope = { query, object, source, used: new Set() };
  mustBeBounded(query);
  const where = query.where && compileCondition(query.where, recordScope(scope));
  const isGrouped =
    query.groupBy.length > 0 || query.having !== undefined || query.select.some(({ kind }) => ONLY_GROUPED.has(kind));
  const steps = isGrouped ? groupSteps(scope, query) : rowSteps(scope, query);
  const columns = steps.selected.map(({ name }) => name);
  const types = steps.selected.map(({ type }) => type);
  return { query, object: object.name, columns, types, reads: [...scope.used], where, ...steps };
}

const ONLY_GROUPED: ReadonlySet<SelectItem['kind']> = new Set(['aggregate', 'dateFunction']);

function mustBeBounded(query: SoqlQuery): void {
  if ((query.offset ?? 0) > MAX_OFFSET) {
    throw new SoqlError('NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`);
  }
  const isUnbounded = query.select.some((item) => item.kind === 'fields' && item.group !== 'STANDARD');
  if (isUnbounded && (query.limit ?? Infinity) > MAX_FIELDS_LIMIT) {
    throw new SoqlError('MALFORMED_QUERY', `The SOQL FIELDS function must have a LIMIT of at most ${MAX_FIELDS_LIMIT}`);
  }
}

type RowSteps = Pick<Extract<SoqlPlan, { kind: 'rows' }>, 'kind' | 'selected' | 'order'>;

function rowSteps(scope: FieldScope, query: SoqlQuery): RowSteps {
  const selected = query.select.flatMap((item) => rowColumns(scope, item));
  mustDiffer(selected);
  const column = (operand: Operand): Column<SoqlRecord> => {
    if (operand.kind === 'field') return fieldColumn(scope, operand);
    throw misplaced(scope, operand);
  };
  return { kind: 'rows', selected, order: orderSteps(query, column) };
}

function rowColumns(scope: FieldScope, item: SelectItem): Array<Column<SoqlRecord>> {
  switch (item.kind) {
    case 'field':
      return [selectedColumn(scope, item)];
    case 'fields': {
      const isCustom = ({ name }: SoqlField): boolean => name.endsWith('__c');
      const isWanted = { ALL: () => true, CUSTOM: isCustom, STANDARD: (field: SoqlField) => !isCustom(field) };
      const fields = scope.object.fields.filter(isWanted[item.group]);
      for (const { name } of fields) scope.used.add(name);
      return fields.map(plainColumn);
    }
    case 'aggregate':
    case 'dateFunction':
      throw misplaced(scope, item);
    case 'subquery':
      throw notEmulated(scope, item.at, 'child subqueries');
    case 'typeof':
      throw notEmulated(scope, item.at, 'TYPEOF');
  }
}

/** There is one language, whose labels are the values, and one currency: so functions but FORMAT give what they are about. */
function selectedColumn(scope: FieldScope, item: Extract<SelectItem, { kind: 'field' }>): Column<SoqlRecord> {
  const column = fieldColumn(scope, item);
  const { through, alias } = item;
  if (through === undefined && alias !== undefined) {
    const message = 'only aggregate expressions use field aliasing';
    throw errorAt(scope.query.text, item.at, { code: 'MALFORMED_QUERY', message });
  }
  const named = { ...column, name: alias ?? column.name };
  return through === 'FORMAT' ? { ...named, type: 'string', bind: (run) => formatted(column.bind(run)) } : named;
}

function formatted(value: (row: SoqlRecord) => SoqlValue): (row: SoqlRecord) => SoqlValue {
  return (row) => {
    const plain = value(row);
    return typeof plain === 'number' ? plain.toLocaleString('en-US') : plain;
  };
}

function notEmulated({ query }: FieldScope, at: number, what: string): SoqlError {
  return errorAt(query.text, at, { code: 'MALFORMED_QUERY', message: `The emulator doesn't run ${what}` });
}

function mustDiffer(columns: ReadonlyArray<{ readonly name: string }>): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) throw new SoqlError('INVALID_FIELD', `duplicate field selected: ${name}`);
    seen.add(name);
  }
}

function recordScope(scope: FieldScope): ConditionScope<SoqlRecord> {
  return {
    text: scope.query.text,
    column: (operand) => {
      if (operand.kind !== 'aggregate') return recordColumn(scope, operand);
      throw misplaced(scope, operand);
    },
    subselect: (query) => subselect(query, scope.source)
  };
}

function misplaced(scope: FieldScope, { at, name }: Aggregate | DateFunctionCall): SoqlError {
  return errorAt(scope.query.text, at, { code: 'MALFORMED_QUERY', message: `unexpected token: '${name}'` });
}

function subselect(query: SoqlQuery, source: SoqlSource): (run: RunContext) => Iterable<SoqlValue> {
  const plan = planSoql(query, source);
  if (plan.columns.length !== 1 || plan.kind !== 'rows') {
    const message = 'The inner select query of a semi-join must select one field';
    throw errorAt(query.text, query.from.at, { code: 'MALFORMED_QUERY', message });
  }
  return function* (run) {
    for (const [value = null] of rowsOf(plan, run)) yield value;
  };
}

type GroupSteps = Omit<
  Extract<SoqlPlan, { kind: 'aggregate' | 'count' }>,
  'query' | 'object' | 'columns' | 'types' | 'reads' | 'where'
>;

function groupSteps(scope: FieldScope, query: SoqlQuery): GroupSteps {
  const groups = query.groupBy.map((operand) => recordColumn(scope, operand));
  const aggregates: AggregateStep[] = [];
  const column = (operand: Operand): Column<GroupRow> =>
    operand.kind === 'aggregate'
      ? aggregateColumn(aggregates, { step: aggregateStep(scope, operand), first: groups.length })
      : groupColumn(scope, groups, operand);
  const isCount = query.select.some((item) => item.kind === 'aggregate' && item.argument === undefined);
  if (isCount && (query.select.length > 1 || groups.length > 0)) {
    throw new SoqlError('MALFORMED_QUERY', `Grouped query cannot use COUNT()`);
  }
  const selected = namedColumns(scope, query.select, column);
  mustDiffer(selected);
  const having = query.having && compileCondition(query.having, { ...recordScope(scope), column });
  const order = orderSteps(query, column);
  return { kind: isCount ? 'count' : 'aggregate', groups, aggregates, selected, having, order };
}

/** Aggregates and functions without an alias are numbered: expr0, expr1, …; a parent's field keeps its last name only. */
function namedColumns(
  scope: FieldScope,
  items: readonly SelectItem[],
  column: (operand: Operand) => Column<GroupRow>
): Array<Column<GroupRow>> {
  let unnamed = 0;
  return items.map((item) => {
    if (item.kind === 'aggregate' || item.kind === 'dateFunction')
      return { ...column(item), name: item.alias ?? `expr${unnamed++}` };
    if (item.kind !== 'field') throw notEmulated(scope, item.at, 'this in a grouped query');
    const found = column(item);
    return { ...found, name: item.alias ?? found.name.slice(found.name.lastIndexOf('.') + 1) };
  });
}

function groupColumn(
  scope: FieldScope,
  groups: ReadonlyArray<Column<SoqlRecord>>,
  operand: RecordOperand
): Column<GroupRow> {
  const { name, type } = recordColumn(scope, operand);
  const index = groups.findIndex((group) => group.name === name);
  if (index >= 0) return { name, type, bind: () => (row) => row[index] ?? null };
  // Of a day by which the query groups, a function may be asked for without more; of a moment it may not.
  if (operand.kind === 'dateFunction' && fieldColumn(scope, operand.argument).type === 'date')
    return throughFunction(scope, operand, groupColumn(scope, groups, operand.argument));
  const message = `Field must be grouped or aggregated: ${name}`;
  throw errorAt(scope.query.text, operand.at, { code: 'MALFORMED_QUERY', message });
}

function aggregateStep(scope: FieldScope, { name, argument, at }: Aggregate): AggregateStep {
  if (argument === undefined) return { name };
  const column = fieldColumn(scope, argument);
  if ((name === 'SUM' || name === 'AVG') && kindOf(column.type) !== 'number') {
    const message = `field ${column.name} does not support aggregate operator ${name}`;
    throw errorAt(scope.query.text, at, { code: 'MALFORMED_QUERY', message });
  }
  return { name, column };
}

/** The same aggregate in SELECT, HAVING and ORDER BY is computed once: `aggregates` grows by what isn't there yet. */
function aggregateColumn(
  aggregates: AggregateStep[],
  { step, first }: { readonly step: AggregateStep; readonly first: number }
): Column<GroupRow> {
  const isSame = (each: AggregateStep): boolean => each.name === step.name && each.column?.name === step.column?.name;
  const known = aggregates.findIndex(isSame);
  const index = first + (known < 0 ? aggregates.push(step) - 1 : known);
  return { name: step.name, type: aggregateType(step), bind: () => (row) => row[index] ?? null };
}

function orderSteps<Row>(query: SoqlQuery, column: (operand: Operand) => Column<Row>): Array<OrderStep<Row>> {
  return query.orderBy.map(({ by, descending, nullsLast }) => ({ column: column(by), descending, nullsLast }));
}
