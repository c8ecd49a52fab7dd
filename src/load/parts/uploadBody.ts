import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { free } from '../../input/freed.js';

/** More than a socket takes before it says that it is full (64 kB), so that no more than one piece is ever on its way through one. */
const PIECE_BYTES = 256 * 1024;
/** One is on its way through the socket, one waits for it and one is read; the fourth is for good measure. */
const PIECES = 4;

/**
 * A file as the body of a request. A read stream of Node makes a buffer for each piece and leaves them all to the garbage collector, which lets tens
 * of megabytes of them lie; here a few serve in turn, which is right only for a reader that waits for each piece to be taken, as sockets do.
 */
export class UploadBody {
  private rooms: Buffer[] = [];

  public constructor(private readonly path: string) {}

  /** The body for one try. @throws (the stream) the file system's errors */
  public open(): Readable {
    // Those of a try that broke off may still be on their way.
    this.rooms = Array.from({ length: PIECES }, () => Buffer.allocUnsafeSlow(PIECE_BYTES));
    return Readable.from(pieces(this.path, this.rooms), { objectMode: false, highWaterMark: PIECE_BYTES });
  }

  /** Gives the memory of the last try back: when it has been answered that all of it has come, and nothing of it is on its way. */
  public close(): void {
    for (const room of this.rooms) free(room);
  }
}

async function* pieces(path: string, rooms: readonly Buffer[]): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    for (;;)
      for (const room of rooms) {
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
