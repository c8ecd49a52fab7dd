import { expect } from 'chai';
import fc from 'fast-check';
import { type Comparison, type Condition, type Literal, type SoqlQuery } from '../../../src/emulator/soql/ast.js';
import { parseSoql } from '../../../src/emulator/soql/parse.js';
import { SoqlError } from '../../../src/emulator/soql/soqlError.js';
import { type SoqlRecord, type SoqlValue } from '../../../src/emulator/soql/source.js';
import { printSoql } from './printSoql.js';
import { field, id, orgOf, rowsOf } from './sampleOrg.js';

const at = 0;
const FIELDS = [
  field('Id', 'id'),
  field('IsDeleted', 'boolean'),
  field('Text', 'string'),
  field('Number', 'double'),
  field('Flag', 'boolean'),
  field('Day', 'date')
];

const word = fc.string({ unit: fc.constantFrom('a', 'B', "'", '\\', '%', '_', '\n', '"', 'é', '🙂'), maxLength: 4 });
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0.5, 1e21, -2.25));
const day = fc.constantFrom('2024-02-29', '2024-03-14', '2024-03-15', '2024-03-16');

const record = fc.record({
  IsDeleted: fc.boolean(),
  Text: fc.option(word.filter((text) => text !== '')),
  Number: fc.option(number),
  Flag: fc.boolean(),
  Day: fc.option(day)
});

type Typed = { readonly name: 'Text' | 'Number' | 'Flag' | 'Day'; readonly literal: fc.Arbitrary<Literal> };
const NULL = fc.constant<Literal>({ kind: 'null', at });
const TYPED: readonly Typed[] = [
  {
    name: 'Text',
    literal: fc.oneof(
      NULL,
      word.map((value): Literal => ({ kind: 'string', value, at }))
    )
  },
  {
    name: 'Number',
    literal: fc.oneof(
      NULL,
      number.map((value): Literal => ({ kind: 'number', value, at }))
    )
  },
  { name: 'Flag', literal: fc.boolean().map((value): Literal => ({ kind: 'boolean', value, at })) },
  {
    name: 'Day',
    literal: fc.oneof(
      NULL,
      day.map((value): Literal => ({ kind: 'date', value, at }))
    )
  }
];
const left = (name: string) => ({ kind: 'field', path: [name], at }) as const;

const test = fc.constantFrom(...TYPED).chain(({ name, literal }): fc.Arbitrary<Condition> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      left: fc.constant(left(name)),
      operator: fc.constantFrom<Comparison>('=', '!=', '<', '<=', '>', '>='),
      value: literal
    }),
    fc.record({
      kind: fc.constant('in' as const),
      left: fc.constant(left(name)),
      negated: fc.boolean(),
      values: fc.array(literal, { minLength: 1, maxLength: 3 })
    }),
    fc.record({
      kind: fc.constant('like' as const),
      left: fc.constant(left('Text')),
      pattern: fc
        .array(fc.constantFrom('a', 'B', '%', '_', '\\%', '\\_', '\\\\', "'", '🙂'), { maxLength: 4 })
        .map((all) => all.join(''))
    })
  )
);

const { condition } = fc.letrec<{ condition: Condition; and: Condition; not: Condition; test: Condition }>((tie) => ({
  condition: fc.oneof({ maxDepth: 4 }, tie('test'), tie('and'), tie('not')),
  and: fc.record({
    kind: fc.constantFrom('and' as const, 'or' as const),
    terms: fc.array(tie('condition'), { minLength: 2, maxLength: 3 })
  }),
  not: fc.record({ kind: fc.constant('not' as const), term: tie('condition') }),
  test
}));

const query: fc.Arbitrary<SoqlQuery> = fc.record({
  text: fc.constant(''),
  select: fc.constant([left('Id')]),
  from: fc.constant({ object: 'Thing', alias: undefined, at }),
  where: fc.option(condition, { nil: undefined }),
  groupBy: fc.constant([]),
  having: fc.constant(undefined),
  orderBy: fc.array(
    fc.record({
      by: fc.constantFrom('Text', 'Number', 'Flag', 'Day').map(left),
      descending: fc.boolean(),
      nullsLast: fc.boolean()
    }),
    { maxLength: 3 }
  ),
  limit: fc.option(fc.nat(5), { nil: undefined }),
  offset: fc.option(fc.nat(5), { nil: undefined }),
  allRows: fc.boolean()
});

