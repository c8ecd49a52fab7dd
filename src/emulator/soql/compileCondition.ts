import { type Comparison, type Condition, type Literal, type Operand, type SoqlQuery } from './ast.js';
import { dayRange } from './dateLiterals.js';
import { type Column, type RunContext } from './fields.js';
import { likeTest } from './likeTest.js';
import { type SoqlErrorCode, errorAt } from './soqlError.js';
import { type SoqlValue } from './source.js';
import { type Key, type ValueKind, keyOf, keyOrder, kindOf } from './values.js';

export type Test<Row> = (row: Row) => boolean;
export type BindTest<Row> = (run: RunContext) => Test<Row>;

/** What the names in a condition mean. */
export type ConditionScope<Row> = {
  readonly text: string;
  readonly column: (operand: Operand) => Column<Row>;
  /** The values of a semi-join's one column. */
  readonly subselect: (query: SoqlQuery) => (run: RunContext) => Iterable<SoqlValue>;
};

/**
 * Null is a value like others: `!=` and `NOT` are true of it, `<` and its kind never are (SOQL reference).
 * @throws SoqlError for names, operators and literals that don't fit.
 */
export function compileCondition<Row>(condition: Condition, scope: ConditionScope<Row>): BindTest<Row> {
  switch (condition.kind) {
    case 'and':
      return every(condition.terms.map((term) => compileCondition(term, scope)));
    case 'or':
      return some(condition.terms.map((term) => compileCondition(term, scope)));
    case 'not':
      return not(compileCondition(condition.term, scope));
    default:
      return compileTest(condition, new Left(scope, condition.left));
  }
}

type LeafCondition = Exclude<Condition, { kind: 'and' | 'or' | 'not' }>;

function compileTest<Row>(condition: LeafCondition, left: Left<Row>): BindTest<Row> {
  switch (condition.kind) {
    case 'compare':
      return compare(left, condition.operator, condition.value);
    case 'like':
      left.mustBe('text', 'time');
      return left.test(() => likeTest(condition.pattern));
    case 'in':
      return negatedIf(condition.negated, isIn(left, condition.values));
    case 'semiJoin':
      return negatedIf(condition.negated, isSelected(left, condition.query));
    case 'includes':
      left.mustBe('multipicklist');
      return negatedIf(
        condition.negated,
        left.test(() => includesAny(condition.values))
      );
  }
}

/** The left side of a test, with the checks that need its type and its place in the text. */
class Left<Row> {
  public readonly kind: ValueKind;
  private readonly column: Column<Row>;

  public constructor(
    public readonly scope: ConditionScope<Row>,
    private readonly operand: Operand
  ) {
    this.column = scope.column(operand);
    this.kind = kindOf(this.column.type);
  }

  public test(test: (run: RunContext) => (value: SoqlValue) => boolean): BindTest<Row> {
    return (run) => {
      const value = this.column.bind(run);
      const isTrue = test(run);
      return (row) => isTrue(value(row));
    };
  }

