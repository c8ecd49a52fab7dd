import { expect } from 'chai';
import fc from 'fast-check';
import { BATCH_ROWS, partPlan } from '../../../src/load/prepare/partPlan.js';

const MB = 1_000_000;

describe('load/partPlan', () => {
  const cases: ReadonlyArray<[string, Parameters<typeof partPlan>, number]> = [
    [
      '2.5 million rows of 160 bytes go in rounds of full parts',
      [{ partBytes: 100 * MB, concurrency: 4, inputBytes: 400 * MB }, 160],
      90_000
    ],
    [
      'an input that does not share out evenly leaves no part over for a round of its own',
      [{ partBytes: 100 * MB, concurrency: 4, inputBytes: 25 * MB }, 100],
      70_000
    ],
    [
      'a small input is shared out in whole batches',
      [{ partBytes: 100 * MB, concurrency: 4, inputBytes: 8 * MB }, 100],
      20_000
    ],
    [
      'fewer rows than there are jobs for go in one batch each',
      [{ partBytes: 100 * MB, concurrency: 4, inputBytes: MB }, 100],
      10_000
    ],
    [
      'wide rows fill a part by bytes, in whole batches',
      [{ partBytes: 100 * MB, concurrency: 1, inputBytes: 960 * MB }, 4000],
      20_000
    ],
    [
      'rows so wide that no batch fits go by bytes alone',
      [{ partBytes: 100 * MB, concurrency: 4, inputBytes: 900 * MB }, 50_000],
      2000
    ],
    ['a part takes one row however large it is', [{ partBytes: 10, concurrency: 4, inputBytes: 900 * MB }, 50_000], 1]
  ];
  for (const [name, args, rows] of cases)
    it(name, () => {
      expect(partPlan(...args)(0)).to.equal(rows);
    });

  it('lets parts grow where the size of the input is not known', () => {
    const plan = partPlan({ partBytes: 100 * MB, concurrency: 2 }, 100);
    expect([0, 1, 2, 3, 4, 6, 8, 100].map(plan)).to.deep.equal([
      10_000, 10_000, 20_000, 20_000, 40_000, 80_000, 100_000, 100_000
    ]);
  });

  it('is always a positive number of rows within bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 * MB }),
        fc.integer({ min: 1, max: 50 }),
        fc.option(fc.integer({ min: 0, max: 10_000 * MB }), { nil: undefined }),
        fc.double({ min: 1, max: 500_000, noNaN: true }),
        fc.nat(2000),
        (partBytes, concurrency, inputBytes, rowBytes, index) => {
          const rows = partPlan({ partBytes, concurrency, inputBytes }, rowBytes)(index);
          expect(Number.isInteger(rows) && rows >= 1 && rows <= 100_000).to.equal(true);
          if (rows > BATCH_ROWS) expect(rows % BATCH_ROWS).to.equal(0);
        }
      )
    );
  });
});
