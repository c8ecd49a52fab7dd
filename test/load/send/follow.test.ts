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

  it('notices soon that a job takes a little longer than expected', async () => {
    for (const expectedMs of [40, 400, 4000]) {
      const seconds = (expectedMs / 1000) * 1.2 + 0.1;
      const looks = await looksAt({ rowsPerSecond: ROWS / seconds, expectedMs });
      expect(looks.at(-1)).to.be.within(seconds, seconds * 1.25 + 0.2);
    }
  });

  it('looks three times more when a job that should be over soon has to queue', async () => {
    const queued = { rowsPerSecond: ROWS * 10, queuedSeconds: 60 };
    const looks = await looksAt({ ...queued, expectedMs: 100 });
    expect(looks.length).to.be.at.most((await looksAt(queued)).length + 3);
  });

  it('looks soon again when all rows are processed, and not for ever so', async () => {
    const looks = await looksAt({ rowsPerSecond: ROWS, closingSeconds: 0.1 });
    expect(looks).to.deep.equal([1, 1.15]);
    expect((await looksAt({ rowsPerSecond: ROWS, closingSeconds: 600 })).length).to.be.at.most(35);
  });

  it('tells the rest by the rate between two looks, and nothing by none', () => {
    expect(untilEndMs(100, { atMs: 0, processed: 20 }, { atMs: 1000, processed: 40 })).to.equal(3000);
    expect(untilEndMs(100, undefined, { atMs: 1000, processed: 40 })).to.equal(Infinity);
    expect(untilEndMs(100, { atMs: 0, processed: 40 }, { atMs: 1000, processed: 40 })).to.equal(Infinity);
  });
});
