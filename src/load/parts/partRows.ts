import { type FileHandle, open, readFile } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { numbersIn } from './numbersIn.js';
import { type NewPartRow, type PartPaths } from './partFile.js';
import { readAtLeast } from './readAtLeast.js';
import { Span } from './span.js';

const READ_BYTES = 256 * 1024;

/** What the index of a part has of each row, as 32-bit numbers. */
export const ENTRY = { number: 0, sentBytes: 1, inputBytes: 2, size: 3 } as const;

/** The row numbers of a part in the order in which they are sent. */
export async function rowNumbers(paths: PartPaths): Promise<Uint32Array> {
  const index = await readIndex(paths);
  const numbers = new Uint32Array(index.length / ENTRY.size);
  for (let at = 0; at < numbers.length; at += 1) numbers[at] = entry(index, at, 'number');
  free(index);
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

/** The row on its way into another part: what it has holds as long as the row does. */
export function onItsWay({ number, sent, input }: PlacedRow): NewPartRow {
  return { number, sent: sent.buffer, input: input === sent ? undefined : input.buffer };
}

/** Called for each row; where it gives a promise, that is waited for before the next row. */
export type OnRow = (row: PlacedRow) => void | Promise<void>;

/**
 * Goes through the rows of a part in the order in which they are sent. A row holds until the next one.
 * @throws Error when the files are shorter than their index says
 */
export async function eachRow(paths: PartPaths, onRow: OnRow): Promise<void> {
  const index = await readIndex(paths);
  const sent = await LineReader.open(paths.sent);
  let input: LineReader | undefined;
  const row = { at: 0, number: 0, sent: sent.record, input: sent.record };
  try {
    await sent.skipLine();
    for (; row.at < index.length / ENTRY.size; row.at += 1) {
      row.number = entry(index, row.at, 'number');
      const inputBytes = entry(index, row.at, 'inputBytes');
      // A promise for each row would cost more than all the rest of this.
      if (!sent.takeNow(entry(index, row.at, 'sentBytes'))) await sent.take(entry(index, row.at, 'sentBytes'));
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
    free(index);
  }
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
    free(this.room);
  }

  /** Makes at least `needed` bytes available from the position on. */
  private async more(needed: number): Promise<void> {
    const rest = this.filled - this.position;
    if (needed > this.room.length) {
      const room = Buffer.allocUnsafe(Math.max(needed, this.room.length * 2));
      this.room.copy(room, 0, this.position, this.filled);
      free(this.room);
      this.room = room;
    } else this.room.copyWithin(0, this.position, this.filled);
    this.position = 0;
    this.filled = rest;
    this.filled += await readAtLeast(this.file, this.room.subarray(rest), {
      least: needed - rest,
      what: 'a part file'
    });
  }
}

/** Whoever reads it gives its memory back. */
export async function readIndex({ rows }: PartPaths): Promise<Uint32Array> {
  return numbersIn(await readFile(rows), Uint32Array);
}

export function entry(index: Uint32Array, at: number, what: Exclude<keyof typeof ENTRY, 'size'>): number {
  return index[at * ENTRY.size + ENTRY[what]] ?? 0;
}
