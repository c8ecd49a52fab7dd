import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** More than a socket takes before it says that it is full (64 kB), so that no more than one piece is ever on its way through one. */
const PIECE_BYTES = 128 * 1024;
/** One is on its way through the socket, one waits for it and one is read; the fourth is for good measure. */
const PIECES = 4;

/**
 * A file as the body of a request. A read stream of Node makes a buffer for each piece and leaves them all to the garbage collector, which lets tens
 * of megabytes of them lie; here a few serve in turn, which is right only for a reader that waits for each piece to be taken, as sockets do.
 * @throws (the stream) the file system's errors
 */
export function uploadBody(path: string): Readable {
  return Readable.from(pieces(path), { objectMode: false, highWaterMark: PIECE_BYTES });
}

async function* pieces(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    const rooms = Array.from({ length: PIECES }, () => Buffer.allocUnsafeSlow(PIECE_BYTES));
    for (let turn = 0; ; turn += 1) {
      const room = rooms[turn % PIECES] ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
      let filled = 0;
      // Filled whole: of smaller ones more could be on their way.
      for (let read = -1; read !== 0 && filled < room.length; filled += read)
        read = (await file.read(room, filled, room.length - filled)).bytesRead;
      if (filled === 0) return;
      yield room.subarray(0, filled);
    }
  } finally {
    await file.close();
  }
}
