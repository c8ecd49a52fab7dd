import { BatchWriter } from './batchWriter.js';
import { columnKeys } from './columnSet.js';
import { DELIMITERS, type DelimiterName } from './delimiters.js';
import { encodeRecord } from './encode.js';
import { type RecordBatch, type RecordProblem } from './recordBatch.js';

/** How the rows of a file lie. */
export type Layout = { readonly header: readonly string[]; readonly delimiter: DelimiterName };

const QUOTE = 0x22;
const ROOM_BYTES = 512 * 1024;

export function isSameLayout(one: Layout, other: Layout): boolean {
  const keys = columnKeys(other.header);
  return (
    one.delimiter === other.delimiter &&
    one.header.length === other.header.length &&
    columnKeys(one.header).every((key, at) => key === keys[at])
  );
}

/**
 * Writes the rows of one file as they would lie in another one that has the same columns, in another order or between other delimiters. Values keep
 * their bytes. A row whose fields can't be told keeps its text and its problem: nothing of it may come to lie in a column that it is not of.
 */
export class Recast {
  private readonly writer: BatchWriter;
  /** For each column of `to` its place in `from`, which may be beyond it where the columns have no name. */
  private readonly places: readonly number[];
  private readonly isSameOrder: boolean;
  private readonly delimiter: number;

  public constructor(
    private readonly from: Layout,
    private readonly to: Layout
  ) {
    const there = columnKeys(from.header);
    const named = columnKeys(to.header).map((key) => there.indexOf(key));
    this.isSameOrder = named.every((place, at) => place === at);
    this.places = to.header.map((_, at) => named[at] ?? at);
    this.delimiter = DELIMITERS[to.delimiter].charCodeAt(0);
    this.writer = new BatchWriter(ROOM_BYTES, to.header.length, named.length);
    this.writer.batch.header = from.header;
  }

  /** The rows of a batch; they hold until the next one is taken. */
  public take(given: RecordBatch): RecordBatch {
    this.writer.restart(given.firstNumber);
    for (let i = 0; i < given.count; i += 1) this.add(given, i);
    return this.writer.batch;
  }

  private add(given: RecordBatch, i: number): void {
    const problem = given.problem(i);
    if (problem === undefined || this.hasItsFields(given, i, problem))
      this.addFields(given, i, this.places.length, problem);
    else if (problem !== 'too-few-fields') this.addBroken(given, i, problem);
    else if (this.isSameOrder) this.addFields(given, i, given.fieldCount(i), problem);
    else this.addAsText(given, i, problem);
  }

  /** Whether there is a place for each field of a row that has a problem. */
  private hasItsFields(given: RecordBatch, i: number, problem: RecordProblem): boolean {
    if (problem === 'nameless-value') return this.from.header.length <= this.to.header.length;
    const isLong = problem === 'field-too-long' || problem === 'record-too-long';
    return isLong && given.fieldCount(i) === this.from.header.length;
  }

  private addFields(given: RecordBatch, i: number, count: number, problem: RecordProblem | undefined): void {
    const { writer } = this;
    const fields = given.fieldCount(i);
    writer.begin(given.record(i).length + fields * 3 + count + 2);
    for (let at = 0; at < count; at += 1) {
      if (at > 0) writer.byte(this.delimiter);
      const place = this.places[at] ?? at;
      if (place < fields) this.addField(given.bytes, given.fieldStart(i, place), given.fieldEnd(i, place));
      if (count === 1 && writer.isAtStart) writer.text('""'); // the bare line would be no record
      writer.endField();
    }
    writer.end(given.hasNewline(i), problem);
  }

  /** In quotes where it has none and holds what parts fields now. */
  private addField(bytes: Buffer, start: number, end: number): void {
    const field = bytes.subarray(start, end);
    const needsQuotes = field[0] !== QUOTE && field.includes(this.delimiter);
    if (needsQuotes) this.writer.byte(QUOTE);
    this.writer.bytes(field);
    if (needsQuotes) this.writer.byte(QUOTE);
  }

  /** The row's text as its first value, and as many fields as the row has: which columns they are of can't be told. */
  private addAsText(given: RecordBatch, i: number, problem: RecordProblem): void {
    const { writer } = this;
    const others = given.fieldCount(i) - 1;
    const text = Buffer.from(encodeRecord([given.record(i).toString()], DELIMITERS[this.to.delimiter]));
    writer.begin(text.length + others);
    writer.bytes(text);
    writer.endField();
    for (let at = 0; at < others; at += 1) {
      writer.byte(this.delimiter);
      writer.endField();
    }
    writer.end(given.hasNewline(i), problem);
  }

  /** Its bytes as they are, with fields where it has them. */
  private addBroken(given: RecordBatch, i: number, problem: RecordProblem): void {
    const record = given.record(i);
    const start = given.fieldStart(i, 0);
    this.writer.begin(record.length);
    this.writer.bytes(record);
    for (let at = 0; at < given.fieldCount(i); at += 1) this.writer.fieldEndsAt(given.fieldEnd(i, at) - start);
    this.writer.end(given.hasNewline(i), problem);
  }
}
