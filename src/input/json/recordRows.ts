import { encodeField } from '../encode.js';
import { type JsonProblem, RecordBatch } from '../records.js';

/** Of a batch; a row that is larger is a batch of its own. */
const BATCH_BYTES = 256 * 1024;
/** Of UTF-8, for one unit of UTF-16. */
const MOST_BYTES_OF_A_CHARACTER = 3;

const LF = 0x0a;

/** Writes values as CSV into batches such as the scanner of CSV makes. */
export class RecordRows {
  private room = Buffer.allocUnsafe(BATCH_BYTES * 2);
  private readonly batch: RecordBatch;
  private filled = 0;
  private number = 1;

  /** @param delimiter the character */
  public constructor(
    private readonly columns: number,
    private readonly delimiter: string
  ) {
    this.batch = new RecordBatch(this.room, 1, columns);
  }

  public get count(): number {
    return this.filled === 0 ? 0 : this.batch.count;
  }

  public get isFull(): boolean {
    return this.filled >= BATCH_BYTES;
  }

  public addRow(values: readonly string[]): void {
    const fields =
      values.length === 1 && values[0] === '' ? ['""'] : values.map((value) => encodeField(value, this.delimiter));
    const start = this.begin(fields.reduce((length, field) => length + field.length + 1, 1));
    let hasNewline = false;
    for (const [at, field] of fields.entries()) {
      if (at > 0) this.filled += this.room.write(this.delimiter, this.filled);
      this.filled += this.room.write(field, this.filled);
      this.batch.addField(this.filled);
      hasNewline ||= field.includes('\n') || field.includes('\r');
    }
    this.end(start, hasNewline);
  }

  /** A record that can't be read, as its bytes are. */
  public addBroken(text: Buffer, problem: JsonProblem): void {
    const start = this.begin(text.length);
    this.filled += text.copy(this.room, this.filled);
    this.batch.addField(this.filled);
    this.end(start, false, problem);
  }

  /** The rows so far; they hold until the next is added. */
  public take(): RecordBatch {
    this.number += this.batch.count;
    this.filled = 0;
    return this.batch;
  }

  /** Makes room for so many characters; returns where the row begins. */
  private begin(length: number): number {
    if (this.filled === 0) this.batch.restart(this.room, this.number, this.columns);
    const needed = this.filled + length * MOST_BYTES_OF_A_CHARACTER + 1;
    if (needed > this.room.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.room.length * 2));
      this.room.copy(larger, 0, 0, this.filled);
      this.room = larger;
      this.batch.bytes = larger;
    }
    return this.filled;
  }

  private end(start: number, hasNewline: boolean, problem?: JsonProblem): void {
    this.batch.addRecord(start, hasNewline, problem);
    this.room[this.filled] = LF;
    this.filled += 1;
  }
}
