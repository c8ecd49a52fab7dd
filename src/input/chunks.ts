import { open } from 'node:fs/promises';
import { free } from './freed.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * A file in pieces of 256 kB, from one byte up to another. A piece holds until the next one is asked for: one buffer serves for all of them, where a read stream makes
 * one for each and leaves hundreds of megabytes to the garbage collector.
 * @throws the file system's errors
 */
export async function* fileChunks(path: string, from = 0, end = Infinity): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  try {
    for (let at = from; ;) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
    free(buffer);
  }
}

/** The first bytes of what is read, so many at least unless there are no more; `rejoin` puts them before the rest again. */
export async function firstBytes(chunks: AsyncIterator<Buffer>, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let bytes = 0; bytes < length;) {
    const next = await chunks.next();
    if (next.done) break;
    pieces.push(Buffer.from(next.value)); // a copy: what is read holds only until the next
    bytes += next.value.length;
  }
  return Buffer.concat(pieces);
}

export async function* rejoin(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
