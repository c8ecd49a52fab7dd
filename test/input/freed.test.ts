import { expect } from 'chai';
import { free } from '../../src/input/freed.js';

describe('input/freed', () => {
  it('leaves nothing of memory that is one view alone, however small', () => {
    for (const whole of [Buffer.alloc(1_000_000, 1), Buffer.allocUnsafeSlow(100), new Float64Array(10)]) {
      const view = new Uint8Array(whole.buffer, 10, 20);
      free(whole);
      expect([whole.length, view.length]).to.deep.equal([0, 0]);
    }
  });

  it('leaves nothing of large memory of which it is given a part', () => {
    const large = Buffer.alloc(1_000_000, 1);
    free(large.subarray(10, 20));
    expect(large.length).to.equal(0);
  });

  it('leaves the memory alone that small buffers share', () => {
    const [small, other] = [Buffer.from('small'), Buffer.from('other')];
    free(small);
    expect(`${small.toString()} ${other.toString()}`).to.equal('small other');
  });

  it('takes what is no memory, or none any more', () => {
    const large = Buffer.alloc(1_000_000);
    for (const memory of [undefined, new Uint8Array(new SharedArrayBuffer(1_000_000)), large, large]) free(memory);
    expect(large.length).to.equal(0);
  });
});
