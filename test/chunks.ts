/**
 * The bytes in one piece, or cut at these places. As a stream may, it uses a piece's memory again once the next is asked for: whoever kept a
 * view of it instead of a copy reads rubbish.
 */
export async function* chunksOf(bytes: Buffer | string, cuts: readonly number[] = []): AsyncGenerator<Buffer> {
  const all = Buffer.from(bytes);
  const places = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  for (const end of [...places, all.length]) {
    const piece = Buffer.from(all.subarray(start, end));
    yield piece;
    piece.fill(0x7e);
    await Promise.resolve();
    start = end;
  }
}
