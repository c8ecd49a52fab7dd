import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { syncDirectory, writeDurably } from '../../src/run/durably.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

describe('run/durably', () => {
  const dir = tempDir();

  it('replaces a file and leaves nothing else', async () => {
    const path = join(dir.path, 'a.json');
    await writeDurably(path, 'old, and longer than the new');
    await writeDurably(path, 'new ü');
    expect(await readFile(path, 'utf8')).to.equal('new ü');
    expect(await readdir(dir.path)).to.deep.equal(['a.json']);
  });

  it('gets over what an earlier write that broke off has left', async () => {
    const path = join(dir.path, 'a.json');
    await writeFile(`${path}.writing`, 'half of something much, much longer');
    await writeDurably(path, 'whole');
    expect(await readFile(path, 'utf8')).to.equal('whole');
  });

  it('keeps the old text when the new one can not be put in its place', async () => {
    const path = join(dir.path, 'taken');
    await mkdir(join(path, 'by a directory'), { recursive: true });
    await rejection(writeDurably(path, 'new'));
    expect(await readdir(path)).to.deep.equal(['by a directory']);
  });

  it('writes for the owner alone', async function () {
    if (process.platform === 'win32') this.skip();
    const path = join(dir.path, 'a.json');
    await writeDurably(path, 'x');
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it('never shows a reader half of a text', async () => {
    const path = join(dir.path, 'a.json');
    const texts = ['a'.repeat(300_000), 'b'.repeat(200_000)];
    await writeDurably(path, texts[0] ?? '');
    let isWriting = true;
    const writing = (async () => {
      for (let at = 0; at < 20; at += 1) await writeDurably(path, texts[at % 2] ?? '');
      isWriting = false;
    })();
    while (isWriting) expect(texts.includes(await readFile(path, 'utf8'))).to.equal(true);
    await writing;
  });

  it('makes the names of a directory durable', async () => {
    await syncDirectory(dir.path);
  });
});
