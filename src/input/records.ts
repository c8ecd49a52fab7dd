import { columnName } from './columnName.js';
import { DELIMITERS, type DelimiterName } from './delimiters.js';
import { HeldBytes } from './heldBytes.js';

/** Why a record can't be taken as it stands. The limits are the service's (BULK_API §3). */
export type RecordProblem =
  | 'too-few-fields'
  | 'too-many-fields'
  /** A value stands in a column that the header leaves without a name. */
  | 'nameless-value'
  | 'stray-quote'
  | 'text-after-quote'
  | 'unclosed-quote'
  | 'no-row-end'
  | 'field-too-long'
  | 'record-too-long'
  /** Of JSON: the text of a record that is none, or none that can be told. */
  | JsonProblem;

export type JsonProblem = 'no-record' | 'name-twice' | 'unsendable-text';

export const MOST_FIELD_CHARACTERS = 131_072;
export const MOST_RECORD_CHARACTERS = 400_000;

/** A quote or a record that does not end within this many bytes is taken for one that never does; no record that the service takes is near it. */
const MOST_OPEN_BYTES = 8 * 1024 * 1024;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Some records that lie one after another in one buffer. It holds until the next batch is asked for: what is kept must be copied. */
export class RecordBatch {
  public count = 0;
  /** The columns as rows with a problem have them, where that is not as the input's header has them. */
  public header?: readonly string[];
  private starts = new Uint32Array(512);
  private firstEnd = new Uint32Array(513);
  private ends = new Uint32Array(4096);
  private quoted = new Uint8Array(512);
  private readonly problems = new Map<number, RecordProblem>();
  private filled = 0;

  public constructor(
    public bytes: Buffer,
    /** Number of the first record: the header is 0, the first row 1. */
    public firstNumber: number,
    private columns: number,
    private named = columns
  ) {}

  /** For the scanner: takes up other bytes. Its tables are used again, since making them anew costs more than filling them. */
  public restart(bytes: Buffer, firstNumber: number, columns: number, named = columns): void {
    this.bytes = bytes;
    this.firstNumber = firstNumber;
    this.columns = columns;
    this.named = named;
    this.count = 0;
    this.filled = 0;
    this.problems.clear();
  }

  /** The record's bytes, without its row end. */
  public record(i: number): Buffer {
    return this.bytes.subarray(this.starts[i], this.recordEnd(i));
  }

  public fieldCount(i: number): number {
    return (this.firstEnd[i + 1] ?? 0) - (this.firstEnd[i] ?? 0);
  }

  /** Where a field begins in `bytes`, its opening quote included. */
  public fieldStart(i: number, column: number): number {
    return column === 0 ? (this.starts[i] ?? 0) : (this.ends[(this.firstEnd[i] ?? 0) + column - 1] ?? 0) + 1;
  }

  public fieldEnd(i: number, column: number): number {
    return this.ends[(this.firstEnd[i] ?? 0) + column] ?? 0;
  }

  /** As `fieldStart` for what stands between the quotes, where there are any. */
  public valueStart(i: number, column: number): number {
    const start = this.fieldStart(i, column);
    return this.isQuoted(start, this.fieldEnd(i, column)) ? start + 1 : start;
  }

  public valueEnd(i: number, column: number): number {
    const end = this.fieldEnd(i, column);
    return this.isQuoted(this.fieldStart(i, column), end) ? end - 1 : end;
  }

  /** The field's value: unquoted, quotes undoubled, decoded. */
  public field(i: number, column: number): string {
    const start = this.fieldStart(i, column);
    const end = this.fieldEnd(i, column);
    if (start >= end) return '';
    if (!this.isQuoted(start, end)) return this.bytes.toString('utf8', start, end);
    const inner = this.bytes.toString('utf8', start + 1, end - 1);
    return inner.includes('"') ? inner.replaceAll('""', '"') : inner;
  }

  /** Whether no field has a value. Nearly every record is cleared by its first one. */
  public isEmpty(i: number): boolean {
    for (let column = 0; column < this.fieldCount(i); column += 1) {
      const start = this.fieldStart(i, column);
      const length = this.fieldEnd(i, column) - start;
      const isQuotes = length === 2 && this.bytes[start] === QUOTE && this.bytes[start + 1] === QUOTE;
      if (length > 0 && !isQuotes) return false;
    }
    return true;
  }

