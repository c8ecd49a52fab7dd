import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { fragmentSource, FragmentWriter, removeFragment } from '../../../src/load/parts/fragment.js';
import { mergeRecords } from '../../../src/load/parts/mergeRecords.js';
import { rejection } from '../../rejection.js';
import { Span } from '../../../src/load/parts/span.js';
import { tempDir } from '../../tempDir.js';

type Line = { readonly number: number; readonly text: string };

describe('load/fragment', () => {
  const dir = tempDir();
  let fragments = 0;

  async function write(lines: readonly Line[]): Promise<string> {
    const path = join(dir.path, String((fragments += 1)));
    const writer = await FragmentWriter.create(path);
    for (const { number, text } of lines)
      await writer.append(number, Buffer.from(`${number},`), Span.of(Buffer.from(text)));
    await writer.close();
    return path;
  }

  async function merged(paths: readonly string[]): Promise<string> {
    const pieces: string[] = [];
    for await (const piece of mergeRecords(paths.map(fragmentSource))) {
      pieces.push(piece.toString());
    }
    return pieces.join('');
  }

  it('of nothing are nothing', async () => {
    expect(await merged([])).to.equal('');
    expect(await merged([await write([]), await write([])])).to.equal('');
  });

  it('may be left in the middle, and read again', async () => {
    const path = await write([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' }
    ]);
    for await (const piece of mergeRecords([fragmentSource(path)])) {
      expect(piece.length).to.be.greaterThan(0);
      break;
    }
    expect(await merged([path])).to.equal('1,a\n2,b\n');
  });

  it('are overwritten by a later try', async () => {
    const path = await write([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' }
    ]);
    const again = await FragmentWriter.create(path);
    await again.append(7, Buffer.from('7,'), Span.of(Buffer.from('c')));
    await again.close();
    expect(await merged([path])).to.equal('7,c\n');
  });

  it('that are shorter than their index are found out', async () => {
    const path = await write([
      { number: 1, text: 'abc' },
      { number: 2, text: 'def' }
    ]);
    await truncate(path, (await stat(path)).size - 1);
    expect((await rejection(merged([path]))).message).to.contain('shorter than its index');
  });

  it('are removed with their index, and need not be there', async () => {
    const path = await write([{ number: 1, text: 'a' }]);
    await removeFragment(path);
    await removeFragment(path);
    expect(await readdir(dir.path)).to.deep.equal([]);
  });
});
