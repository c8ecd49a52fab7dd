import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { free } from '../../input/freed.js';
import { type PartNumber } from '../../run/loadEvents.js';
import { FileWriter } from './fileWriter.js';
import { KeyHashes } from './keyHashes.js';
import { numbersIn } from './numbersIn.js';
import { Span } from './span.js';
import { bytesOf, Uint32List } from './uint32List.js';

const READ_BYTES = 256 * 1024;
const INDEX_ENTRY = 3;
const LF = Buffer.from('\n');

/** A row on its way into a part: the record as it is sent, and as the input had it where that is otherwise; without row ends. `number` counts the input's rows from 1, the header not counted. */
export type NewPartRow = { readonly number: number; readonly sent: Buffer; readonly input?: Buffer };

/**
 * The files of one part in the run directory:
 * - `sent`: the CSV that its job is fed, header line first, byte for byte;
 * - `input`: the rows that the input had otherwise than they are sent (mapped columns, row ends within quotes), as the input had
 *   them, each ended by LF; not there when there is none;
 * - `rows`: for each row three little-endian 32-bit numbers: its row number in the input, its bytes in `sent` without the LF, and
 *   its bytes in `input` with the LF, 0 when it is not in there;
 * - `keys`: for each row the hash of its key as a little-endian double; not there when a row has no key.
 */
export type PartPaths = { readonly sent: string; readonly input: string; readonly rows: string; readonly keys: string };

export function partPaths(partsDir: string, part: PartNumber): PartPaths {
  const base = join(partsDir, String(part).padStart(5, '0'));
  return { sent: `${base}.csv`, input: `${base}.input`, rows: `${base}.rows`, keys: `${base}.keys` };
}

/** Removes what is there of a part; what is not there is no error: a crash may have come between. */
export async function removePart(paths: PartPaths): Promise<void> {
  await Promise.all(Object.values(paths).map((path) => rm(path, { force: true })));
}

/** Writes one part, row by row. */
export class PartWriter {
  public rows = 0;
  private readonly index = new Uint32List();
  private readonly keys = new KeyHashes();
  private input?: FileWriter;

  private constructor(
    private readonly paths: PartPaths,
    private readonly sent: FileWriter
  ) {}

  public static async create(paths: PartPaths, sentHeader: Buffer): Promise<PartWriter> {
    await removePart(paths);
    const sent = await FileWriter.create(paths.sent);
    await appendLine(sent, sentHeader);
    return new PartWriter(paths, sent);
  }

  /** Bytes of the upload so far, header included. */
  public get bytes(): number {
    return this.sent.bytes;
  }

  /** Takes copies. The records of `row` have no row end. A promise where it must be waited for before the next row. */
  public append(row: NewPartRow): void | Promise<void> {
    const { number, sent, input } = row;
    this.rows += 1;
    this.note(number, sent.length, input ? input.length + 1 : 0);
    const isSentIn = this.sent.appendLineNow(sent, 0, sent.length);
    // A promise for each row would cost more than all the rest of this.
    if (isSentIn && (!input || this.input?.appendLineNow(input, 0, input.length))) return;
    return this.appendSlowly(row, isSentIn);
  }

  private async appendSlowly({ sent, input }: NewPartRow, isSentIn: boolean): Promise<void> {
    if (!isSentIn) await appendLine(this.sent, sent);
    if (!input) return;
    this.input ??= await FileWriter.create(this.paths.input);
    await appendLine(this.input, input);
  }

  /** As `append` for a row that is sent as it lies in `bytes`, without a promise: false when there is no room. The hot path of cutting. */
  public appendNow(number: number, bytes: Buffer, start: number, end: number): boolean {
    if (!this.sent.appendLineNow(bytes, start, end)) return false;
    this.rows += 1;
    this.note(number, end - start, 0);
    return true;
  }

  /** Takes the hash of the key of a row, in the order in which the rows are appended. They are kept only if every row has one. */
  public noteKey(hash: number): void {
    this.keys.push(hash);
  }

  /** Durable when it returns. */
  public async close(): Promise<{ rows: number; bytes: number }> {
    const { keys, rows } = this;
    await Promise.all([
      this.sent.close(),
      this.input?.close(),
      rows > 0 && keys.length === rows && keys.write(this.paths.keys)
    ]);
    const index = await FileWriter.create(this.paths.rows);
    for (const piece of this.index.pieces()) await index.append(bytesOf(piece));
    await index.close();
    this.index.close();
    return { rows: this.rows, bytes: this.bytes };
  }

  public async abandon(): Promise<void> {
    await Promise.all([this.sent.abandon(), this.input?.abandon()]);
  }

  private note(number: number, sentBytes: number, inputBytes: number): void {
    this.index.push(number);
    this.index.push(sentBytes);
    this.index.push(inputBytes);
  }
}

/** The row numbers of a part in the order in which they are sent. */
export async function rowNumbers(paths: PartPaths): Promise<Uint32Array> {
  const index = await readIndex(paths);
  const numbers = new Uint32Array(index.length / INDEX_ENTRY);
  for (let at = 0; at < numbers.length; at += 1) numbers[at] = entry(index, at, 0);
  return numbers;
}

