import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { FragmentWriter, mergeFragments, removeFragment } from '../../../src/load/parts/fragment.js';
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
    for await (const piece of mergeFragments(paths)) {
      expect(piece.at(-1), 'ends with a record').to.equal(0x0a);
      pieces.push(piece.toString());
    }
    return pieces.join('');
  }

  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'ü') }),
    fc.constant('w'.repeat(300_000))
  );

  it('are laid over each other as sorting all their records would', async () => {
    const lines = fc.uniqueArray(fc.record({ number: fc.nat(500), text, of: fc.nat(4) }), {
      selector: ({ number }) => number,
      maxLength: 40
    });
    await fc.assert(
      fc.asyncProperty(lines, async (some) => {
        const sorted = [...some].sort((a, b) => a.number - b.number);
        const paths = await Promise.all([0, 1, 2, 3, 4].map((of) => write(sorted.filter((line) => line.of === of))));
        const wanted = sorted.map((line) => `${line.number},${line.text}\n`).join('');
        expect((await merged(paths)) === wanted).to.equal(true);
        expect((await merged([...paths].reverse())) === wanted).to.equal(true);
      }),
      { numRuns: 60 }
    );
  });

  it('of parts that follow each other, and of many small ones', async () => {
    const lines = (from: number, to: number, step = 1): Line[] =>
      Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => ({
        number: from + at * step,
        text: `r${from + at * step}`
      }));
    const paths = await Promise.all([
      write(lines(20_000, 40_000, 2)),
      write(lines(1, 20_000)),
      write(lines(20_001, 40_000, 2)),
      ...Array.from({ length: 100 }, (_, at) => write(lines(40_000 + at * 10, 40_010 + at * 10)))
    ]);
    expect(
      (await merged(paths)) ===
        lines(1, 41_000)
          .map(({ number, text: row }) => `${number},${row}\n`)
          .join('')
    ).to.equal(true);
  });

  it('of nothing are nothing', async () => {
    expect(await merged([])).to.equal('');
    expect(await merged([await write([]), await write([])])).to.equal('');
  });

  it('may be left in the middle, and read again', async () => {
    const path = await write([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' }
    ]);
    for await (const piece of mergeFragments([path])) {
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
