import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Readable } from 'node:stream';

export type QueryPaths = {
  /** The rows without the header. */
  readonly rows: string;
  /** For each row the byte at which it ends, a double each: a page anywhere is found with two reads. */
  readonly ends: string;
};

const END_BYTES = 8;

/** Writes the rows of a query's result. */
export class QueryRows {
  private readonly rows: WriteStream;
  private readonly ends: WriteStream;
  private end = 0;

  public constructor(paths: QueryPaths) {
    this.rows = createWriteStream(paths.rows, { mode: 0o600 });
    this.ends = createWriteStream(paths.ends, { mode: 0o600 });
  }

  public async add(lines: readonly string[]): Promise<void> {
    const ends = Buffer.allocUnsafe(lines.length * END_BYTES);
    for (const [index, line] of lines.entries()) {
      this.end += Buffer.byteLength(line);
      ends.writeDoubleLE(this.end, index * END_BYTES);
    }
    const hasRoom = [this.rows.write(lines.join('')), this.ends.write(ends)];
    if (!hasRoom[0]) await once(this.rows, 'drain');
    if (!hasRoom[1]) await once(this.ends, 'drain');
  }

  public async close(): Promise<void> {
    for (const stream of [this.rows, this.ends]) {
      stream.end();
      await once(stream, 'close');
    }
  }
}

/** The bytes of `count` rows from row `from`, 0 for the first; they must be there. */
export async function rowsBetween(paths: QueryPaths, from: number, count: number): Promise<Readable | undefined> {
  if (count === 0) return undefined;
  const file = await open(paths.ends, 'r');
  try {
    const start = from === 0 ? 0 : await endOf(file, from - 1);
    const end = (await endOf(file, from + count - 1)) - 1;
    return createReadStream(paths.rows, { start, end, highWaterMark: 256 * 1024 });
  } finally {
    await file.close();
  }
}

async function endOf(file: FileHandle, row: number): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(END_BYTES), 0, END_BYTES, row * END_BYTES);
  return buffer.readDoubleLE();
}