  public mustBe(...kinds: readonly ValueKind[]): void {
    if (kinds.includes(this.kind)) return;
    throw this.error('INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${this.column.type} field`);
  }

  /** The value of a literal that the field's type accepts. */
  public value(literal: Exclude<Literal, { kind: 'dateLiteral' }>): SoqlValue {
    if (literal.kind === 'null') return null;
    this.mustAccept(literal);
    return literal.value;
  }

  public mustAccept(literal: Exclude<Literal, { kind: 'null' }>): void {
    const { type, isQuoted, literals } = ACCEPTED[this.kind];
    if (!literals.includes(literal.kind)) {
      const quotes = isQuoted ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
      throw this.error(
        'INVALID_FIELD',
        `value of filter criterion for field '${this.column.name}' must be of type ${type} and ${quotes}`
      );
    }
    if (this.kind === 'id' && literal.kind === 'string' && !/^(?:\w{15}|\w{18})?$/.test(literal.value)) {
      throw this.error('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${literal.value}`);
    }
  }

  private error(code: SoqlErrorCode, message: string): Error {
    return errorAt(this.scope.text, this.operand.at, { code, message });
  }
}

type Accepted = {
  readonly type: string;
  readonly isQuoted: boolean;
  readonly literals: ReadonlyArray<Literal['kind']>;
};

const ACCEPTED: Readonly<Record<ValueKind, Accepted>> = {
  text: { type: 'string', isQuoted: true, literals: ['string'] },
  multipicklist: { type: 'string', isQuoted: true, literals: ['string'] },
  id: { type: 'ID', isQuoted: true, literals: ['string'] },
  number: { type: 'double', isQuoted: false, literals: ['number'] },
  boolean: { type: 'boolean', isQuoted: false, literals: ['boolean'] },
  date: { type: 'date', isQuoted: false, literals: ['date', 'dateLiteral'] },
  datetime: { type: 'dateTime', isQuoted: false, literals: ['datetime', 'dateLiteral'] },
  time: { type: 'time', isQuoted: false, literals: ['string'] }
};

function compare<Row>(left: Left<Row>, operator: Comparison, literal: Literal): BindTest<Row> {
  if (literal.kind === 'dateLiteral') return compareWithRange(left, operator, literal);
  const toKey = keyOf(left.kind);
  const test = keyTest(operator, toKey(left.value(literal)));
  return left.test(() => (value) => test(toKey(value)));
}

function keyTest(operator: Comparison, wanted: Key): (key: Key) => boolean {
  const ordered = (isTrue: (order: number) => boolean) => (key: Key) =>
    key !== null && wanted !== null && isTrue(keyOrder(key, wanted));
  switch (operator) {
    case '=':
      return (key) => key === wanted;
    case '!=':
      return (key) => key !== wanted;
    case '<':
      return ordered((order) => order < 0);
    case '<=':
      return ordered((order) => order <= 0);
    case '>':
      return ordered((order) => order > 0);
    case '>=':
      return ordered((order) => order >= 0);
  }
}

function compareWithRange<Row>(
  left: Left<Row>,
  operator: Comparison,
  literal: Extract<Literal, { kind: 'dateLiteral' }>
): BindTest<Row> {
  left.mustAccept(literal);
  const midnight = left.kind === 'datetime' ? 'T00:00:00.000Z' : '';
  return left.test((run) => {
    const days = dayRange(literal, run.nowMs);
    const start = days.start + midnight;
    const end = days.end + midnight;
    const tests: Record<Comparison, (text: string) => boolean> = {
      '=': (text) => text >= start && text < end,
      '!=': (text) => text < start || text >= end,
      '<': (text) => text < start,
      '<=': (text) => text < end,
      '>': (text) => text >= end,
      '>=': (text) => text >= start
    };
    const test = tests[operator];
    return (value) => (typeof value === 'string' ? test(value) : operator === '!=');
  });
}

function isIn<Row>(left: Left<Row>, literals: readonly Literal[]): BindTest<Row> {
  const toKey = keyOf(left.kind);
  const keys = new Set(literals.flatMap((each) => (each.kind === 'dateLiteral' ? [] : [toKey(left.value(each))])));
  const ranges = literals.flatMap((each) => (each.kind === 'dateLiteral' ? [compareWithRange(left, '=', each)] : []));
  const isListed = left.test(() => (value) => keys.has(toKey(value)));
  return ranges.length === 0 ? isListed : some([isListed, ...ranges]);
}

function isSelected<Row>(left: Left<Row>, query: SoqlQuery): BindTest<Row> {
  const toKey = keyOf(left.kind);
  const select = left.scope.subselect(query);
  return left.test((run) => {
    const keys = new Set<Key>();
    for (const value of select(run)) keys.add(toKey(value));
    keys.delete(null);
    return (value) => keys.has(toKey(value));
  });
}

function includesAny(values: readonly string[]): (value: SoqlValue) => boolean {
  const wanted = values.map(options);
  return (value) => {
    if (typeof value !== 'string' || value === '') return false;
    const chosen = new Set(options(value));
    return wanted.some((all) => all.every((option) => chosen.has(option)));
  };
}

function options(value: string): string[] {
  return value.toLowerCase().split(';');
}

function every<Row>(binds: ReadonlyArray<BindTest<Row>>): BindTest<Row> {
  return (run) => {
    const tests = binds.map((bind) => bind(run));
    return (row) => tests.every((test) => test(row));
  };
}

function some<Row>(binds: ReadonlyArray<BindTest<Row>>): BindTest<Row> {
  return (run) => {
    const tests = binds.map((bind) => bind(run));
    return (row) => tests.some((test) => test(row));
  };
}

function negatedIf<Row>(isNegated: boolean, bind: BindTest<Row>): BindTest<Row> {
  return isNegated ? not(bind) : bind;
}

function not<Row>(bind: BindTest<Row>): BindTest<Row> {
  return (run) => {
    const test = bind(run);
    return (row) => !test(row);
  };
}
