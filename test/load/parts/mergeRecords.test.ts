import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { fragmentSource, FragmentWriter } from '../../../src/load/parts/fragment.js';
import { mergeRecords, type RecordSource } from '../../../src/load/parts/mergeRecords.js';
import { Span } from '../../../src/load/parts/span.js';
import { tempDir } from '../../tempDir.js';

type Line = { readonly number: number; readonly text: string };

describe('load/mergeRecords', () => {
  const dir = tempDir();
  let fragments = 0;

  async function write(lines: readonly Line[]): Promise<RecordSource> {
    const path = join(dir.path, String((fragments += 1)));
    const writer = await FragmentWriter.create(path);
    for (const { number, text } of lines)
      await writer.append(number, Buffer.from(`${number},`), Span.of(Buffer.from(text)));
    await writer.close();
    return fragmentSource(path);
  }

  async function merged(sources: readonly RecordSource[]): Promise<string> {
    const pieces: string[] = [];
    for await (const piece of mergeRecords(sources)) {
      expect(piece.at(-1), 'ends with a record').to.equal(0x0a);
      pieces.push(piece.toString());
    }
    return pieces.join('');
  }

  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'ü') }),
    fc.constant('w'.repeat(300_000))
  );

  it('lays records over each other as sorting them all would', async () => {
    const lines = fc.uniqueArray(fc.record({ number: fc.nat(500), text, of: fc.nat(4) }), {
      selector: ({ number }) => number,
      maxLength: 40
    });
    await fc.assert(
      fc.asyncProperty(lines, async (some) => {
        const sorted = [...some].sort((a, b) => a.number - b.number);
        const sources = await Promise.all([0, 1, 2, 3, 4].map((of) => write(sorted.filter((line) => line.of === of))));
        const wanted = sorted.map((line) => `${line.number},${line.text}\n`).join('');
        expect((await merged(sources)) === wanted).to.equal(true);
        expect((await merged([...sources].reverse())) === wanted).to.equal(true);
      }),
      { numRuns: 60 }
    );
  });

  it('those of parts that follow each other, and of many small ones', async () => {
    const lines = (from: number, to: number, step = 1): Line[] =>
      Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => ({
        number: from + at * step,
        text: `r${from + at * step}`
      }));
    const sources = await Promise.all([
      write(lines(20_000, 40_000, 2)),
      write(lines(1, 20_000)),
      write(lines(20_001, 40_000, 2)),
      ...Array.from({ length: 100 }, (_, at) => write(lines(40_000 + at * 10, 40_010 + at * 10)))
    ]);
    expect(
      (await merged(sources)) ===
        lines(1, 41_000)
          .map(({ number, text: row }) => `${number},${row}\n`)
          .join('')
    ).to.equal(true);
  });

  it('opens a source that may begin with a row where another one is', async () => {
    const source = (numbers: readonly number[], firstRow: number): RecordSource => ({
      firstRow: () => Promise.resolve(firstRow),
      open: async () => (await write(numbers.map((number) => ({ number, text: 'x' })))).open()
    });
    expect(await merged([source([3, 4], 1), source([1, 2], 1)])).to.equal('1,x\n2,x\n3,x\n4,x\n');
    expect(await merged([source([], 1), source([1, 5], 1), source([], 3)])).to.equal('1,x\n5,x\n');
  });
});
