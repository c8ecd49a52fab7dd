import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OPERATIONS } from './cases.js';
import { Kills } from './kills.js';
import { Tally } from './tally.js';

const ROWS = Number(process.env.TORTURE_ROWS ?? 50_000);
const CASES = Number(process.env.TORTURE_KILLS ?? 200);
const SEED = Number(process.env.TORTURE_SEED ?? Date.now() % 1_000_000);

describe(`${CASES} loads of ${ROWS.toLocaleString('en-US')} rows, killed at random moments (seed ${SEED})`, () => {
  const tally = new Tally();
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkops-kills-'));
  });
  after(async () => {
    await rm(directory, { recursive: true, force: true });
    console.log(tally.table());
  });

  it('end as if nobody had killed them', async () => {
    const kills = new Kills(directory, ROWS, SEED);
    for (let n = 0; n < CASES; n += 1) {
      const operation = OPERATIONS[n % OPERATIONS.length] ?? 'insert';
      tally.add(`${operation}: killed`, operation, await kills.run(operation));
    }
    const wrong = OPERATIONS.flatMap((operation) => tally.wrong(operation));
    expect(wrong, wrong.join('\n')).to.deep.equal([]);
  });
});
