import { stat, truncate } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { partPaths, type PartPaths, PartWriter } from '../../../src/load/parts/partFile.js';
import { RowPlaces } from '../../../src/load/parts/rowPlaces.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

type Written = { readonly number: number; readonly sent: string; readonly input?: string };

describe('load/rowPlaces', () => {
  const dir = tempDir();
  let parts = 0;

  async function write(rows: readonly Written[]): Promise<PartPaths> {
    const paths = partPaths(dir.path, (parts += 1));
    const writer = await PartWriter.create(paths, Buffer.from('Name,City'));
    for (const { number, sent, input } of rows)
      await writer.append({
        number,
        sent: Buffer.from(sent),
        input: input === undefined ? undefined : Buffer.from(input)
      });
    await writer.close();
    return paths;
  }

  async function read(places: RowPlaces, order: readonly number[]): Promise<Array<Written & { at: number }>> {
    const told: Array<Written & { at: number }> = [];
    await places.each(Uint32Array.from(order), ({ at, number, sent, input }) => {
      told.push({
        at,
        number,
        sent: sent.buffer.toString(),
        ...(input !== sent && { input: input.buffer.toString() })
      });
      return at % 3 === 0 ? Promise.resolve() : undefined;
    });
    return told;
  }

  const text = fc.oneof(
    { weight: 5, arbitrary: fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', 'ü', '😀') }) },
    { weight: 1, arbitrary: fc.constantFrom('x'.repeat(5000), 'y'.repeat(70_000)) }
  );
  const row = fc.record(
    { number: fc.integer({ min: 1, max: 0xffff_ffff }), sent: text, input: text },
    { requiredKeys: ['number', 'sent'] }
  );
  /** A part, which of its rows are added, and a chance for the order of each. */
  const part = fc.array(fc.record({ row, isWanted: fc.boolean(), chance: fc.nat() }), { maxLength: 12 });

  it('give any rows of some parts in any order, in windows however small', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 4 }),
        fc.constantFrom(1, 100, 100_000),
        async (some, windowBytes) => {
          const places = new RowPlaces(windowBytes);
          const added: Array<{ row: Written; chance: number }> = [];
          for (const rows of some) {
            const wanted = [...rows.keys()].filter((at) => rows[at]?.isWanted);
            await places.add(await write(rows.map((one) => one.row)), wanted);
            added.push(...rows.filter(({ isWanted }) => isWanted));
          }
          expect(added.map((_, at) => places.numberOf(at))).to.deep.equal(added.map((one) => one.row.number));
          const order = [...added.keys()].sort((a, b) => (added[a]?.chance ?? 0) - (added[b]?.chance ?? 0));
          expect(await read(places, order)).to.deep.equal(order.map((at) => ({ at, ...added[at]?.row })));
          places.close();
        }
      ),
      { numRuns: 60 }
    );
  });

  it('are those of all rows where none are named', async () => {
    const rows = Array.from({ length: 2000 }, (_, at) => ({ number: at + 1, sent: `s${at}`.repeat(at % 50) }));
    const places = new RowPlaces(4096);
    await places.add(await write(rows));
    const backwards = [...rows.keys()].reverse();
    expect(await read(places, backwards)).to.deep.equal(backwards.map((at) => ({ at, ...rows[at] })));
  });

  it('say that a part is shorter than it should be', async () => {
    for (const what of ['sent', 'input'] as const) {
      const paths = await write([
        { number: 2, sent: 'sent', input: 'input' },
        { number: 1, sent: 'sent', input: 'x'.repeat(70_000) }
      ]);
      await truncate(paths[what], (await stat(paths[what])).size - 3);
      const places = new RowPlaces();
      await places.add(paths);
      expect((await rejection(read(places, [1, 0]))).message).to.contain('shorter than its index');
    }
  });

  it('refuse rows that a part has not', async () => {
    const paths = await write([{ number: 1, sent: 'a' }]);
    expect((await rejection(new RowPlaces().add(paths, [1]))).message).to.contain('a part of 1 rows');
    await truncate(paths.sent, 3);
    expect((await rejection(new RowPlaces().add(paths))).message).to.contain('no header');
  });
});
