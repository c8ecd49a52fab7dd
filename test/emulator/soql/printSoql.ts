import {
  type Condition,
  type Literal,
  type Operand,
  type SelectItem,
  type SoqlQuery
} from '../../../src/emulator/soql/ast.js';

/** The text of a query, with only the parentheses that it needs. */
export function printSoql(query: SoqlQuery): string {
  const clauses = [
    `SELECT ${query.select.map(printItem).join(', ')}`,
    `FROM ${query.from.object}${query.from.alias === undefined ? '' : ` ${query.from.alias}`}`,
    query.where && `WHERE ${printCondition(query.where)}`,
    query.groupBy.length > 0 && `GROUP BY ${query.groupBy.map(printOperand).join(', ')}`,
    query.having && `HAVING ${printCondition(query.having)}`,
    query.orderBy.length > 0 && `ORDER BY ${query.orderBy.map(printTerm).join(', ')}`,
    query.limit !== undefined && `LIMIT ${query.limit}`,
    query.offset !== undefined && `OFFSET ${query.offset}`,
    query.allRows && 'ALL ROWS'
  ];
  return clauses.filter((clause) => typeof clause === 'string').join(' ');
}

function printItem(item: SelectItem): string {
  switch (item.kind) {
    case 'field':
    case 'aggregate':
    case 'dateFunction':
      return printOperand(item) + (item.alias === undefined ? '' : ` ${item.alias}`);
    case 'fields':
      return `FIELDS(${item.group})`;
    case 'subquery':
      return `(${printSoql(item.query)})`;
    case 'typeof':
      return 'TYPEOF What WHEN Account THEN Name END';
  }
}

function printOperand(operand: Operand): string {
  if (operand.kind === 'field') return operand.path.join('.');
  const argument = operand.argument ? printOperand(operand.argument) : '';
  const isConverted = operand.kind === 'dateFunction' && operand.isConverted;
  return `${operand.name}(${isConverted ? `convertTimezone(${argument})` : argument})`;
}

function printTerm({ by, descending, nullsLast }: SoqlQuery['orderBy'][number]): string {
  return `${printOperand(by)}${descending ? ' DESC' : ''}${nullsLast ? ' NULLS LAST' : ''}`;
}

function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.terms.map(inParentheses).join(` ${condition.kind.toUpperCase()} `);
    case 'not':
      return `NOT ${inParentheses(condition.term)}`;
    case 'compare':
      return `${printOperand(condition.left)} ${condition.operator} ${printLiteral(condition.value)}`;
    case 'like':
      return `${printOperand(condition.left)} LIKE '${condition.pattern.replaceAll("'", "\\'")}'`;
    case 'in':
      return `${printOperand(condition.left)} ${condition.negated ? 'NOT ' : ''}IN (${condition.values.map(printLiteral).join(', ')})`;
    case 'semiJoin':
      return `${printOperand(condition.left)} ${condition.negated ? 'NOT ' : ''}IN (${printSoql(condition.query)})`;
    case 'includes':
      return `${printOperand(condition.left)} ${condition.negated ? 'EXCLUDES' : 'INCLUDES'} (${condition.values.map(quoted).join(', ')})`;
  }
}

function inParentheses(condition: Condition): string {
  const text = printCondition(condition);
  return condition.kind === 'and' || condition.kind === 'or' ? `(${text})` : text;
}

function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'null':
      return 'null';
    case 'string':
      return quoted(literal.value);
    case 'dateLiteral':
      return literal.count === undefined ? literal.name : `${literal.name}:${literal.count}`;
    default:
      return String(literal.value);
  }
}

function quoted(value: string): string {
  return `'${value.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`;
}
