import { readFile } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { LineReader } from './lineReader.js';
import { numbersIn } from './numbersIn.js';
import { type NewPartRow, type PartPaths } from './partFile.js';
import { type Span } from './span.js';

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

/** Whether rows with these numbers are in the order of the input, most of those between the first and the last among them. */
export function lieTogether(numbers: Uint32Array): boolean {
  const { length } = numbers;
  let at = 1;
  while (at < length && (numbers[at] ?? 0) > (numbers[at - 1] ?? 0)) at += 1;
  const span = (numbers[length - 1] ?? 0) - (numbers[0] ?? 0) + 1;
  return at >= length && length * 2 > span;
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
  const rows = await PartReader.open(paths);
  try {
    while (rows.at + 1 < rows.count) {
      // A promise for each row would cost more than all the rest of this.
      if (!rows.goOnNow()) await rows.goOn();
      const waiting = onRow(rows);
      if (waiting) await waiting;
    }
  } finally {
    await rows.close();
  }
}

/** Reads the rows of a part in the order in which they are sent, and is the row that it stands at: before the first one, to begin with. */
export class PartReader implements PlacedRow {
  public at = -1;
  public input: Span;
  private inputFile?: LineReader;

  private constructor(
    private readonly paths: PartPaths,
    private readonly index: Uint32Array,
    private readonly sentFile: LineReader
  ) {
    this.input = this.sent;
  }

  public static async open(paths: PartPaths): Promise<PartReader> {
    const index = await readIndex(paths);
    const sent = await LineReader.open(paths.sent);
    const reader = new PartReader(paths, index, sent);
    await sent.skipLine();
    return reader;
  }

  public get count(): number {
    return this.index.length / ENTRY.size;
  }

  public get number(): number {
    return this.numberOf(this.at);
  }

  public get sent(): Span {
    return this.sentFile.record;
  }

  public numberOf(at: number): number {
    return entry(this.index, at, 'number');
  }

  /** Bytes of a row as the input had it, with an LF. */
  public inputBytesOf(at: number): number {
    return entry(this.index, at, 'inputBytes') || entry(this.index, at, 'sentBytes') + 1;
  }

  /** Goes on to the next row where that is in memory: false where it must be waited for. */
  public goOnNow(): boolean {
    const { index, sentFile, inputFile } = this;
    const at = this.at + 1;
    const sentBytes = entry(index, at, 'sentBytes');
    const inputBytes = entry(index, at, 'inputBytes');
    if (!sentFile.has(sentBytes) || (inputBytes > 0 && !inputFile?.has(inputBytes - 1))) return false;
    sentFile.take(sentBytes);
    if (inputBytes > 0) inputFile?.take(inputBytes - 1);
    this.input = inputBytes > 0 && inputFile ? inputFile.record : sentFile.record;
    this.at = at;
    return true;
  }

  public async goOn(): Promise<void> {
    const at = this.at + 1;
    const inputBytes = entry(this.index, at, 'inputBytes');
    if (inputBytes > 0) {
      this.inputFile ??= await LineReader.open(this.paths.input);
      await this.inputFile.read(inputBytes - 1);
    }
    await this.sentFile.read(entry(this.index, at, 'sentBytes'));
    this.goOnNow();
  }

  public async close(): Promise<void> {
    await Promise.all([this.sentFile.close(), this.inputFile?.close()]);
    free(this.index);
  }
}

/** Whoever reads it gives its memory back. */
export async function readIndex({ rows }: PartPaths): Promise<Uint32Array> {
  return numbersIn(await readFile(rows), Uint32Array);
}

export function entry(index: Uint32Array, at: number, what: Exclude<keyof typeof ENTRY, 'size'>): number {
  return index[at * ENTRY.size + ENTRY[what]] ?? 0;
}
