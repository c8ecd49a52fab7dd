import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OPERATIONS } from './cases.js';
import { JOB_CASES, Matrix, requestCases } from './matrix.js';
import { Tally } from './tally.js';

const ROWS = 1200;

describe('every fault at every moment of every operation', () => {
  const tally = new Tally();
  let directory: string;
  let matrix: Matrix;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkops-torture-'));
    matrix = new Matrix(directory, ROWS);
  });
  after(async () => {
    await rm(directory, { recursive: true, force: true });
    console.log(tally.table());
  });

  for (const operation of OPERATIONS)
    it(`${operation}s as if nothing had happened`, async () => {
      for (const each of [...requestCases([0, 1, 4]), ...JOB_CASES]) {
        if (each.of?.includes(operation) === false) continue;
        const verdict = await matrix.run(operation, each);
        tally.add(each.what, operation, verdict);
      }
      expect(tally.wrong(operation), tally.wrong(operation).join('\n')).to.deep.equal([]);
    });
});
