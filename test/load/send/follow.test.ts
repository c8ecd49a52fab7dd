import { expect } from 'chai';
import { type JobId } from '../../../src/bulk/job.js';
import { type Transport } from '../../../src/bulk/transport.js';
import { follow, untilEndMs } from '../../../src/load/send/follow.js';
import { TestClock } from '../../testClock.js';

const ROWS = 100_000;

describe('load/follow', () => {
  type Job = {
    readonly rowsPerSecond: number;
    /** It waits for its turn so long. */
    readonly queuedSeconds?: number;
    /** All its rows are processed so long before it is over. */
    readonly closingSeconds?: number;
    readonly expectedMs?: number;
  };

  /** When a job was looked at, in seconds. */
  async function looksAt({ rowsPerSecond, queuedSeconds = 0, closingSeconds = 0, expectedMs }: Job): Promise<number[]> {
    const clock = new TestClock();
    const startMs = clock.now();
    const looks: number[] = [];
    const json = (): Promise<object> => {
      const seconds = (clock.now() - startMs) / 1000;
      looks.push(seconds);
      const rows = Math.max(seconds - queuedSeconds, 0) * rowsPerSecond;
      const processed = Math.min(ROWS, Math.floor(rows / 10_000) * 10_000);
      const isOver = seconds >= queuedSeconds + ROWS / rowsPerSecond + closingSeconds;
      return Promise.resolve({
        id: '750000000000001AAA',
        object: 'Account',
        operation: 'update',
        state: isOver ? 'JobComplete' : 'InProgress',
        numberRecordsProcessed: isOver ? ROWS : processed,
        numberRecordsFailed: 0
      });
    };
    await follow(
      { part: 1, jobId: '750000000000001AAA' as JobId, rows: ROWS, expectedMs },
      {
        transport: { json } as unknown as Transport,
        clock,
        emit: () => Promise.resolve(),
        signal: new AbortController().signal,
        stop: new AbortController().signal
      }
    );
    return looks;
  }

  for (const seconds of [5, 47, 95, 600])
    it(`notices the end of a job of ${seconds} s within some seconds, by few looks`, async () => {
      const looks = await looksAt({ rowsPerSecond: ROWS / seconds });
      expect(looks.at(-1)).to.be.within(seconds, seconds * 1.03 + 2);
      expect(looks.length).to.be.at.most(10 + seconds / 20);
    });

  it('looks for the first time when a job may be over', async () => {
    expect(await looksAt({ rowsPerSecond: ROWS, expectedMs: 1000 })).to.deep.equal([1.15]);
  });

  it('never looks twice within a second', async () => {
    const jobs: Job[] = [
      { rowsPerSecond: ROWS / 1.3 },
      { rowsPerSecond: ROWS * 10, expectedMs: 40, queuedSeconds: 3 },
      { rowsPerSecond: ROWS / 0.5, expectedMs: 400 },
      { rowsPerSecond: ROWS, closingSeconds: 5 },
      { rowsPerSecond: ROWS / 90, expectedMs: 80_000 }
    ];
    for (const job of jobs) {
      const looks = await looksAt(job);
      for (let at = 1; at < looks.length; at += 1)
        expect((looks[at] ?? 0) - (looks[at - 1] ?? 0)).to.be.at.least(0.999);
    }
  });

  it('looks again after a second when all rows are processed, or nearly so', async () => {
    expect(await looksAt({ rowsPerSecond: ROWS, closingSeconds: 0.1 })).to.deep.equal([1, 2]);
    expect(await looksAt({ rowsPerSecond: ROWS / 1.2 })).to.deep.equal([1, 2]);
    expect((await looksAt({ rowsPerSecond: ROWS, closingSeconds: 600 })).length).to.be.at.most(35);
  });

  it('tells the rest by the rate between two looks, and nothing by none', () => {
    expect(untilEndMs(100, { atMs: 0, processed: 20 }, { atMs: 1000, processed: 40 })).to.equal(3000);
    expect(untilEndMs(100, { atMs: 0, processed: 0 }, { atMs: 1000, processed: 0 })).to.equal(Infinity);
    expect(untilEndMs(100, { atMs: 0, processed: 40 }, { atMs: 1000, processed: 40 })).to.equal(Infinity);
  });
});
