import { RecordBatch, type RecordProblem } from './recordBatch.js';

const LF = 0x0a;

/** Writes records into a batch such as the scanner of CSV makes: begin, write fields each with its end, end. */
export class BatchWriter {
  public readonly batch: RecordBatch;
  /** Bytes that were written into the batch. */
  public filled = 0;
  private room: Buffer;
  private start = 0;

  /** @param named how many of the columns have a name */
  public constructor(
    roomBytes: number,
    private readonly columns: number,
    private readonly named = columns
  ) {
    this.room = Buffer.allocUnsafe(roomBytes);
    this.batch = new RecordBatch(this.room, 1, columns, named);
  }

  /** Whether nothing was written of the record that was begun. */
  public get isAtStart(): boolean {
    return this.filled === this.start;
  }

  /** Forgets what the batch has; its first record will have this number. */
  public restart(firstNumber: number): void {
    this.filled = 0;
    this.batch.restart(this.room, firstNumber, this.columns, this.named);
  }

  /** Makes room for a record of so many bytes. */
  public begin(mostBytes: number): void {
    const needed = this.filled + mostBytes + 1;
    if (needed > this.room.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.room.length * 2));
      this.room.copy(larger, 0, 0, this.filled);
      this.room = larger;
      this.batch.moveTo(larger);
    }
    this.start = this.filled;
  }

  public text(text: string): void {
    this.filled += this.room.write(text, this.filled);
  }

  public byte(byte: number): void {
    this.room[this.filled] = byte;
    this.filled += 1;
  }

  public bytes(from: Buffer, start = 0, end = from.length): void {
    this.filled += from.copy(this.room, this.filled, start, end);
  }

  public endField(): void {
    this.batch.addField(this.filled);
  }

  /** A field that ends before what was written last, so many bytes from the beginning of the record. */
  public fieldEndsAt(bytes: number): void {
    this.batch.addField(this.start + bytes);
  }

  public end(hasNewline: boolean, problem?: RecordProblem): void {
    this.batch.addRecord(this.start, hasNewline, problem);
    this.byte(LF);
  }
}
