import { expect } from 'chai';
import { numbersIn } from '../../../src/load/parts/numbersIn.js';

const NUMBERS = [1, 2 ** 31, 7];

describe('load/numbersIn', () => {
  for (const askew of [0, 1, 4])
    it(`reads numbers that begin at byte ${askew} of a buffer`, () => {
      const bytes = Buffer.alloc(askew + 40);
      Buffer.from(Uint32Array.from(NUMBERS).buffer).copy(bytes, askew);
      expect([...numbersIn(bytes.subarray(askew, askew + 12), Uint32Array)]).to.deep.equal(NUMBERS);
      Buffer.from(Float64Array.from(NUMBERS).buffer).copy(bytes, askew);
      expect([...numbersIn(bytes.subarray(askew, askew + 24), Float64Array)]).to.deep.equal(NUMBERS);
    });
});
