import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { FileWriter } from './fileWriter.js';
import { numbersIn } from './numbersIn.js';
import { readAtLeast } from './readAtLeast.js';
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
  let piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let filled = 0;
  try {
    for (;;) {
      const first = lowest(open);
      const next = waiting.at(-1);
      if (next && next.row < (first?.row ?? Infinity)) {
        waiting.pop();
        open.push(await Cursor.open(next.path));
        continue;
      }
      if (!first) break;
      const taking = first.take(Math.min(turnAfter(first, open), next?.row ?? Infinity), piece, filled);
      // A promise for each row would cost more than all the rest of this.
      const bytes = typeof taking === 'number' ? taking : await taking;
      filled += bytes;
      if (bytes === 0 && filled > 0) {
        yield piece.subarray(0, filled);
        filled = 0;
      } else if (bytes === 0) {
        free(piece);
        piece = Buffer.allocUnsafeSlow(first.recordBytes);
      } else if (first.isDone) {
        await first.close();
        open = open.filter((cursor) => cursor !== first);
      }
    }
    if (filled > 0) yield piece.subarray(0, filled);
  } finally {
    for (const cursor of open) await cursor.close();
    free(piece);
  }
}

/** The cursor with the lowest row. */
function lowest(cursors: readonly Cursor[]): Cursor | undefined {
  let first: Cursor | undefined;
  for (const cursor of cursors) if (!first || cursor.row < first.row) first = cursor;
  return first;
}

/** The row at which another cursor than the first one has its turn. */
function turnAfter(first: Cursor, cursors: readonly Cursor[]): number {
  let row = Infinity;
  for (const cursor of cursors) if (cursor !== first && cursor.row < row) row = cursor.row;
  return row;
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

  public get recordBytes(): number {
    return this.pairs[this.at + 1] ?? 0;
  }

  /**
   * Copies the records whose row number is below `limit`, as many as there is room for.
   * @returns their bytes; 0 where there is no room for the next one. A promise where they must be read.
   */
  public take(limit: number, into: Buffer, at: number): number | Promise<number> {
    let bytes = 0;
    while (this.row < limit && at + bytes + this.recordBytes <= into.length) {
      bytes += this.recordBytes;
      this.at += 2;
    }
    if (bytes > this.filled - this.position) return this.takeSlowly(bytes, into, at);
    this.room.copy(into, at, this.position, this.position + bytes);
    this.position += bytes;
    return bytes;
  }

  public async close(): Promise<void> {
    await this.file.close();
    free(this.pairs);
    free(this.room);
  }

  /** Many records are read to where they go; of few more are read, since those of parts that lie between each other are taken one by one. */
  private async takeSlowly(bytes: number, into: Buffer, at: number): Promise<number> {
    const held = this.room.copy(into, at, this.position, this.filled);
    const missing = bytes - held;
    this.position = 0;
    this.filled = 0;
    if (missing >= READ_AHEAD_BYTES) {
      await readAtLeast(this.file, into.subarray(at + held, at + bytes), { least: missing, what: WHAT });
      return bytes;
    }
    if (this.room.length === 0) this.room = Buffer.allocUnsafeSlow(READ_AHEAD_BYTES);
    this.filled = await readAtLeast(this.file, this.room, { least: missing, what: WHAT });
    this.position = this.room.copy(into, at + held, 0, missing);
    return bytes;
  }
}

/** Somewhat less than a `FileWriter` writes at once. */
const PIECE_BYTES = 500 * 1024;
const READ_AHEAD_BYTES = 32 * 1024;
const WHAT = 'a fragment';
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
