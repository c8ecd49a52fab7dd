import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OPERATIONS } from '../torture/cases.js';
import { JOB_CASES, Matrix, requestCases } from '../torture/matrix.js';

const ROWS = 300;

/** A slice of `npm run test:torture`: each fault once, with one operation after another. */
describe('load under every fault', () => {
  let directory: string;
  let matrix: Matrix;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkops-faults-'));
    matrix = new Matrix(directory, ROWS);
  });
  after(async () => rm(directory, { recursive: true, force: true }));

  for (const [at, each] of [...requestCases([0]), ...JOB_CASES].entries()) {
    const all = each.of ?? OPERATIONS;
    const operation = all[at % all.length] ?? 'insert';
    it(`${operation}s as if nothing had happened: ${each.what}`, async () => {
      const { lost, doubled, files, struck } = await matrix.run(operation, each);
      expect({ lost, doubled, files }).to.deep.equal({ lost: 0, doubled: 0, files: [] });
      if (!each.mayMiss) expect(struck, 'faults injected').to.be.greaterThan(0);
    });
  }
});
