import {
  AGGREGATES,
  FIELD_FUNCTIONS,
  FIELD_GROUPS,
  type FieldPath,
  type OrderTerm,
  type SelectItem,
  type SoqlQuery
} from './ast.js';
import { Cursor } from './cursor.js';
import { dateFunctionNamed } from './dateFunctions.js';
import { aggregate, condition, dateFunction, fieldPath, operand, recordOperand } from './parseCondition.js';

// After an object or a selected field one of these begins the next clause, so that it is no alias.
const CLAUSE_WORDS: ReadonlySet<string> = new Set([
  'FROM',
  'WHERE',
  'USING',
  'WITH',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'FOR',
  'ALL',
  'UPDATE'
] as const);

/**
 * The query that a text says. Names are not looked up: that is `planSoql`'s.
 * @throws SoqlError MALFORMED_QUERY with the place.
 */
export function parseSoql(text: string): SoqlQuery {
  const cursor = new Cursor(text);
  const parsed = query(cursor);
  if (cursor.peek().kind !== 'end') throw cursor.unexpected();
  return parsed;
}

function query(cursor: Cursor): SoqlQuery {
  cursor.expect('SELECT');
  const select = cursor.list(() => selectItem(cursor));
  cursor.expect('FROM');
  const from = fromObject(cursor);
  skipScope(cursor);
  const where = cursor.accept('WHERE') ? condition(cursor, query) : undefined;
  skipWith(cursor);
  const groupBy = cursor.accept('GROUP', 'BY') ? cursor.list(() => recordOperand(cursor)) : [];
  const having = cursor.accept('HAVING') ? condition(cursor, query) : undefined;
  const orderBy = cursor.accept('ORDER', 'BY') ? cursor.list(() => orderTerm(cursor)) : [];
  const limit = cursor.accept('LIMIT') ? wholeNumber(cursor) : undefined;
  const offset = cursor.accept('OFFSET') ? wholeNumber(cursor) : undefined;
  const allRows = skipEnding(cursor);
  return { text: cursor.text, select, from, where, groupBy, having, orderBy, limit, offset, allRows };
}

function selectItem(cursor: Cursor): SelectItem {
  const { at, text } = cursor.peek();
  if (cursor.isNext('(')) return subquery(cursor);
  if (cursor.accept('TYPEOF')) return typeOf(cursor, at);
  if (!cursor.isNext(text.toUpperCase(), '(')) return plainField(cursor);
  if (text.toUpperCase() === 'FIELDS') return fieldGroup(cursor);
  const through = FIELD_FUNCTIONS.find((name) => name === text.toUpperCase());
  if (through) return { ...withinFunctions(cursor), through, alias: alias(cursor) };
  if (dateFunctionNamed(text)) return { ...dateFunction(cursor), alias: alias(cursor) };
  if (!AGGREGATES.some((name) => name === text.toUpperCase())) throw cursor.unexpected(cursor.peek(1));
  const found = aggregate(cursor);
  return { ...found, alias: alias(cursor) };
}

function plainField(cursor: Cursor): SelectItem {
  const field: FieldPath = fieldPath(cursor);
  const name = alias(cursor);
  return name === undefined ? field : { ...field, alias: name };
}

/** `FORMAT(convertCurrency(Amount))`: what it all is about. */
function withinFunctions(cursor: Cursor): FieldPath {
  const isFunction = FIELD_FUNCTIONS.some((name) => cursor.accept(name, '('));
  if (!isFunction) return fieldPath(cursor);
  const field = withinFunctions(cursor);
  cursor.expect(')');
  return field;
}

function alias(cursor: Cursor): string | undefined {
  const next = cursor.peek();
  return next.kind === 'word' && !next.text.includes('.') && !CLAUSE_WORDS.has(next.text.toUpperCase())
    ? cursor.take().text
    : undefined;
}

function fieldGroup(cursor: Cursor): SelectItem {
  const { at } = cursor.take();
  cursor.expect('(');
  const word = cursor.takeKind('word');
  const group = FIELD_GROUPS.find((name) => name === word.text.toUpperCase());
  if (group === undefined) throw cursor.unexpected(word);
  cursor.expect(')');
  return { kind: 'fields', group, at };
}

function subquery(cursor: Cursor): SelectItem {
  const { at } = cursor.peek();
  cursor.expect('(');
  const inner = query(cursor);
  cursor.expect(')');
  return { kind: 'subquery', query: inner, at };
}

// The branches are passed over: no API that the emulator speaks returns them.
function typeOf(cursor: Cursor, at: number): SelectItem {
  while (!cursor.accept('END')) {
    if (cursor.peek().kind === 'end') throw cursor.unexpected();
    cursor.take();
  }
  return { kind: 'typeof', at };
}

function fromObject(cursor: Cursor): SoqlQuery['from'] {
  const { text: object, at } = cursor.takeKind('word');
  cursor.accept('AS');
  return { object, alias: alias(cursor), at };
}

function orderTerm(cursor: Cursor): OrderTerm {
  const by = operand(cursor);
  const descending = cursor.accept('DESC');
  if (!descending) cursor.accept('ASC');
  const nullsLast = cursor.accept('NULLS', 'LAST');
  if (!nullsLast) cursor.accept('NULLS', 'FIRST');
  return { by, descending, nullsLast };
}

function wholeNumber(cursor: Cursor): number {
  const token = cursor.takeKind('number');
  if (!/^\d+$/.test(token.text)) throw cursor.unexpected(token);
  return Number(token.text);
}

// The emulator has one user who sees everything, so scope and security change nothing.
function skipScope(cursor: Cursor): void {
  if (cursor.accept('USING', 'SCOPE')) cursor.takeKind('word');
}

function skipWith(cursor: Cursor): void {
  if (!cursor.accept('WITH')) return;
  if (!cursor.accept('SECURITY_ENFORCED') && !cursor.accept('USER_MODE') && !cursor.accept('SYSTEM_MODE')) {
    throw cursor.unexpected();
  }
}

function skipEnding(cursor: Cursor): boolean {
  let allRows = false;
  for (;;) {
    if (cursor.accept('ALL', 'ROWS')) allRows = true;
    else if (!['VIEW', 'REFERENCE', 'UPDATE'].some((word) => cursor.accept('FOR', word))) return allRows;
  }
}