/** Places and the text left out. */
const bare = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === 'at' || key === 'text' ? undefined : each)));

// The oracle: as plain as can be, nothing shared with the evaluator.
const plain = (value: SoqlValue | undefined): SoqlValue =>
  value === undefined || value === '' ? null : typeof value === 'string' ? value.toLowerCase() : value;
const less = (a: SoqlValue, b: SoqlValue): boolean => a !== null && b !== null && a < b;

function fits(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  const [character = ''] = text;
  const rest = text.slice(character.length);
  if (pattern.startsWith('\\')) return text.startsWith(pattern.charAt(1)) && fits(text.slice(1), pattern.slice(2));
  if (pattern.startsWith('%')) return fits(text, pattern.slice(1)) || (text !== '' && fits(rest, pattern));
  if (pattern.startsWith('_')) return text !== '' && fits(rest, pattern.slice(1));
  return text.startsWith(pattern.charAt(0)) && fits(text.slice(1), pattern.slice(1));
}

function holds(test: Condition, row: SoqlRecord): boolean {
  if ('terms' in test) {
    return test.kind === 'and'
      ? test.terms.every((term) => holds(term, row))
      : test.terms.some((term) => holds(term, row));
  }
  if (test.kind === 'not') return !holds(test.term, row);
  const value = test.left.kind === 'field' ? plain(row[test.left.path[0] ?? '']) : null;
  const wanted = (literal: Literal) => plain('value' in literal ? literal.value : null);
  if (test.kind === 'like') return typeof value === 'string' && fits(value, test.pattern.toLowerCase());
  if (test.kind === 'in') return test.values.some((literal) => value === wanted(literal)) !== test.negated;
  if (test.kind !== 'compare') throw new Error(`no ${test.kind}`);
  const other = wanted(test.value);
  switch (test.operator) {
    case '=':
      return value === other;
    case '!=':
      return value !== other;
    case '<':
      return less(value, other);
    case '<=':
      return less(value, other) || (value !== null && value === other);
    case '>':
      return less(other, value);
    case '>=':
      return less(other, value) || (value !== null && value === other);
  }
}

function expected(asked: SoqlQuery, records: readonly SoqlRecord[]): unknown[] {
  let rows = records.filter(
    (row) => (asked.allRows || row['IsDeleted'] === false) && (!asked.where || holds(asked.where, row))
  );
  for (const { by, descending, nullsLast } of [...asked.orderBy].reverse()) {
    const key = (row: SoqlRecord): SoqlValue => plain(by.kind === 'field' ? row[by.path[0] ?? ''] : null);
    const nulls = rows.filter((row) => key(row) === null);
    const sign = descending ? -1 : 1;
    const others = rows
      .filter((row) => key(row) !== null)
      .sort((a, b) => (less(key(a), key(b)) ? -sign : less(key(b), key(a)) ? sign : 0));
    rows = nullsLast ? [...others, ...nulls] : [...nulls, ...others];
  }
  const offset = asked.offset ?? 0;
  return rows.slice(offset, asked.limit === undefined ? undefined : offset + asked.limit).map((row) => row['Id']);
}

describe('SOQL: properties', () => {
  it('a printed query parses to itself', () => {
    fc.assert(fc.property(query, (asked) => void expect(bare(parseSoql(printSoql(asked)))).to.deep.equal(bare(asked))));
  });

  it('the rows are those of a naive evaluator', () => {
    fc.assert(
      fc.property(query, fc.array(record, { maxLength: 12 }), (asked, values) => {
        const records = values.map((value, index) => ({ Id: id('a00', index), ...value }));
        const org = orgOf({ Thing: { fields: FIELDS, records } });
        expect(rowsOf(printSoql(asked), org).flat()).to.deep.equal(expected(asked, records));
      }),
      { numRuns: 500 }
    );
  });

  it('any text parses or is refused with a SoqlError', () => {
    const piece = fc.constantFrom(
      'SELECT',
      'Id',
      'FROM',
      'Thing',
      'WHERE',
      'IN',
      '(',
      ')',
      ',',
      '=',
      "'a'",
      '1',
      'TYPEOF',
      'ORDER',
      'BY',
      'x',
      ':',
      '\\',
      "'"
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => `SELECT Id FROM ${pieces.join(' ')}`)
    );
    fc.assert(
      fc.property(text, (each) => {
        try {
          parseSoql(each);
        } catch (error) {
          expect(error).to.be.instanceOf(SoqlError);
        }
      })
    );
  });
});
