import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type PartNumber } from '../../run/loadEvents.js';
import { FileWriter } from './fileWriter.js';
import { KeyHashes } from './keyHashes.js';
import { Span } from './span.js';
import { bytesOf, Uint32List } from './uint32List.js';

const LF = Buffer.from('\n');
const LINE_FEED = 0x0a;

/** A row on its way into a part: the record as it is sent, and as the input had it where that is otherwise; without row ends. `number` counts the input's rows from 1, the header not counted; `key` is the hash of its key, where it has one. */
export type NewPartRow = {
  readonly number: number;
  readonly sent: Buffer;
  readonly input?: Buffer;
  readonly key?: number;
};

/**
 * The files of one part in the run directory:
 * - `sent`: the CSV that its job is fed, header line first, byte for byte;
 * - `input`: the rows that the input had otherwise than they are sent (mapped columns, row ends within quotes), as the input had
 *   them, each ended by LF; not there when there is none;
 * - `rows`: for each row three little-endian 32-bit numbers: its row number in the input, its bytes in `sent` without the LF, and
 *   its bytes in `input` with the LF, 0 when it is not in there;
 * - `keys`: for each row the hash of its key, or of all its values in an insert, as a little-endian double; not there when a row has no key.
 */
export type PartPaths = { readonly sent: string; readonly input: string; readonly rows: string; readonly keys: string };

/** What the names of a part's files begin with. */
export function partName(part: PartNumber): string {
  return String(part).padStart(5, '0');
}

export function partPaths(partsDir: string, part: PartNumber): PartPaths {
  const base = join(partsDir, partName(part));
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
  /** Rows that lie side by side where they were read and go into `sent` together: a call into native code for each would cost more than copying them. */
  private readonly run = new Span();
  private runRows = 0;

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
    return this.sent.bytes + this.runBytes;
  }

  /** Takes copies. The records of `row` have no row end. A promise where it must be waited for before the next row. */
  public append(row: NewPartRow): void | Promise<void> {
    const { number, sent, input, key } = row;
    this.takeCopies();
    this.rows += 1;
    this.note(number, sent.length, input ? input.length + 1 : 0);
    if (key !== undefined) this.keys.push(key);
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

  /**
   * As `append` for a row that is sent as it lies in `bytes`, without a promise: false when there is no room. Its key is noted apart, and its bytes must
   * hold until `takeCopies`. The hot path of cutting.
   */
  public appendNow(number: number, bytes: Buffer, start: number, end: number): boolean {
    const { run } = this;
    const isNext = this.runRows > 0 && run.end + 1 === start && run.bytes === bytes && bytes[run.end] === LINE_FEED;
    if (!isNext) this.takeCopies();
    const first = isNext ? run.start : start;
    if (!this.sent.hasRoom(end - first + 1)) return false;
    run.set(bytes, first, end);
    this.runRows += 1;
    this.rows += 1;
    this.note(number, end - start, 0);
    return true;
  }

  /** What was appended so far needs not hold any more. */
  public takeCopies(): void {
    const { run, runRows } = this;
    this.runRows = 0;
    if (runRows > 0 && !this.sent.appendLineNow(run.bytes, run.start, run.end))
      throw new Error('a part has no room for the rows that it took');
  }

  /** Takes the hash of the key of the row that was appended last, if it has one. They are kept only if every row has. */
  public noteKey(hash: number | undefined): void {
    if (hash !== undefined) this.keys.push(hash);
  }

  /** Durable when it returns. */
  public async close(): Promise<{ rows: number; bytes: number }> {
    this.takeCopies();
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

  /** With the LF behind its last row. */
  private get runBytes(): number {
    return this.runRows === 0 ? 0 : this.run.end - this.run.start + 1;
  }

  private note(number: number, sentBytes: number, inputBytes: number): void {
    this.index.push(number);
    this.index.push(sentBytes);
    this.index.push(inputBytes);
  }
}

async function appendLine(writer: FileWriter, record: Buffer): Promise<void> {
  if (writer.appendLineNow(record, 0, record.length)) return;
  await writer.append(record);
  await writer.append(LF);
}
