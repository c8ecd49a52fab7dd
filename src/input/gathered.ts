import { free } from './freed.js';

/** Of what the network gives at a time, 64 kB and less, so many make one write; each page under way holds a buffer of it. */
const PIECE_BYTES = 512 * 1024;

/** Buffers of pages that are over, for those to come: no more than were ever under way at once. */
const spare: Buffer[] = [];

/**
 * The same bytes in pieces of 512 kB, the last one smaller. A piece holds until the next one is asked for: one buffer serves for all of them.
 * @param chunks whose memory is given away: that of each is freed when the next one comes. Left to the garbage collector, the whole heap
 * would be searched for it with every 18 MB of a download.
 * @throws what the chunks throw, whereupon the last bytes are not given
 */
export async function* gathered(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  try {
    let filled = 0;
    let last: Buffer | undefined;
    for await (const chunk of chunks) {
      if (last?.buffer !== chunk.buffer) free(last);
      last = chunk;
      for (let from = 0; from < chunk.length;) {
        const copied = chunk.copy(buffer, filled, from);
        from += copied;
        filled += copied;
        if (filled < buffer.length) continue;
        yield buffer;
        filled = 0;
      }
    }
    free(last);
    if (filled > 0) yield buffer.subarray(0, filled);
  } finally {
    spare.push(buffer);
  }
}
