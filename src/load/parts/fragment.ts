import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { FileWriter } from './fileWriter.js';
import { numbersIn } from './numbersIn.js';
import { type Span } from './span.js';
import { bytesOf, Uint32List } from './uint32List.js';

/**
 * What a load says of rows lies in fragments until its end: records of one result file in the order of their row numbers, and beside
 * them an index of (row number, bytes with row end) as little-endian 32-bit pairs. Laid over each other by row number, the
 * fragments of one kind are the result file.
 */
export class FragmentWriter {
  private readonly index = new Uint32List();

  private constructor(
    private readonly path: string,
    private readonly file: FileWriter
  ) {}

  public static async create(path: string): Promise<FragmentWriter> {
    return new FragmentWriter(path, await FileWriter.create(path));
  }

  /** One record, without row end: what is put before a row, and the row. Row numbers must come in ascending order. */
  public append(rowNumber: number, prefix: Buffer, row: Span): void | Promise<void> {
    const before = this.file.bytes;
    if (!this.file.appendNow(prefix, 0, prefix.length)) return this.appendSlowly(rowNumber, prefix, row);
    if (!this.file.appendLineNow(row.bytes, row.start, row.end))
      return this.appendSlowly(rowNumber, NOTHING, row, before);
    this.note(rowNumber, before);
  }

  private async appendSlowly(rowNumber: number, prefix: Buffer, row: Span, before = this.file.bytes): Promise<void> {
    for (const piece of [prefix, row.buffer, LF]) await this.file.append(piece);
    this.note(rowNumber, before);
  }

  /** Durable when it returns, under the name that was given at the start; an earlier try's leftovers are overwritten. */
  public async close(): Promise<void> {
    await this.file.close();
    const index = await FileWriter.create(indexPath(this.path));
    for (const piece of this.index.pieces()) await index.append(bytesOf(piece));
    await index.close();
    this.index.close();
  }

  public async abandon(): Promise<void> {
    await this.file.abandon();
  }

  private note(rowNumber: number, before: number): void {
    this.index.push(rowNumber);
    this.index.push(this.file.bytes - before);
  }
}

/**
 * The records of several fragments in ascending order of row number, in pieces of whole records that hold until the next is asked for. Only
 * fragments whose rows lie between each other are open at the same time: parts follow each other, so these are few.
 * @param paths fragments whose row numbers ascend and which share no row
 * @throws Error when a fragment does not fit its index
 */
export async function* mergeFragments(paths: readonly string[]): AsyncGenerator<Buffer> {
  const firstRows = await Promise.all(paths.map(async (path) => ({ path, row: await firstRow(path) })));
  const waiting = firstRows.sort((a, b) => b.row - a.row);
  let open: Cursor[] = [];
  try {
    for (;;) {
      let { first, limit } = lowest(open);
      for (let next = waiting.at(-1); next && next.row < (first?.row ?? Infinity); next = waiting.at(-1)) {
        waiting.pop();
        open.push(await Cursor.open(next.path));
        ({ first, limit } = lowest(open));
      }
      if (!first) return;
      yield* first.takeBelow(Math.min(limit, waiting.at(-1)?.row ?? Infinity));
      if (first.isDone) {
        await first.close();
        open = open.filter((cursor) => cursor !== first);
      }
    }
  } finally {
    for (const cursor of open) await cursor.close();
  }
}

/** The cursor with the lowest row, and the row at which another one has its turn. */
function lowest(cursors: readonly Cursor[]): { first: Cursor | undefined; limit: number } {
  let first: Cursor | undefined;
  let limit = Infinity;
  for (const cursor of cursors) {
    const { row } = cursor;
    if (!first || row < first.row) {
      limit = first?.row ?? Infinity;
      first = cursor;
    } else if (row < limit) limit = row;
  }
  return { first, limit };
}

/** Removes a fragment that may be there. */
export async function removeFragment(path: string): Promise<void> {
  await Promise.all([path, indexPath(path)].map((file) => rm(file, { force: true })));
}

/** A place in one fragment. */
class Cursor {
  private at = 0;
  private room: Buffer = NOTHING;
  private position = 0;
  private filled = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly pairs: Uint32Array
  ) {}

  public static async open(path: string): Promise<Cursor> {
    return new Cursor(await open(path, 'r'), await readPairs(path));
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
      yield await this.read(wanted);
    }
  }

  /** The pieces that it gave are gone then. */
  public async close(): Promise<void> {
    await this.file.close();
    free(this.pairs);
    free(this.room);
  }

  /** Reads ahead: rows of parts that lie between each other are asked for one at a time. */
  private async read(length: number): Promise<Buffer> {
    if (this.filled - this.position < length) await this.fill(length);
    const records = this.room.subarray(this.position, this.position + length);
    this.position += length;
    return records;
  }

  private async fill(length: number): Promise<void> {
    const rest = this.room.subarray(this.position, this.filled);
    const kept = rest.length;
    if (length > this.room.length) {
      const room = Buffer.allocUnsafe(Math.max(length, READ_AHEAD_BYTES));
      rest.copy(room);
      free(this.room);
      this.room = room;
    } else rest.copy(this.room);
    this.filled = kept;
    this.position = 0;
    while (this.filled < length) {
      const { bytesRead } = await this.file.read(this.room, this.filled, this.room.length - this.filled);
      if (bytesRead === 0) throw new Error('a fragment is shorter than its index says');
      this.filled += bytesRead;
    }
  }
}

/** Somewhat less than a `FileWriter` writes at once. */
const CHUNK_BYTES = 500 * 1024;
const READ_AHEAD_BYTES = 32 * 1024;
const LF = Buffer.from('\n');
const NOTHING = Buffer.alloc(0);

function indexPath(path: string): string {
  return `${path}.rows`;
}

async function firstRow(path: string): Promise<number> {
  const file = await open(indexPath(path), 'r');
  try {
    const head = Buffer.alloc(4);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return bytesRead === head.length ? head.readUInt32LE() : Infinity;
  } finally {
    await file.close();
  }
}

async function readPairs(path: string): Promise<Uint32Array> {
  return numbersIn(await readFile(indexPath(path)), Uint32Array);
}
