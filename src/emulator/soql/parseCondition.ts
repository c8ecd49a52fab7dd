import {
  AGGREGATES,
  type Aggregate,
  type Comparison,
  type Condition,
  type DateFunctionCall,
  type FieldPath,
  type Literal,
  type Operand,
  type RecordOperand,
  type SoqlQuery
} from './ast.js';
import { type Cursor } from './cursor.js';
import { dateFunctionNamed } from './dateFunctions.js';
import { takesCount, takesNoCount } from './dateLiterals.js';
import { likePattern, stringValue } from './stringLiteral.js';
import { type Token } from './tokens.js';

type ParseQuery = (cursor: Cursor) => SoqlQuery;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>='
};

/** A condition; SOQL has no precedence of AND over OR: a mixture needs parentheses. `query` reads a semi-join's. */
export function condition(cursor: Cursor, query: ParseQuery): Condition {
  const first = term(cursor, query);
  const word = (['AND', 'OR'] as const).find((each) => cursor.isNext(each));
  if (word === undefined) return first;
  const terms = [first];
  while (cursor.accept(word)) terms.push(term(cursor, query));
  if (cursor.isNext('AND') || cursor.isNext('OR')) throw cursor.unexpected();
  return { kind: word === 'AND' ? 'and' : 'or', terms };
}

function term(cursor: Cursor, query: ParseQuery): Condition {
  if (cursor.accept('NOT')) return { kind: 'not', term: term(cursor, query) };
  if (!cursor.accept('(')) return test(cursor, query);
  const inner = condition(cursor, query);
  cursor.expect(')');
  return inner;
}

function test(cursor: Cursor, query: ParseQuery): Condition {
  const left = operand(cursor);
  if (cursor.accept('LIKE')) return { kind: 'like', left, pattern: likePattern(cursor.takeKind('string')) };
  if (cursor.accept('NOT', 'IN')) return inTest(cursor, query, { left, negated: true });
  if (cursor.accept('IN')) return inTest(cursor, query, { left, negated: false });
  if (cursor.accept('INCLUDES')) return { kind: 'includes', left, negated: false, values: strings(cursor) };
  if (cursor.accept('EXCLUDES')) return { kind: 'includes', left, negated: true, values: strings(cursor) };
  const operator = COMPARISONS[cursor.peek().text];
  if (operator === undefined) throw cursor.unexpected();
  cursor.take();
  return { kind: 'compare', left, operator, value: literal(cursor) };
}

function inTest(cursor: Cursor, query: ParseQuery, test_: { left: Operand; negated: boolean }): Condition {
  cursor.expect('(');
  const values: Condition = cursor.isNext('SELECT')
    ? { kind: 'semiJoin', ...test_, query: query(cursor) }
    : { kind: 'in', ...test_, values: cursor.list(() => literal(cursor)) };
  cursor.expect(')');
  return values;
}

function strings(cursor: Cursor): string[] {
  cursor.expect('(');
  const values = cursor.list(() => stringValue(cursor.takeKind('string')));
  cursor.expect(')');
  return values;
}

/** A field, a function of one, or an aggregate as HAVING and ORDER BY have it. */
export function operand(cursor: Cursor): Operand {
  const isCall = cursor.isNext(cursor.peek().text.toUpperCase(), '(') && cursor.peek().kind === 'word';
  return isCall && !dateFunctionNamed(cursor.peek().text) ? aggregate(cursor) : recordOperand(cursor);
}

export function recordOperand(cursor: Cursor): RecordOperand {
  return dateFunctionNamed(cursor.peek().text) && cursor.peek(1).text === '('
    ? dateFunction(cursor)
    : fieldPath(cursor);
}

export function dateFunction(cursor: Cursor): DateFunctionCall {
  const word = cursor.takeKind('word');
  const name = dateFunctionNamed(word.text);
  if (name === undefined) throw cursor.unexpected(word);
  cursor.expect('(');
  const isConverted = cursor.accept('CONVERTTIMEZONE', '(');
  const argument = fieldPath(cursor);
  if (isConverted) cursor.expect(')');
  cursor.expect(')');
  return { kind: 'dateFunction', name, argument, isConverted, at: word.at };
}

export function aggregate(cursor: Cursor): Aggregate {
  const word = cursor.takeKind('word');
  const name = AGGREGATES.find((each) => each === word.text.toUpperCase());
  if (name === undefined) throw cursor.unexpected();
  cursor.expect('(');
  const argument = cursor.isNext(')') && name === 'COUNT' ? undefined : fieldPath(cursor);
  cursor.expect(')');
  return { kind: 'aggregate', name, argument, at: word.at };
}

export function fieldPath(cursor: Cursor): FieldPath {
  const { text, at } = cursor.takeKind('word');
  return { kind: 'field', path: text.split('.'), at };
}

function literal(cursor: Cursor): Literal {
  const token = cursor.take();
  const { at } = token;
  switch (token.kind) {
    case 'string':
      return { kind: 'string', value: stringValue(token), at };
    case 'number':
      return { kind: 'number', value: Number(token.text), at };
    case 'date':
      return { kind: 'date', value: token.text, at };
    case 'datetime':
      return { kind: 'datetime', value: utc(cursor, token), at };
    case 'dateLiteral':
      return countedLiteral(cursor, token);
    case 'word':
      return wordLiteral(cursor, token);
    default:
      throw cursor.unexpected(token);
  }
}

function utc(cursor: Cursor, token: Token): string {
  // Date.parse wants a colon in the offset; SOQL takes both forms.
  const ms = Date.parse(token.text.toUpperCase().replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(ms)) throw cursor.unexpected(token);
  return new Date(ms).toISOString();
}

function countedLiteral(cursor: Cursor, token: Token): Literal {
  const [name = '', count] = token.text.toUpperCase().split(':');
  if (!takesCount(name)) throw cursor.unexpected(token);
  return { kind: 'dateLiteral', name, count: Number(count), at: token.at };
}

function wordLiteral(cursor: Cursor, token: Token): Literal {
  const { at } = token;
  const word = token.text.toUpperCase();
  if (word === 'NULL') return { kind: 'null', at };
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE', at };
  if (takesNoCount(word)) return { kind: 'dateLiteral', name: word, at };
  throw cursor.unexpected(token);
}
