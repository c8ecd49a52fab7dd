import { expect } from 'chai';
import { partPaths, PartWriter } from '../../../src/load/parts/partFile.js';
import { eachRow } from '../../../src/load/parts/partRows.js';
import { firstPauseMs, layRetryParts, retryPauseMs, ROWS_OF_A_RETRY } from '../../../src/load/send/retry.js';
import { type RetryReason, RetryRows } from '../../../src/load/parts/retryRows.js';
import { tempDir } from '../../tempDir.js';

type Retry = readonly [at: number, reason: Partial<RetryReason>];

describe('load/retry', () => {
  it('waits longer before each wave, between half of the pause and all of it', () => {
    expect([1, 2, 3, 4].map((attempt) => retryPauseMs(attempt, () => 1, 300))).to.deep.equal([300, 600, 1200, 2400]);
    expect([1, 2, 3, 4].map((attempt) => retryPauseMs(attempt, () => 0, 300))).to.deep.equal([150, 300, 600, 1200]);
    expect(retryPauseMs(30, () => 1)).to.equal(60_000);
  });

  const PACES = [
    ['where nothing is known of the org', undefined, 200],
    ['in an org that takes 20,000 rows a second', 0.05, 100],
    ['in an org that takes 4,000 rows a second', 0.25, 500],
    ['in an org that takes 100 rows a second', 10, 2000]
  ] as const;
  for (const [where, rowMs, pauseMs] of PACES)
    it(`waits ${pauseMs} ms at first ${where}`, () => {
      expect(firstPauseMs(rowMs)).to.equal(pauseMs);
    });

  describe('rows that go again', () => {
    const dir = tempDir();
    const place = (): { partsDir: string; settledDir: string; sentHeader: Buffer } => ({
      partsDir: dir.path,
      settledDir: dir.path,
      sentHeader: Buffer.from('Name')
    });

    /** Writes a settled part of so many rows, numbered from `first`; every third row was mapped. */
    async function settledPart(part: number, first: number, rows: number, retries: readonly Retry[]): Promise<void> {
      const writer = await PartWriter.create(partPaths(dir.path, part), Buffer.from('Name'));
      for (let number = first; number < first + rows; number += 1) {
        const input = number % 3 === 0 ? Buffer.from(`input ${number}`) : undefined;
        await writer.append({ number, sent: Buffer.from(`sent ${number}`), input });
      }
      await writer.close();
      const again = new RetryRows();
      for (const [at, reason] of retries) again.add(at, { error: 'UNABLE_TO_LOCK_ROW', ...reason });
      await again.write(dir.path, part);
    }

    async function rowsOf(part: number): Promise<string[]> {
      const rows: string[] = [];
      await eachRow(partPaths(dir.path, part), ({ number, sent, input }) => {
        rows.push(`${number}: ${sent.buffer.toString()}${input === sent ? '' : ` (${input.buffer.toString()})`}`);
      });
      return rows;
    }

    const retry = (at: number, reason: Partial<RetryReason> = {}): Retry => [at, reason];

    it('lie together by the record that has locked them, and apart where they may have happened', async () => {
      await settledPart(1, 1, 5, [
        retry(4, { lockedId: '001B' }),
        retry(0),
        retry(2, { lockedId: '001A' }),
        retry(1, { mayHaveHappened: true })
      ]);
      await settledPart(2, 6, 3, [retry(0, { lockedId: '001A' }), retry(2)]);
      expect(await layRetryParts([1, 2], 3, 1, place())).to.deep.equal([
        { part: 3, rows: 5, bytes: 40 },
        { part: 4, rows: 1, bytes: 12, mayHaveHappened: true }
      ]);
      expect(await rowsOf(3)).to.deep.equal([
        '1: sent 1',
        '8: sent 8',
        '3: sent 3 (input 3)',
        '6: sent 6 (input 6)',
        '5: sent 5'
      ]);
      expect(await rowsOf(4)).to.deep.equal(['2: sent 2']);
    });

    it('fill small parts, and those of one record are not torn apart unless they alone overfill one', async () => {
      const limit = ROWS_OF_A_RETRY.later;
      const lockedId = (at: number): string | undefined =>
        at < limit - 10 ? undefined : at < limit + 10 ? '001A' : at < limit * 3 ? '001B' : '001C';
      const rows = limit * 3 + 5;
      await settledPart(
        1,
        1,
        rows,
        Array.from({ length: rows }, (_, at) => retry(at, { lockedId: lockedId(at) }))
      );
      const parts = await layRetryParts([1], 2, 2, place());
      expect(parts.map((part) => part.rows)).to.deep.equal([limit - 10, 20, limit, limit - 5]);
    });
  });
});
