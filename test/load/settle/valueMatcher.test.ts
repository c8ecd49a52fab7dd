import { expect } from 'chai';
import fc from 'fast-check';
import { RecordBatch } from '../../../src/input/recordBatch.js';
import { type KeyedRecord, RowKey } from '../../../src/load/settle/rowKey.js';
import { type RowMatcher } from '../../../src/load/settle/rowMatcher.js';
import { ValueMatcher } from '../../../src/load/settle/valueMatcher.js';
import { canonicalForm } from '../../../src/schema/canonical.js';

function recordOf(row: readonly string[]): KeyedRecord {
  return { batch: RecordBatch.NONE, at: 0, placeOf: [], valueOf: (column) => row[column] ?? '' };
}

/** The rows of a part that can be asked for by what results say. */
type Known = { readonly matcher: RowMatcher; readonly key: RowKey };

function known(rows: ReadonlyArray<readonly string[]>, { types, keyColumn, canonical }: Columns): Known {
  const key = new RowKey({ keyColumn, canonical: canonical ?? types.map(canonicalForm) });
  const matcher = new ValueMatcher(rows.length);
  for (const row of rows) {
    key.ofRecord(recordOf(row));
    matcher.add(key);
  }
  return { matcher, key };
}

type Columns = {
  readonly types: readonly string[];
  readonly keyColumn?: number;
  readonly canonical?: ReadonlyArray<(value: string) => string>;
};

function matcher(rows: ReadonlyArray<readonly string[]>, types: readonly string[], keyColumn?: number): Known {
  return known(rows, { types, keyColumn });
}

function take({ matcher: from, key }: Known, row: readonly string[]): number | undefined {
  key.ofRecord(recordOf(row));
  return from.take(key);
}

describe('load/valueMatcher', () => {
  it('finds each row by its key, in whatever order results come, whatever else they say', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { selector: (key) => key.trim(), maxLength: 50 }),
        fc.gen(),
        (keys, gen) => {
          const some = keys.filter((key) => key.trim() !== '');
          const rows = matcher(
            some.map((key) => [key, 'x']),
            ['string', 'string'],
            0
          );
          const order = gen(fc.shuffledSubarray, some, { minLength: some.length, maxLength: some.length });
          for (const key of order) expect(take(rows, [key, 'changed by the org'])).to.equal(some.indexOf(key));
          for (const key of some) expect(take(rows, [key, 'x'])).to.equal(undefined);
        }
      )
    );
  });

  it('finds the rows of an insert by all their values, each once, and equal ones one after another', () => {
    const row = fc.tuple(fc.constantFrom('a', 'b', ''), fc.constantFrom('1', '2'));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), fc.gen(), (rows, gen) => {
        const part = matcher(rows, ['string', 'double']);
        const order = gen(
          fc.shuffledSubarray,
          rows.map((_, at) => at),
          { minLength: rows.length, maxLength: rows.length }
        );
        const taken = order.map((at) => {
          const [name = '', amount = ''] = rows[at] ?? [];
          return { wanted: rows[at], at: take(part, [name, `${amount}.0E0`]) };
        });
        expect(new Set(taken.map(({ at }) => at)).size, 'no row twice').to.equal(rows.length);
        for (const { wanted, at } of taken) expect(rows[at ?? -1]).to.deep.equal(wanted);
        for (const some of rows) expect(take(part, some)).to.equal(undefined);
      })
    );
  });

  it('takes equal rows in the order of the part', () => {
    const part = matcher([['a'], ['b'], ['a'], ['a']], ['string']);
    expect([1, 2, 3, 4].map(() => take(part, ['a']))).to.deep.equal([0, 2, 3, undefined]);
    expect(take(part, ['b'])).to.equal(1);
  });

  it('knows a number in E-notation, an Id in both lengths, and an instant in other words', () => {
    const part = matcher(
      [['912260031', '001000000000001', '2026-01-01T00:00:00Z']],
      ['currency', 'reference', 'datetime']
    );
    expect(take(part, ['9.12260031E8', '001000000000001AAA', '2026-01-01T01:00:00.000+01:00'])).to.equal(0);
  });

  it('knows a key that the org writes in another case only where the field does not mind', () => {
    const insensitive = known([['AbC']], { types: [], keyColumn: 0, canonical: [(value) => value.toLowerCase()] });
    expect(take(insensitive, ['aBc'])).to.equal(0);
    expect(take(matcher([['AbC']], ['string'], 0), ['aBc'])).to.equal(undefined);
  });

  it('finds rows that have no key by all their values', () => {
    const part = matcher(
      [
        ['', 'a'],
        ['k', 'a'],
        ['', 'b'],
        ['', 'a']
      ],
      ['string', 'string'],
      0
    );
    expect(
      [
        ['', 'b'],
        ['', 'a'],
        ['k', '?'],
        ['', 'a'],
        ['', 'a']
      ].map((row) => take(part, row))
    ).to.deep.equal([2, 0, 1, 3, undefined]);
  });

  it('does not take values that are put together otherwise for the same', () => {
    const part = matcher(
      [
        ['ab', 'c'],
        ['a', 'bc']
      ],
      ['string', 'string']
    );
    expect(take(part, ['a', 'bc'])).to.equal(1);
    expect(take(part, ['abc', ''])).to.equal(undefined);
  });

  it('holds as many rows as a part may, with keys long and short', () => {
    const rows = Array.from({ length: 60_000 }, (_, at) => [`${at % 2 ? 'ü'.repeat(at % 50) : ''}${at}`]);
    const part = matcher(rows, ['string'], 0);
    for (let at = rows.length - 1; at >= 0; at -= 1) if (take(part, rows[at] ?? []) !== at) expect.fail(`row ${at}`);
  });

  it('of no rows knows none', () => {
    expect(take(matcher([], ['string']), ['a'])).to.equal(undefined);
  });
});
