import { Readable } from 'node:stream';
import { expect } from 'chai';
import { gathered } from '../../src/input/gathered.js';

const PIECE = 512 * 1024;

/** Bytes that differ from their neighbours at each seam. */
function bytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => at % 251));
}

function cut(whole: Buffer, size: number, failure?: Error): AsyncIterable<Buffer> {
  return Readable.from(chunks(whole, size, failure));
}

function* chunks(whole: Buffer, size: number, failure?: Error): Generator<Buffer> {
  // Copies, since their memory is given away; the small ones share a pool, as all small buffers do.
  for (let at = 0; at < whole.length; at += size) yield Buffer.from(whole.subarray(at, at + size));
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

  it('frees the memory of a chunk when the next one comes, and of none that others share', async () => {
    const large = [Buffer.alloc(PIECE, 1), Buffer.alloc(PIECE, 2)];
    const small = Buffer.from('small');
    for await (const piece of gathered(Readable.from([...large, small]))) expect(piece.length).to.be.greaterThan(0);
    expect(large.map(({ length }) => length)).to.deep.equal([0, 0]);
    expect(small.toString()).to.equal('small');
  });

  it('keeps pieces apart that are made at the same time', async () => {
    const texts = ['a', 'b', 'c'].map((letter) => Buffer.alloc(PIECE + 10, letter));
    const made = texts.map(async (text) => {
      const pieces: Buffer[] = [];
      for await (const piece of gathered(cut(text, 9973))) pieces.push(Buffer.from(piece));
      return Buffer.concat(pieces);
    });
    expect((await Promise.all(made)).map((text, at) => text.equals(texts[at] ?? text))).to.deep.equal([
      true,
      true,
      true
    ]);
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
