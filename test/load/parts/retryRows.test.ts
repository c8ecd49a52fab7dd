import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRetryRows, removeRetryRows, type RetryRow, writeRetryRows } from '../../../src/load/parts/retryRows.js';
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
  const rows = Array.from({ length: 300 }, (_, at): RetryRow => ({ at, reason: reasons[at % 3] ?? { error: '' } }));

  it('come back in the order of the part, each with its reason', async () => {
    await writeRetryRows(dir.path, 7, [...rows].reverse());
    expect(await readRetryRows(dir.path, 7)).to.deep.equal(rows);
  });

  it('are filed with each reason once', async () => {
    await writeRetryRows(dir.path, 7, rows);
    const text = await readFile(join(dir.path, '00007.retry.json'), 'utf8');
    expect(text.split(LOCKED)).to.have.length(reasons.length + 1);
  });

  it('are not believed without a reason', async () => {
    await writeFile(join(dir.path, '00007.retry.json'), '{"reasons":[],"rows":[1,0]}');
    expect((await rejection(readRetryRows(dir.path, 7))).message).to.contain('for no reason');
  });

  it('are removed, and need not be there', async () => {
    await writeRetryRows(dir.path, 7, rows);
    await removeRetryRows(dir.path, 7);
    await removeRetryRows(dir.path, 7);
    expect((await rejection(readRetryRows(dir.path, 7))).message).to.contain('ENOENT');
  });
});
