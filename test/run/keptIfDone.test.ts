import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { keptIfDone } from '../../src/run/keptIfDone.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

describe('run/keptIfDone', () => {
  const dir = tempDir();
  const make = async (): Promise<string> => {
    await mkdir(join(dir.path, 'a', 'b'), { recursive: true });
    await writeFile(join(dir.path, 'a', 'b', 'people.csv'), 'Ann');
    return 'done';
  };

  it('keeps what was done, also at the end of the process', async () => {
    const before = process.listeners('exit');
    expect(await keptIfDone(dir.path, make)).to.equal('done');
    expect(process.listeners('exit')).to.deep.equal(before);
    expect(await readdir(dir.path)).to.deep.equal(['a']);
  });

  it('removes what has failed, and says why', async () => {
    const error = await rejection(
      keptIfDone(dir.path, async () => {
        await make();
        throw new Error('no more');
      })
    );
    expect(error.message).to.equal('no more');
    expect(await readdir(dir.path)).to.deep.equal([]);
  });

  it('removes what is half done when the process ends', async () => {
    const before = process.listeners('exit');
    await keptIfDone(dir.path, async () => {
      await make();
      for (const listener of process.listeners('exit')) if (!before.includes(listener)) listener(130);
      expect(await readdir(dir.path)).to.deep.equal([]);
    });
  });
});