  /** All values of a record, or those from a column on. */
  public values(i: number, from = 0): string[] {
    return Array.from({ length: Math.max(this.fieldCount(i) - from, 0) }, (_, at) => this.field(i, from + at));
  }

  /** Whether a CR or LF stands within quotes. */
  public hasNewline(i: number): boolean {
    return this.quoted[i] === 1 && holdsNewline(this.bytes, this.starts[i] ?? 0, this.recordEnd(i));
  }

  public problem(i: number): RecordProblem | undefined {
    const problem = this.problems.get(i);
    if (problem || this.columns === 0) return problem;
    const fields = this.fieldCount(i);
    if (fields === this.named) return undefined;
    if (fields !== this.columns) return fields < this.columns ? 'too-few-fields' : 'too-many-fields';
    return this.values(i, this.named).some((value) => value.trim() !== '') ? 'nameless-value' : undefined;
  }

  /** For the scanner: a field of the record under way ends here. */
  public addField(end: number): void {
    if (this.filled === this.ends.length) this.ends = grown(this.ends, new Uint32Array(this.ends.length * 2));
    this.ends[this.filled] = end;
    this.filled += 1;
  }

  /** For the scanner: the record under way ends with the last field that was added. */
  public addRecord(start: number, isQuoted: boolean, problem: RecordProblem | undefined): void {
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts, new Uint32Array(this.count * 2));
      this.firstEnd = grown(this.firstEnd, new Uint32Array(this.count * 2 + 1));
      this.quoted = grown(this.quoted, new Uint8Array(this.count * 2));
    }
    const i = this.count;
    this.starts[i] = start;
    this.quoted[i] = isQuoted ? 1 : 0;
    this.firstEnd[i + 1] = this.filled;
    this.count = i + 1;
    const found = problem ?? this.limitProblem(i);
    if (found) this.problems.set(i, found);
  }

  /** For the scanner: forgets the fields of a record that the buffer does not hold whole. */
  public dropFields(): void {
    this.filled = this.firstEnd[this.count] ?? 0;
  }

  /** Where a record ends in `bytes`, its row end not included. */
  public recordEnd(i: number): number {
    return this.ends[(this.firstEnd[i + 1] ?? 1) - 1] ?? 0;
  }

  private isQuoted(start: number, end: number): boolean {
    return this.bytes[start] === QUOTE && end - start > 1;
  }

  /** Characters are never more than bytes, so nearly every record is cleared by its length alone. */
  private limitProblem(i: number): RecordProblem | undefined {
    if (this.recordEnd(i) - (this.starts[i] ?? 0) <= MOST_FIELD_CHARACTERS) return undefined;
    if (this.record(i).toString().length > MOST_RECORD_CHARACTERS) return 'record-too-long';
    return this.values(i).some((value) => value.length > MOST_FIELD_CHARACTERS) ? 'field-too-long' : undefined;
  }
}

export type ScanOptions = {
  readonly delimiter: DelimiterName;
  /** Fields that each record should have; 0 for no check. Default: as many as the first record has. */
  readonly columns?: number;
  /**
   * Whether the first record names columns, so that the last ones may be blank, as Excel writes empty columns: no record has a value there,
   * or it has a problem.
   */
  readonly hasNames?: boolean;
};

/**
 * Cuts UTF-8 CSV into records on its bytes; the first one, number 0, is the header. LF, CRLF and CR end a record outside of quotes, blank
 * lines are no records, a quote within quotes is doubled. A record with a problem is still one record with a number of its own and
 * takes nothing of its neighbours; a quote that is never closed makes one last record of the rest, and a record that does not end makes the
 * last one, after which nothing is read.
 *
 * The hot path of loads and exports: no strings, no objects per record.
 */
