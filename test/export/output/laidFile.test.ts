import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { beginsWith, LaidFile } from '../../../src/export/output/laidFile.js';
import { tempDir } from '../../tempDir.js';

describe('export/laidFile', () => {
  const dir = tempDir();
  const path = (): string => join(dir.path, 'laid.csv');
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  it('tells of the bytes that are on disk, and goes on behind them in place of what came later', async () => {
    await writeFile(path(), 'something older that is longer than all the rest');
    const first = await LaidFile.open(path());
    await first.append(Buffer.from('one,'));
    const laid = await first.sync();
    await first.append(Buffer.from('not known'));
    await first.close();
    expect(laid).to.deep.equal({ bytes: 4, sha256: sha256('one,') });

    const second = await LaidFile.open(path(), laid.bytes);
    await second.append(Buffer.from('two'));
    expect(await second.sync()).to.deep.equal({ bytes: 7, sha256: sha256('one,two') });
    await second.close();
    expect(await readFile(path(), 'utf8')).to.equal('one,two');
  });

  it('knows a file that begins so from a shorter, another and none', async () => {
    const laid = { bytes: 3, sha256: sha256('one') };
    expect(await beginsWith(path(), laid)).to.equal(false);
    for (const [text, expected] of [
      ['one', true],
      ['one and more', true],
      ['on', false],
      ['onE and more', false]
    ] as const) {
      await writeFile(path(), text);
      expect(await beginsWith(path(), laid), text).to.equal(expected);
    }
  });
});
