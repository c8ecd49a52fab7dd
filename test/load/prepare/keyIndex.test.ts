import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { hash53 } from '../../../src/input/hash53.js';
import { KeyIndex } from '../../../src/load/prepare/keyIndex.js';
import { tempDir } from '../../tempDir.js';

describe('load/keyIndex', () => {
  const dir = tempDir();

  async function candidates(keys: Iterable<string>): Promise<number[]> {
    const index = await KeyIndex.create(join(dir.path, 'keys'));
    let number = 0;
    for (const key of keys) if (!index.add((number += 1), hash53(key))) await index.drain();
    return [...(await index.candidates())];
  }

  it('finds the rows whose key another row has, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'ab', 'ba', 'ü', '😀', ' ', '1', '10', '01')),
        async (keys) => {
          const shared = keys.flatMap((key, at) => (keys.indexOf(key) !== keys.lastIndexOf(key) ? [at + 1] : []));
          expect(await candidates(keys)).to.deep.equal(shared);
        }
      ),
      { numRuns: 30 }
    );
  });

  it('holds many rows, most of one bucket, and leaves nothing behind', async () => {
    const keys = Array.from({ length: 200_000 }, (_, at) => (at % 50_000 === 0 ? 'same' : `K-${at}`));
    expect(await candidates(keys)).to.deep.equal([1, 50_001, 100_001, 150_001]);
    expect(await candidates(Array.from({ length: 9000 }, () => 'one'))).to.have.length(9000);
    expect(await readdir(dir.path)).to.deep.equal([]);
  });

  it('spreads keys that are much alike: no two of a hundred thousand share a hash', () => {
    for (const keyOf of [
      (at: number) => `SHIP-${at}`,
      (at: number) => String(at),
      (at: number) => `${'0'.repeat(40)}${at}`
    ]) {
      const hashes = new Set(Array.from({ length: 100_000 }, (_, at) => hash53(keyOf(at))));
      expect(hashes.size).to.equal(100_000);
    }
  });

  it('has hashes that a double holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Number.isSafeInteger(hash53(text)) && hash53(text) >= 0).to.equal(true);
      })
    );
  });
});
