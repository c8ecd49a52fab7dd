import { expect } from 'chai';
import { bytesOf, Uint32List } from '../../../src/load/parts/uint32List.js';

describe('load/uint32List', () => {
  it('gives back what was put in, whole and as bytes, however much it is', () => {
    for (const length of [0, 1, 255, 256, 257, 512, 200_000]) {
      const list = new Uint32List();
      for (let at = 0; at < length; at += 1) list.push(0xffff_ffff - at);
      const expected = Uint32Array.from({ length }, (_, at) => 0xffff_ffff - at);
      expect(list.length).to.equal(length);
      expect(Buffer.compare(bytesOf(list.toArray()), bytesOf(expected)), String(length)).to.equal(0);
      const bytes = Buffer.concat([...list.pieces()].map(bytesOf));
      expect(Buffer.compare(bytes, bytesOf(expected)), String(length)).to.equal(0);
    }
  });

  it('is empty when it was closed, and can be filled again', () => {
    const list = new Uint32List();
    for (let at = 0; at < 10_000; at += 1) list.push(at);
    list.close();
    expect([list.length, ...list.pieces()]).to.deep.equal([0]);
    list.push(7);
    expect([...list.toArray()]).to.deep.equal([7]);
  });
});
