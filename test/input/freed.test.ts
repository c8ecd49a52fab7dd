import { expect } from 'chai';
import { free } from '../../src/input/freed.js';

describe('input/freed', () => {
  it('leaves nothing of memory that is one buffer alone', () => {
    const large = Buffer.alloc(1_000_000, 1);
    const view = large.subarray(10, 20);
    free(large.buffer);
    expect([large.length, view.length]).to.deep.equal([0, 0]);
  });

  it('leaves the memory alone that small buffers share', () => {
    const [small, other] = [Buffer.from('small'), Buffer.from('other')];
    free(small.buffer);
    expect(`${small.toString()} ${other.toString()}`).to.equal('small other');
  });

  it('takes what is no memory, or none any more', () => {
    const large = Buffer.alloc(1_000_000);
    const { buffer } = large;
    for (const memory of [undefined, new SharedArrayBuffer(1_000_000), buffer, buffer]) free(memory);
    expect(large.length).to.equal(0);
  });
});
