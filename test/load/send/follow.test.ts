import { expect } from 'chai';
import { type JobId } from '../../../src/bulk/job.js';
import { type Transport } from '../../../src/bulk/transport.js';
import { follow, untilEndMs } from '../../../src/load/send/follow.js';
import { TestClock } from '../../testClock.js';

const ROWS = 100_000;

describe('load/follow', () => {
  /** When a job of so many rows a second was looked at, in seconds. */
  async function looksAt(rowsPerSecond: number): Promise<number[]> {
    const clock = new TestClock();
    const startMs = clock.now();
    const looks: number[] = [];
    const json = (): Promise<object> => {
      const seconds = (clock.now() - startMs) / 1000;
      looks.push(seconds);
      const processed = Math.min(ROWS, Math.floor((seconds * rowsPerSecond) / 10_000) * 10_000);
      const isOver = seconds * rowsPerSecond >= ROWS;
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
      { part: 1, jobId: '750000000000001AAA' as JobId, rows: ROWS },
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
      const looks = await looksAt(ROWS / seconds);
      expect(looks.at(-1)).to.be.within(seconds, seconds * 1.03 + 2);
      expect(looks.length).to.be.at.most(10 + seconds / 20);
    });

  it('tells the rest by the rate between two looks, and nothing by none', () => {
    expect(untilEndMs(100, { atMs: 0, processed: 20 }, { atMs: 1000, processed: 40 })).to.equal(3000);
    expect(untilEndMs(100, undefined, { atMs: 1000, processed: 40 })).to.equal(Infinity);
    expect(untilEndMs(100, { atMs: 0, processed: 40 }, { atMs: 1000, processed: 40 })).to.equal(Infinity);
  });
});
