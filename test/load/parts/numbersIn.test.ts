import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { firstNumberIn, numbersIn } from '../../../src/load/parts/numbersIn.js';
import { tempDir } from '../../tempDir.js';

const NUMBERS = [1, 2 ** 31, 7];

describe('load/numbersIn', () => {
  const dir = tempDir();

  for (const askew of [0, 1, 4])
    it(`reads numbers that begin at byte ${askew} of a buffer`, () => {
      const bytes = Buffer.alloc(askew + 40);
      Buffer.from(Uint32Array.from(NUMBERS).buffer).copy(bytes, askew);
      expect([...numbersIn(bytes.subarray(askew, askew + 12), Uint32Array)]).to.deep.equal(NUMBERS);
      Buffer.from(Float64Array.from(NUMBERS).buffer).copy(bytes, askew);
      expect([...numbersIn(bytes.subarray(askew, askew + 24), Float64Array)]).to.deep.equal(NUMBERS);
    });

  it('reads the first number of a file, of which an empty one has none', async () => {
    const path = join(dir.path, 'numbers');
    await writeFile(path, new Uint8Array(Uint32Array.from([2 ** 32 - 1, 7]).buffer));
    expect(await firstNumberIn(path)).to.equal(2 ** 32 - 1);
    await writeFile(path, '');
    expect(await firstNumberIn(path)).to.equal(Infinity);
  });
});
