import { expect } from 'chai';
import fc from 'fast-check';
import { HashTable } from '../../src/input/hashTable.js';

describe('input/hashTable', () => {
  /** Of one bucket: alike in their lowest bits. */
  const hash = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(2 ** 40).map((bits) => bits * 64 + 5),
    fc.constantFrom(0, 2 ** 53 - 1, 2 ** 31, 2 ** 32)
  );

  it('finds what a Map would find', () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 200 }), fc.array(hash, { maxLength: 20 }), (hashes, others) => {
        const table = new HashTable(Float64Array.from(hashes));
        const first = new Map<number, number>();
        for (const [place, one] of hashes.entries()) {
          expect(table.add(place)).to.equal(first.get(one) ?? -1);
          if (!first.has(one)) first.set(one, place);
        }
        const wanted = [...hashes, ...others];
        for (const one of wanted) expect(table.find(one)).to.equal(first.get(one) ?? -1);
        const places = new Int32Array(wanted.length + 1).fill(7);
        table.findAll(Float64Array.from([...wanted, 1]), wanted.length, places);
        expect([...places]).to.deep.equal([...wanted.map((one) => first.get(one) ?? -1), 7]);
      })
    );
  });

  it('finds no more what became NaN, and all the others', () => {
    const hashes = Float64Array.from({ length: 1000 }, (_, at) => at * 64);
    const table = new HashTable(hashes);
    for (const place of hashes.keys()) table.add(place);
    for (let place = 0; place < 1000; place += 3) hashes[place] = NaN;
    for (let place = 0; place < 1000; place += 1) expect(table.find(place * 64)).to.equal(place % 3 === 0 ? -1 : place);
  });
});