export async function* scanRecords(chunks: AsyncIterable<Buffer>, options: ScanOptions): AsyncGenerator<RecordBatch> {
  const delimiter = DELIMITERS[options.delimiter].charCodeAt(0);
  const held = new HeldBytes();
  const batch = new RecordBatch(held.bytes, 0, 0);
  let columns = options.columns ?? -1;
  let named: number | undefined;
  let number = 0;
  let isEndless = false;
  const next = (isLast: boolean): boolean => {
    // The header is scanned first and alone, since it says how many fields the others should have.
    const isHeader = columns < 0;
    batch.restart(held.bytes, number, Math.max(columns, 0), named);
    held.drop(scan(batch, delimiter, { isLast, isEndless, most: isHeader ? 1 : Infinity }));
    number += batch.count;
    if (isHeader && batch.count === 1) {
      columns = batch.fieldCount(0);
      if (options.hasNames) named = batch.values(0).findLastIndex((name) => columnName(name) !== '') + 1;
    }
    return batch.count > 0;
  };
  try {
    for await (const chunk of chunks) {
      held.add(chunk);
      const wasHeader = columns < 0;
      if (next(false)) yield batch;
      if (wasHeader && columns >= 0 && next(false)) yield batch;
      isEndless = held.bytes.length > MOST_OPEN_BYTES;
      if (isEndless) break;
    }
    while (held.bytes.length > 0 && next(true)) yield batch;
  } finally {
    held.close();
  }
}

type ScanUntil = {
  /** Whether nothing follows the buffer, so that its end also ends a record. */
  readonly isLast: boolean;
  /** Whether the last record goes on beyond the buffer all the same. */
  readonly isEndless?: boolean;
  readonly most: number;
};

/** Adds the buffer's whole records to the batch; returns how many bytes they take up, row ends and blank lines included. */
// One loop over bytes with its state in locals: taken apart into functions it is less than half as fast.
// eslint-disable-next-line complexity
function scan(batch: RecordBatch, delimiter: number, until: ScanUntil): number {
  const { bytes } = batch;
  const { length } = bytes;
  let position = 0;
  let start = 0;
  let fieldStart = 0;
  let isQuoted = false;
  let problem: RecordProblem | undefined;
  while (position < length && batch.count < until.most) {
    let byte = bytes[position];
    if (byte === QUOTE && position === fieldStart) {
      const end = closingQuote(bytes, position + 1);
      if (end < 0) {
        if (!until.isLast) break;
        batch.addField(length);
        batch.addRecord(start, true, 'unclosed-quote');
        return length;
      }
      if (end === length - 1 && !until.isLast) break; // the next chunk may begin with the second of two quotes
      isQuoted = true;
      position = end + 1;
      if (position < length) {
        byte = bytes[position];
        if (byte !== delimiter && byte !== LF && byte !== CR) problem = problem ?? 'text-after-quote';
      } else break;
    }
    while (byte !== delimiter && byte !== LF && byte !== CR) {
      if (byte === QUOTE) problem = problem ?? 'stray-quote';
      position += 1;
      if (position === length) break;
      byte = bytes[position];
    }
    if (position === length) break;
    if (byte === delimiter) {
      batch.addField(position);
      position += 1;
      fieldStart = position;
      continue;
    }
    if (byte === CR && position === length - 1 && !until.isLast) break; // an LF may follow
    if (position > start) {
      batch.addField(position);
      batch.addRecord(start, isQuoted, problem);
    }
    position += byte === CR && bytes[position + 1] === LF ? 2 : 1;
    start = position;
    fieldStart = position;
    isQuoted = false;
    problem = undefined;
  }
  if (start === length || !until.isLast || batch.count >= until.most) {
    batch.dropFields();
    return start;
  }
  batch.addField(length);
  batch.addRecord(start, isQuoted, until.isEndless ? 'no-row-end' : problem);
  return length;
}

/** Place of the quote that closes a field, or -1 when it is not in the buffer. */
function closingQuote(bytes: Buffer, from: number): number {
  const { length } = bytes;
  for (let position = from; position < length; position += 1) {
    if (bytes[position] !== QUOTE) continue;
    if (bytes[position + 1] !== QUOTE || position === length - 1) return position;
    position += 1;
  }
  return -1;
}

function holdsNewline(bytes: Buffer, from: number, to: number): boolean {
  for (let position = from; position < to; position += 1) {
    const byte = bytes[position];
    if (byte === LF || byte === CR) return true;
  }
  return false;
}

function grown<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
