import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { FileWriter } from './fileWriter.js';
import { type RecordCursor, type RecordSource } from './mergeRecords.js';
import { firstNumberIn, numbersIn } from './numbersIn.js';
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

/** Removes a fragment that may be there. */
export async function removeFragment(path: string): Promise<void> {
  await Promise.all([path, indexPath(path)].map((file) => rm(file, { force: true })));
}

/**
 * The records of a fragment.
 * @throws Error (reading it) when it does not fit its index
 */
export function fragmentSource(path: string): RecordSource {
  return { firstRow: () => firstNumberIn(indexPath(path)), open: () => Cursor.open(path) };
}

class Cursor implements RecordCursor {
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

  public get row(): number {
    return this.pairs[this.at] ?? Infinity;
  }

  public get recordBytes(): number {
    return this.pairs[this.at + 1] ?? 0;
  }

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

const READ_AHEAD_BYTES = 32 * 1024;
const WHAT = 'a fragment';
const LF = Buffer.from('\n');
const NOTHING = Buffer.alloc(0);

function indexPath(path: string): string {
  return `${path}.rows`;
}

async function readPairs(path: string): Promise<Uint32Array> {
  return numbersIn(await readFile(indexPath(path)), Uint32Array);
}
