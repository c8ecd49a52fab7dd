import { expect } from 'chai';
import fc from 'fast-check';
import { bytesBelow, bytesLike, firstOf, fourOf } from '../../src/input/fourBytes.js';

/** Near each other, and near all limits. */
const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x21, 0x22, 0x23, 0x2c, 0x2d, 0x7f, 0x80, 0x81, 0xa2, 0xff));
const bytes = fc.tuple(byte, byte, byte, byte);

/** The first of four bytes that is found; -1 where none is. */
function first(found: number): number {
  return found === 0 ? -1 : firstOf(found);
}

describe('input/fourBytes', () => {
  const four = (some: readonly number[]): number => Buffer.from(some).readInt32LE();

  it('finds the first byte that is below a limit', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 128 }), (some, limit) => {
        expect(first(bytesBelow(four(some), fourOf(limit)))).to.equal(some.findIndex((one) => one < limit));
      }),
      { numRuns: 5000 }
    );
  });

  it('finds the first byte that is a certain one', () => {
    fc.assert(
      fc.property(bytes, byte, (some, wanted) => {
        expect(first(bytesLike(four(some), fourOf(wanted)))).to.equal(some.indexOf(wanted));
      }),
      { numRuns: 5000 }
    );
  });

  it('finds the first of what either looks for', () => {
    fc.assert(
      fc.property(bytes, byte, (some, wanted) => {
        const found = bytesBelow(four(some), fourOf(0x23)) | bytesLike(four(some), fourOf(wanted));
        expect(first(found)).to.equal(some.findIndex((one) => one < 0x23 || one === wanted));
      }),
      { numRuns: 5000 }
    );
  });
});
