import { expect } from 'chai';
import fc from 'fast-check';
import { HeldBytes } from '../../src/input/heldBytes.js';

describe('input/heldBytes', () => {
  it('holds what was added and not dropped, however it comes', () => {
    const step = fc.record({
      add: fc.uint8Array({ maxLength: 20_000 }),
      drop: fc.double({ min: 0, max: 1, noNaN: true })
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const held = new HeldBytes();
        let wanted = Buffer.alloc(0);
        for (const { add, drop } of steps) {
          held.add(Buffer.from(add));
          wanted = Buffer.concat([wanted, add]);
          const dropped = Math.floor(wanted.length * drop);
          held.drop(dropped);
          wanted = wanted.subarray(dropped);
          expect(held.bytes.equals(wanted)).to.equal(true);
        }
        held.close();
        expect(held.bytes).to.have.length(0);
      }),
      { numRuns: 60 }
    );
  });

  it('can be filled again when it was closed', () => {
    const held = new HeldBytes();
    held.add(Buffer.alloc(100_000, 'a'));
    held.close();
    held.add(Buffer.from('b'));
    expect(held.bytes.toString()).to.equal('b');
  });
});
