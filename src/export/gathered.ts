/** Of what the network gives at a time, 64 kB and less, so many make one write; each page under way holds a buffer of it. */
const PIECE_BYTES = 512 * 1024;

/**
 * The same bytes in pieces of 512 kB, the last one smaller. A piece holds until the next one is asked for: one buffer serves for all of them.
 * @throws what the chunks throw, whereupon the last bytes are not given
 */
export async function* gathered(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      const copied = chunk.copy(buffer, filled, from);
      from += copied;
      filled += copied;
      if (filled < buffer.length) continue;
      yield buffer;
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
