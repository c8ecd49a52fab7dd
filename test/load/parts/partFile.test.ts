import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { type NewPartRow, partPaths, PartWriter, removePart } from '../../../src/load/parts/partFile.js';
import { eachRow, lieTogether, rowNumbers } from '../../../src/load/parts/partRows.js';
import { eachRowInOrder } from '../../../src/load/parts/rowPlaces.js';
import { readKeyHashes } from '../../../src/load/parts/keyHashes.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

type Told = { readonly at: number; readonly number: number; readonly sent: string; readonly input: string };

describe('load/partFile', () => {
  const dir = tempDir();
  let parts = 0;

  async function write(rows: readonly NewPartRow[], header = 'Name,City') {
    const paths = partPaths(dir.path, (parts += 1));
    const writer = await PartWriter.create(paths, Buffer.from(header));
    for (const { number, sent, input } of rows)
      // As cutting does: the quick way where there is room, the other where there is none.
      if (input || !writer.appendNow(number, sent, 0, sent.length)) await writer.append({ number, sent, input });
    return { paths, size: await writer.close() };
  }

  async function read(paths: ReturnType<typeof partPaths>, each = eachRow): Promise<Told[]> {
    const told: Told[] = [];
    await each(paths, ({ at, number, sent, input }) => {
      told.push({ at, number, sent: sent.buffer.toString(), input: input.buffer.toString() });
      return at % 3 === 0 ? Promise.resolve() : undefined;
    });
    return told;
  }

  const bytes = fc
    .oneof(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'ü', '😀') }), fc.constant('x'.repeat(70_000)))
    .map((text) => Buffer.from(text));
  const row = fc.record(
    { number: fc.integer({ min: 1, max: 0xffff_ffff }), sent: bytes, input: bytes },
    { requiredKeys: ['number', 'sent'] }
  );

  it('gives back any rows as they were put in, and as the input had them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const { paths, size } = await write(rows);
        expect(await read(paths)).to.deep.equal(
          rows.map(({ number, sent, input }, at) => ({
            at,
            number,
            sent: sent.toString(),
            input: (input ?? sent).toString()
          }))
        );
        expect([...(await rowNumbers(paths))]).to.deep.equal(rows.map(({ number }) => number));
        expect(size).to.deep.equal({ rows: rows.length, bytes: (await stat(paths.sent)).size });
        const csv = `Name,City\n${rows.map(({ sent }) => `${sent.toString()}\n`).join('')}`;
        expect((await readFile(paths.sent, 'utf8')) === csv).to.equal(true);
      }),
      { numRuns: 60 }
    );
  });

  it('takes rows that lie side by side together, whatever lies between others, and copies them in time', async () => {
    const between = fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '\nleft out\n');
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ',', 'ü'), maxLength: 5 }),
      fc.constant('x'.repeat(70_000))
    );
    const batches = fc.array(fc.array(fc.tuple(text, between), { maxLength: 20 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, async (some) => {
        const paths = partPaths(dir.path, (parts += 1));
        const writer = await PartWriter.create(paths, Buffer.from('A'));
        let number = 0;
        for (const batch of some) {
          const lines = Buffer.from(batch.flat().join(''));
          let start = 0;
          for (const [sent, gap] of batch) {
            const end = start + Buffer.byteLength(sent);
            number += 1;
            if (!writer.appendNow(number, lines, start, end))
              await writer.append({ number, sent: lines.subarray(start, end) });
            start = end + gap.length;
          }
          writer.takeCopies();
          lines.fill('other bytes');
        }
        const { bytes: size } = await writer.close();
        const wanted = `A\n${some.flatMap((batch) => batch.map(([sent]) => `${sent}\n`)).join('')}`;
        expect((await readFile(paths.sent, 'utf8')) === wanted).to.equal(true);
        expect(size).to.equal(Buffer.byteLength(wanted));
        expect((await read(paths)).map(({ sent }) => sent).join()).to.equal(
          some
            .flat()
            .map(([sent]) => sent)
            .join()
        );
      }),
      { numRuns: 100 }
    );
  });

  it('gives rows in the order of the input, however they lie', async () => {
    const numbers = fc.uniqueArray(fc.nat(1000), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(numbers, async (some) => {
        const { paths } = await write(
          some.map((number) => ({
            number,
            sent: Buffer.from(`s${number}`),
            input: number % 2 ? Buffer.from(`i${number}`) : undefined
          }))
        );
        const told = await read(paths, eachRowInOrder);
        expect(told.map(({ number }) => number)).to.deep.equal([...some].sort((a, b) => a - b));
        for (const { at, number, sent, input } of told) {
          expect(some[at]).to.equal(number);
          expect(sent).to.equal(`s${number}`);
          expect(input).to.equal(number % 2 ? `i${number}` : `s${number}`);
        }
      }),
      { numRuns: 40 }
    );
  });

  it('lies together where its rows ascend and few are between them', () => {
    const together = (...numbers: readonly number[]): boolean => lieTogether(Uint32Array.from(numbers));
    expect(together(7)).to.equal(true);
    expect(together(5, 6, 9, 10)).to.equal(true);
    expect(together(1, 3, 2)).to.equal(false);
    expect(together(2, 1)).to.equal(false);
    expect(together(1, 2, 7)).to.equal(false);
  });

  it('holds more than it gathers, in rows small and large', async () => {
    const rows = Array.from({ length: 3000 }, (_, at) => ({
      number: at + 1,
      sent: Buffer.from(`${at},${'y'.repeat(at % 700)}`),
      input: at % 5 === 0 ? Buffer.from(`${at};${'z'.repeat(at % 900)}`) : undefined
    }));
    rows.push({ number: 4000, sent: Buffer.alloc(2_000_000, 'w'), input: undefined });
    const { paths } = await write(rows, `h${'h'.repeat(600_000)}`);
    let at = 0;
    await eachRow(paths, ({ sent, input }) => {
      const wanted = rows[at];
      expect(wanted && sent.buffer.equals(wanted.sent)).to.equal(true);
      expect(wanted && input.buffer.equals(wanted.input ?? wanted.sent)).to.equal(true);
      at += 1;
    });
    expect(at).to.equal(rows.length);
  });

  it('keeps no input where all rows are sent as they came', async () => {
    const { paths } = await write([{ number: 1, sent: Buffer.from('a') }]);
    expect(await readdir(dir.path)).to.have.length(2);
    await removePart(paths);
    await removePart(paths);
    expect(await readdir(dir.path)).to.deep.equal([]);
  });

  it('removes what an earlier try has left of the same part', async () => {
    const paths = partPaths(dir.path, 77);
    for (const input of [Buffer.from('i'), undefined]) {
      const writer = await PartWriter.create(paths, Buffer.from('A'));
      await writer.append({ number: 1, sent: Buffer.from('s'), input });
      await writer.close();
    }
    expect(await read(paths)).to.deep.equal([{ at: 0, number: 1, sent: 's', input: 's' }]);
    expect(await readdir(dir.path)).to.have.length(2);
  });

  it('says that its files are shorter than they should be', async () => {
    for (const what of ['sent', 'input'] as const) {
      const { paths } = await write([
        { number: 1, sent: Buffer.from('sent'), input: Buffer.from('input') },
        { number: 2, sent: Buffer.from('sent'), input: Buffer.from('input') }
      ]);
      await truncate(paths[what], (await stat(paths[what])).size - 3);
      expect((await rejection(read(paths))).message).to.contain('shorter than its index');
    }
  });

  it('writes for the owner alone', async function () {
    if (process.platform === 'win32') this.skip();
    const paths = partPaths(dir.path, (parts += 1));
    const writer = await PartWriter.create(paths, Buffer.from('A'));
    await writer.append({ number: 1, sent: Buffer.from('a'), input: Buffer.from('b') });
    writer.noteKey(1);
    await writer.close();
    for (const path of Object.values(paths)) expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it('has the hashes of its keys where every row has one, many as they may be', async () => {
    const keysOf = async (rows: number, keys: number): Promise<Float64Array | undefined> => {
      const paths = partPaths(dir.path, (parts += 1));
      const writer = await PartWriter.create(paths, Buffer.from('Key'));
      for (let number = 1; number <= rows; number += 1) await writer.append({ number, sent: Buffer.from('x') });
      for (let key = 1; key <= keys; key += 1) writer.noteKey(2 ** 53 - key);
      await writer.close();
      return readKeyHashes(paths.keys, rows);
    };
    for (const rows of [1, 3, 100_000]) {
      const found = await keysOf(rows, rows);
      expect(found).to.deep.equal(Float64Array.from({ length: rows }, (_, at) => 2 ** 53 - 1 - at));
      expect(await keysOf(rows, rows - 1)).to.equal(undefined);
    }
  });

  it('has none where the file is not of as many rows, or of another version', async () => {
    const paths = partPaths(dir.path, (parts += 1));
    const writer = await PartWriter.create(paths, Buffer.from('Key'));
    for (const number of [1, 2]) {
      await writer.append({ number, sent: Buffer.from('x') });
      writer.noteKey(number);
    }
    await writer.close();
    const kept = await readFile(paths.keys);
    expect([...((await readKeyHashes(paths.keys, 2)) ?? [])]).to.deep.equal([1, 2]);
    await truncate(paths.keys, kept.length - 4);
    expect(await readKeyHashes(paths.keys, 2)).to.equal(undefined);
    kept.writeDoubleLE(kept.readDoubleLE(0) + 1, 0);
    await writeFile(paths.keys, kept);
    expect(await readKeyHashes(paths.keys, 2)).to.equal(undefined);
  });
});
