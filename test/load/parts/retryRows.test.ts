import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRetryRows, removeRetryRows, type RetryReason, RetryRows } from '../../../src/load/parts/retryRows.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

describe('load/retryRows', () => {
  const dir = tempDir();
  const LOCKED = 'UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--';
  const reasons = [
    { error: LOCKED },
    { error: `${LOCKED} 001A`, lockedId: '001A' },
    { error: LOCKED, mayHaveHappened: true }
  ];
  const reasonOf = (at: number): RetryReason => reasons[at % reasons.length] ?? { error: '' };
  const places = Array.from({ length: 300 }, (_, at) => at * 2);

  async function file(order = places): Promise<void> {
    const rows = new RetryRows();
    for (const at of order) rows.add(at, { ...reasonOf(at) });
    expect(rows.count).to.equal(order.length);
    await rows.write(dir.path, 7);
  }

  it('come back in the order of the part, each with its reason', async () => {
    await file([...places].reverse());
    const read = await readRetryRows(dir.path, 7);
    expect([...read.places]).to.deep.equal(places);
    expect(read.reasons).to.deep.equal(places.map(reasonOf));
  });

  it('are filed with each reason once', async () => {
    await file();
    const text = await readFile(join(dir.path, '00007.retry'), 'utf8');
    expect(text.split(LOCKED)).to.have.length(reasons.length + 1);
  });

  it('are not believed without a reason', async () => {
    await writeFile(join(dir.path, '00007.retry'), '[]\n--------');
    expect((await rejection(readRetryRows(dir.path, 7))).message).to.contain('for no reason');
  });

  it('are removed, and need not be there', async () => {
    await file();
    await removeRetryRows(dir.path, 7);
    await removeRetryRows(dir.path, 7);
    expect((await rejection(readRetryRows(dir.path, 7))).message).to.contain('ENOENT');
  });
});
