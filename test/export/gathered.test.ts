import { Readable } from 'node:stream';
import { expect } from 'chai';
import { gathered } from '../../src/export/gathered.js';

const PIECE = 512 * 1024;

/** Bytes that differ from their neighbours at each seam. */
function bytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => at % 251));
}

function cut(whole: Buffer, size: number, failure?: Error): AsyncIterable<Buffer> {
  return Readable.from(chunks(whole, size, failure));
}

function* chunks(whole: Buffer, size: number, failure?: Error): Generator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
  if (failure) throw failure;
}

describe('gathered', () => {
  const CASES: Array<[says: string, length: number, size: number]> = [
    ['no bytes', 0, 10],
    ['less than a piece', 1000, 7],
    ['exactly a piece', PIECE, 65_536],
    ['two pieces and a byte in uneven chunks', 2 * PIECE + 1, 65_521],
    ['one chunk of more than three pieces', 3 * PIECE + 17, 4 * PIECE]
  ];
  for (const [says, length, size] of CASES)
    it(`gives ${says} as it came`, async () => {
      const whole = bytes(length);
      const pieces: Buffer[] = [];
      for await (const piece of gathered(cut(whole, size))) pieces.push(Buffer.from(piece));
      expect(Buffer.concat(pieces).equals(whole)).to.equal(true);
      expect(pieces).to.have.length(Math.ceil(length / PIECE));
    });

  it('breaks where its chunks break', async () => {
    const seen: number[] = [];
    let error: unknown;
    try {
      for await (const piece of gathered(cut(bytes(PIECE + 5), 1000, new Error('cut off')))) seen.push(piece.length);
    } catch (caught) {
      error = caught;
    }
    expect(error).to.be.an('error').with.property('message', 'cut off');
    expect(seen).to.deep.equal([PIECE]);
  });
});
