import { expect } from 'chai';
import fc from 'fast-check';
import { markBytes, RowMarks } from '../../../src/export/query/rowMarks.js';

async function bytesOf(rows: readonly string[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of markBytes(rows)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    // One buffer for all pieces, as a file is read.
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

describe('export/rowMarks', () => {
  it('knows exactly the rows that were marked, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ maxLength: 6 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        async (rows, size) => {
          const marked = rows.filter((_, at) => at % 2 === 0);
          const bytes = await bytesOf(marked);
          const marks = await RowMarks.of(cut(bytes, size), RowMarks.rowsIn(bytes.length));
          expect(rows.filter((row) => marks.has(row))).to.deep.equal(marked);
        }
      )
    );
  });

  it('takes rows that come twice', async () => {
    const bytes = await bytesOf(['a', 'b', 'a', 'a']);
    const marks = await RowMarks.of(cut(bytes, 16), 4);
    expect(['a', 'b', 'c'].map((row) => marks.has(row))).to.deep.equal([true, true, false]);
  });

  it('takes 16 bytes a row on disk, and 20 in memory, of many pieces', async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => `001xx${row} 2026-01-01T00:00:00.000Z`);
    const bytes = await bytesOf(rows);
    expect(bytes.length).to.equal(rows.length * 16);
    const before = process.memoryUsage().arrayBuffers;
    const marks = await RowMarks.of(cut(bytes, 65_536), rows.length);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(rows.length * 20 + 200_000);
    expect(rows.every((row) => marks.has(row))).to.equal(true);
    expect(marks.has('001xx1 2026-01-01T00:00:01.000Z')).to.equal(false);
  });
});
