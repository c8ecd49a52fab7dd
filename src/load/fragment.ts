import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { FileWriter } from './partFile.js';

/**
 * What a load says of rows lies in fragments until its end: records of one result file in the order of their row numbers, and beside
 * them an index of (row number, bytes with row end) as little-endian 32-bit pairs. Laid over each other by row number, the
 * fragments of one kind are the result file.
 */
export class FragmentWriter {
  private readonly index: number[] = [];

  private constructor(
    private readonly path: string,
    private readonly file: FileWriter
  ) {}

  public static async create(path: string): Promise<FragmentWriter> {
    return new FragmentWriter(path, await FileWriter.create(path));
  }

  /** One record in pieces, without row end. Row numbers must come in ascending order. */
  public async append(rowNumber: number, pieces: readonly Buffer[]): Promise<void> {
    const before = this.file.bytes;
    for (const piece of pieces) if (!this.file.appendNow(piece, 0, piece.length)) await this.file.append(piece);
    if (!this.file.appendNow(LF, 0, 1)) await this.file.append(LF);
    this.index.push(rowNumber, this.file.bytes - before);
  }

  /** Durable when it returns, under the name that was given at the start; an earlier try's leftovers are overwritten. */
  public async close(): Promise<void> {
    await this.file.close();
    const index = await FileWriter.create(indexPath(this.path));
    await index.append(Buffer.from(Uint32Array.from(this.index).buffer));
    await index.close();
  }

  public async abandon(): Promise<void> {
    await this.file.abandon();
  }
}

/**
 * The records of several fragments in ascending order of row number, in pieces of whole records.
 * @param paths fragments whose row numbers ascend and which share no row
 * @throws Error when a fragment does not fit its index
 */
export async function* mergeFragments(paths: readonly string[]): AsyncGenerator<Buffer> {
  const cursors = await Promise.all(paths.map((path) => Cursor.open(path)));
  try {
    for (;;) {
      const { first, limit } = lowest(cursors);
      if (!first) return;
      yield* first.takeBelow(limit);
    }
  } finally {
    for (const cursor of cursors) cursor.close();
  }
}

/** The cursor with the lowest row, and the row at which another one has its turn. */
function lowest(cursors: readonly Cursor[]): { first: Cursor | undefined; limit: number } {
  let first: Cursor | undefined;
  let limit = Infinity;
  for (const cursor of cursors) {
    if (cursor.isDone) continue;
    if (!first || cursor.row < first.row) {
      limit = first ? first.row : limit;
      first = cursor;
    } else if (cursor.row < limit) limit = cursor.row;
  }
  return { first, limit };
}

/** Removes a fragment that may be there. */
export async function removeFragment(path: string): Promise<void> {
  await Promise.all([path, indexPath(path)].map((file) => rm(file, { force: true })));
}

/** A place in one fragment; reads on only when it is asked for bytes. */
class Cursor {
  private at = 0;
  private buffered: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly stream: ReturnType<typeof createReadStream>;

  private constructor(
    path: string,
    private readonly pairs: Uint32Array
  ) {
    this.stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
    this.chunks = this.stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  public static async open(path: string): Promise<Cursor> {
    return new Cursor(path, await readPairs(path));
  }

  public get isDone(): boolean {
    return this.at >= this.pairs.length;
  }

  public get row(): number {
    return this.pairs[this.at] ?? Infinity;
  }

  /** The records whose row number is below `limit`: their bytes, gathered up to a chunk's size. */
  public async *takeBelow(limit: number): AsyncGenerator<Buffer> {
    while (!this.isDone && this.row < limit) {
      let wanted = 0;
      while (!this.isDone && this.row < limit && wanted < CHUNK_BYTES) {
        wanted += this.pairs[this.at + 1] ?? 0;
        this.at += 2;
      }
      yield await this.take(wanted);
    }
  }

  public close(): void {
    this.stream.destroy();
  }

  private async take(length: number): Promise<Buffer> {
    const pieces = [this.buffered];
    let available = this.buffered.length;
    while (available < length) {
      const next = await this.chunks.next();
      if (next.done) throw new Error('a fragment is shorter than its index says');
      pieces.push(next.value);
      available += next.value.length;
    }
    const all = pieces.length === 1 ? this.buffered : Buffer.concat(pieces);
    this.buffered = all.subarray(length);
    return all.subarray(0, length);
  }
}

const CHUNK_BYTES = 64 * 1024;
const LF = Buffer.from('\n');

function indexPath(path: string): string {
  return `${path}.rows`;
}

async function readPairs(path: string): Promise<Uint32Array> {
  const bytes = await readFile(indexPath(path));
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
