import { expect } from 'chai';
import fc from 'fast-check';
import { RecordLine } from '../../../src/load/prepare/recordLine.js';

describe('load/recordLine', () => {
  it('is what was added since it was begun, in pieces small and large', () => {
    const piece = fc.record({
      bytes: fc.uint8Array({ maxLength: 6000 }),
      from: fc.double({ min: 0, max: 1, noNaN: true })
    });
    const line = new RecordLine();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        line.begin();
        const wanted = pieces.map(({ bytes, from }) => {
          const start = Math.floor(bytes.length * from);
          line.add(Buffer.from(bytes), start, bytes.length);
          return bytes.subarray(start);
        });
        expect(line.bytes.equals(Buffer.concat(wanted))).to.equal(true);
      }),
      { numRuns: 80 }
    );
  });
});
