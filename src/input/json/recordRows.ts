import { BatchWriter } from '../batchWriter.js';
import { encodeField } from '../encode.js';
import { type JsonProblem, type RecordBatch } from '../recordBatch.js';

/** Of a batch; a row that is larger is a batch of its own. */
const BATCH_BYTES = 256 * 1024;
/** Of UTF-8, for one unit of UTF-16. */
const MOST_BYTES_OF_A_CHARACTER = 3;

/** Writes values as CSV into batches such as the scanner of CSV makes. */
export class RecordRows {
  private readonly writer: BatchWriter;
  private number = 1;

  /** @param delimiter the character */
  public constructor(
    columns: number,
    private readonly delimiter: string
  ) {
    this.writer = new BatchWriter(BATCH_BYTES * 2, columns);
  }

  public get count(): number {
    return this.writer.filled === 0 ? 0 : this.writer.batch.count;
  }

  public get isFull(): boolean {
    return this.writer.filled >= BATCH_BYTES;
  }

  public addRow(values: readonly string[]): void {
    const fields =
      values.length === 1 && values[0] === '' ? ['""'] : values.map((value) => encodeField(value, this.delimiter));
    this.begin(fields.reduce((length, field) => length + field.length + 1, 0) * MOST_BYTES_OF_A_CHARACTER);
    let hasNewline = false;
    for (const [at, field] of fields.entries()) {
      if (at > 0) this.writer.text(this.delimiter);
      this.writer.text(field);
      this.writer.endField();
      hasNewline ||= field.includes('\n') || field.includes('\r');
    }
    this.writer.end(hasNewline);
  }

  /** A record that can't be read, as its bytes are. */
  public addBroken(text: Buffer, problem: JsonProblem): void {
    this.begin(text.length);
    this.writer.bytes(text);
    this.writer.endField();
    this.writer.end(false, problem);
  }

  /** The rows so far; they hold until the next is added. */
  public take(): RecordBatch {
    const { batch } = this.writer;
    this.number += batch.count;
    this.writer.filled = 0;
    return batch;
  }

  private begin(mostBytes: number): void {
    if (this.writer.filled === 0) this.writer.restart(this.number);
    this.writer.begin(mostBytes);
  }
}
