import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes no quicker than so many a second, as a far or busy server sends them; without a rate as they come. */
export function throttled(body: Readable, bytesPerSecond: number | undefined): Readable {
  return bytesPerSecond === undefined ? body : Readable.from(paced(body, bytesPerSecond), { objectMode: false });
}

async function* paced(body: Readable, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const startedMs = performance.now();
  let bytes = 0;
  for await (const chunk of body) {
    const piece = chunk as Buffer;
    yield piece;
    bytes += piece.length;
    const aheadMs = (bytes / bytesPerSecond) * 1000 - (performance.now() - startedMs);
    if (aheadMs > 1) await sleep(aheadMs);
  }
}