/**
 * A row where it lies in its part; `at` counts the part's rows from 0. `input` is the very span of `sent` where the input had the row as it is
 * sent.
 */
export type PlacedRow = {
  readonly at: number;
  readonly number: number;
  readonly sent: Span;
  readonly input: Span;
};

/** Called for each row; where it gives a promise, that is waited for before the next row. */
export type OnRow = (row: PlacedRow) => void | Promise<void>;

/**
 * Goes through the rows of a part in the order in which they are sent. A row holds until the next one.
 * @throws Error when the files are shorter than their index says
 */
export async function eachRow(paths: PartPaths, onRow: OnRow): Promise<void> {
  await eachIndexed(await readIndex(paths), paths, onRow);
}

async function eachIndexed(index: Uint32Array, paths: PartPaths, onRow: OnRow): Promise<void> {
  const sent = await LineReader.open(paths.sent);
  let input: LineReader | undefined;
  const row = { at: 0, number: 0, sent: sent.record, input: sent.record };
  try {
    await sent.skipLine();
    for (; row.at < index.length / INDEX_ENTRY; row.at += 1) {
      row.number = entry(index, row.at, 0);
      const inputBytes = entry(index, row.at, 2);
      // A promise for each row would cost more than all the rest of this.
      if (!sent.takeNow(entry(index, row.at, 1))) await sent.take(entry(index, row.at, 1));
      if (inputBytes > 0) {
        input ??= await LineReader.open(paths.input);
        if (!input.takeNow(inputBytes - 1)) await input.take(inputBytes - 1);
        row.input = input.record;
      } else row.input = sent.record;
      const waiting = onRow(row);
      if (waiting) await waiting;
    }
  } finally {
    await Promise.all([sent.close(), input?.close()]);
    free(index.buffer);
  }
}

/**
 * Goes through the rows of a part in the order of the input. A part whose rows were moved together (`--group-by`, retries) is held in memory for
 * that, about its own size.
 */
export async function eachRowInOrder(paths: PartPaths, onRow: OnRow): Promise<void> {
  const index = await readIndex(paths);
  if (isInOrder(index)) {
    await eachIndexed(index, paths, onRow);
    return;
  }
  const rows: PlacedRow[] = [];
  await eachIndexed(index, paths, ({ at, number, sent, input }) => {
    const kept = Span.of(Buffer.from(sent.buffer));
    rows.push({ at, number, sent: kept, input: input === sent ? kept : Span.of(Buffer.from(input.buffer)) });
  });
  rows.sort((a, b) => a.number - b.number);
  for (const row of rows) {
    const waiting = onRow(row);
    if (waiting) await waiting;
  }
}

function isInOrder(index: Uint32Array): boolean {
  for (let at = 1; at < index.length / INDEX_ENTRY; at += 1)
    if (entry(index, at, 0) <= entry(index, at - 1, 0)) return false;
  return true;
}

/** Reads records of known length, each followed by one LF. */
class LineReader {
  /** The one that was taken last; it holds until the next one. */
  public readonly record = new Span();
  private room = Buffer.allocUnsafe(READ_BYTES);
  private filled = 0;
  private position = 0;

  private constructor(private readonly file: FileHandle) {}

  public static async open(path: string): Promise<LineReader> {
    return new LineReader(await open(path, 'r'));
  }

  public async skipLine(): Promise<void> {
    for (;;) {
      const end = this.room.subarray(0, this.filled).indexOf(0x0a, this.position);
      if (end >= 0) {
        this.position = end + 1;
        return;
      }
      await this.more(this.filled - this.position + 1);
    }
  }

  /** Takes a record that is in memory already: false where it must be waited for. */
  public takeNow(length: number): boolean {
    if (this.filled - this.position < length + 1) return false;
    this.record.set(this.room, this.position, this.position + length);
    this.position += length + 1;
    return true;
  }

  public async take(length: number): Promise<void> {
    await this.more(length + 1);
    this.takeNow(length);
  }

  public async close(): Promise<void> {
    await this.file.close();
    free(this.room.buffer);
  }

  /** Makes at least `needed` bytes available from the position on. */
  private async more(needed: number): Promise<void> {
    const rest = this.filled - this.position;
    if (needed > this.room.length) {
      const room = Buffer.allocUnsafe(Math.max(needed, this.room.length * 2));
      this.room.copy(room, 0, this.position, this.filled);
      this.room = room;
    } else this.room.copyWithin(0, this.position, this.filled);
    this.position = 0;
    this.filled = rest;
    while (this.filled < needed) {
      const { bytesRead } = await this.file.read(this.room, this.filled, this.room.length - this.filled);
      if (bytesRead === 0) throw new Error('a part file is shorter than its index says');
      this.filled += bytesRead;
    }
  }
}

async function readIndex({ rows }: PartPaths): Promise<Uint32Array> {
  return numbersIn(await readFile(rows), Uint32Array);
}

function entry(index: Uint32Array, at: number, what: 0 | 1 | 2): number {
  return index[at * INDEX_ENTRY + what] ?? 0;
}

async function appendLine(writer: FileWriter, record: Buffer): Promise<void> {
  if (writer.appendLineNow(record, 0, record.length)) return;
  await writer.append(record);
  await writer.append(LF);
}
