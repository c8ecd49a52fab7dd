import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { BucketFiles } from '../../../src/load/prepare/bucketFiles.js';
import { tempDir } from '../../tempDir.js';

describe('load/bucketFiles', () => {
  const dir = tempDir();

  async function sorted(texts: readonly string[], buckets: number): Promise<string[][]> {
    const files = await BucketFiles.create(join(dir.path, 'buckets'));
    for (const [at, text] of texts.entries()) await files.add(at % buckets, at, text);
    await files.flush();
    const found: string[][] = [];
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const values: string[] = [];
      await files.each(bucket, (at, text) => {
        expect(at % buckets).to.equal(bucket);
        values.push(text);
        return at % 3 === 0 ? Promise.resolve() : undefined;
      });
      found.push(values);
    }
    await files.remove();
    return found;
  }

  const expected = (texts: readonly string[], buckets: number): string[][] =>
    Array.from({ length: buckets }, (_, bucket) => texts.filter((_text, at) => at % buckets === bucket));

  it('keep any text in its bucket and in its order, and leave nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r\n', '\u2028', '"', ''))),
        async (texts) => {
          expect(await sorted(texts, 3)).to.deep.equal(expected(texts, 3));
          expect(await readdir(dir.path)).to.deep.equal([]);
        }
      ),
      { numRuns: 30 }
    );
  });

  it('hold more than is gathered in memory, with values longer than what is read at once', async () => {
    const texts = Array.from({ length: 60 }, (_, at) => `${at}${'ü'.repeat(100_000)}`);
    expect(await sorted(texts, 4)).to.deep.equal(expected(texts, 4));
  });
});
