import { expect } from 'chai';
import fc from 'fast-check';
import { RecordBatch } from '../../../src/input/recordBatch.js';
import { KeyMatcher } from '../../../src/load/settle/keyMatcher.js';
import { RowKey } from '../../../src/load/settle/rowKey.js';
import { canonicalForm } from '../../../src/schema/canonical.js';

function keyOf(value: string): RowKey {
  const key = new RowKey({ keyColumn: 0, canonical: [canonicalForm('string')] });
  key.ofRecord({ batch: RecordBatch.NONE, at: 0, placeOf: [], valueOf: () => value });
  return key;
}

function matcherOf(values: readonly string[]): KeyMatcher | undefined {
  return KeyMatcher.of(Float64Array.from(values, (value) => keyOf(value).hash));
}

/** @throws Error where two values have one hash */
function unique(values: readonly string[]): KeyMatcher {
  const matcher = matcherOf(values);
  if (!matcher) throw new Error('equal keys');
  return matcher;
}

describe('load/keyMatcher', () => {
  it('finds each row once, in whatever order results come', () => {
    const value = fc.string({ minLength: 1 }).filter((one) => canonicalForm('string')(one) !== '');
    const values = fc.uniqueArray(value, { selector: canonicalForm('string'), maxLength: 60 });
    fc.assert(
      fc.property(values, fc.gen(), (rows, gen) => {
        const matcher = unique(rows);
        const all = { minLength: rows.length, maxLength: rows.length };
        for (const row of gen(fc.shuffledSubarray, rows, all)) {
          expect(matcher.take(keyOf(row))).to.equal(rows.indexOf(row));
          expect(matcher.take(keyOf(row)), 'a second time').to.equal(undefined);
        }
      })
    );
  });

  it('takes the rows of many results as one after the other', () => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f'];
    const results = fc.array(fc.constantFrom(...values, 'x'), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(results, { maxLength: 3 }), (batches) => {
        const [one, other] = [unique(values), unique(values)];
        for (const batch of batches) {
          const rows = new Int32Array(batch.length);
          one.takeAll(
            Float64Array.from(batch, (value) => keyOf(value).hash),
            batch.length,
            rows
          );
          expect([...rows]).to.deep.equal(batch.map((value) => other.take(keyOf(value)) ?? -1));
        }
      })
    );
  });

  it('knows no row that the part has not', () => {
    const matcher = unique(['a', 'b']);
    expect(matcher.take(keyOf('c'))).to.equal(undefined);
    expect(matcher.take(keyOf('a'))).to.equal(0);
  });

  it('leaves a row that is put back to another result', () => {
    const matcher = unique(['a', 'b']);
    matcher.putBack(matcher.take(keyOf('b')) ?? NaN);
    expect(matcher.take(keyOf('b'))).to.equal(1);
    expect(matcher.tookOneOfEquals).to.equal(false);
  });

  it('is not for rows of which two have one hash', () => {
    expect(matcherOf(['a', 'b', 'a'])).to.equal(undefined);
  });
});
