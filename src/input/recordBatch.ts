import { bytesBelow, bytesLike, firstOf, fourOf } from './fourBytes.js';
import { free } from './freed.js';

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

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const QUOTES = fourOf(QUOTE);
const ABOVE_NEWLINES = fourOf(CR + 1);

export type ScanUntil = {
  /** Whether nothing follows the buffer, so that its end also ends a record. */
  readonly isLast: boolean;
  /** Whether the last record goes on beyond the buffer all the same. */
  readonly isEndless?: boolean;
  readonly most: number;
};

/** Some records that lie one after another in one buffer. It holds until the next batch is asked for: what is kept must be copied. */
export class RecordBatch {
  /** One without records, to begin with. */
  public static readonly NONE = new RecordBatch(Buffer.alloc(0), 0, 0);

  public count = 0;
  public valueStart = 0;
  public valueEnd = 0;
  /** The columns as rows with a problem have them, where that is not as the input's header has them. */
  public header?: readonly string[];
  /** For each record the byte before its first field, then the ends of its fields: each field begins one byte after the mark before its own. */
  private marks = new Int32Array(4096);
  /** For each record, and the one after the last, the place of its first mark. */
  private firstMark = new Uint32Array(513);
  private quoted = new Uint8Array(512);
  private readonly problems = new Map<number, RecordProblem>();
  private filled = 1;
  /** The same bytes, four at once. */
  private fours: DataView;

  public constructor(
    public bytes: Buffer,
    /** Number of the first record: the header is 0, the first row 1. */
    public firstNumber: number,
    private columns: number,
    private named = columns
  ) {
    this.fours = viewOf(bytes);
  }

  /** Takes up other bytes, and has no records then. Its tables are used again, since making them anew costs more than filling them. */
  public restart(bytes: Buffer, firstNumber: number, columns: number, named = columns): void {
    this.moveTo(bytes);
    this.firstNumber = firstNumber;
    this.columns = columns;
    this.named = named;
    this.count = 0;
    this.filled = 1;
    this.problems.clear();
  }

  /** The same records lie in other bytes. */
  public moveTo(bytes: Buffer): void {
    this.bytes = bytes;
    this.fours = viewOf(bytes);
  }

  /** Gives its tables back: it can't be used any more. */
  public close(): void {
    for (const table of [this.marks, this.firstMark, this.quoted]) free(table);
  }

  /** The record's bytes, without its row end. */
  public record(i: number): Buffer {
    return this.bytes.subarray(this.fieldStart(i, 0), this.recordEnd(i));
  }

  public fieldCount(i: number): number {
    return (this.firstMark[i + 1] ?? 0) - (this.firstMark[i] ?? 0) - 1;
  }

  /** Where a field begins in `bytes`, its opening quote included. */
  public fieldStart(i: number, column: number): number {
    return (this.marks[(this.firstMark[i] ?? 0) + column] ?? 0) + 1;
  }

  public fieldEnd(i: number, column: number): number {
    return this.marks[(this.firstMark[i] ?? 0) + column + 1] ?? 0;
  }

  /** Finds a value as it stands between its quotes, where there are any: from `valueStart` to `valueEnd` in `bytes`, until the next one is sought. */
  public seek(i: number, column: number): void {
    const mark = (this.firstMark[i] ?? 0) + column;
    const start = (this.marks[mark] ?? 0) + 1;
    const end = this.marks[mark + 1] ?? 0;
    const quote = end - start > 1 && this.bytes[start] === QUOTE ? 1 : 0;
    this.valueStart = start + quote;
    this.valueEnd = end - quote;
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
    return this.quoted[i] === 1 && holdsNewline(this.bytes, this.fours, this.fieldStart(i, 0), this.recordEnd(i));
  }

  public problem(i: number): RecordProblem | undefined {
    const problem = this.problems.size === 0 ? undefined : this.problems.get(i);
    if (problem || this.columns === 0) return problem;
    const fields = this.fieldCount(i);
    if (fields === this.named) return undefined;
    if (fields !== this.columns) return fields < this.columns ? 'too-few-fields' : 'too-many-fields';
    return this.values(i, this.named).some((value) => value.trim() !== '') ? 'nameless-value' : undefined;
  }

  /** A field of the record under way ends here. */
  public addField(end: number): void {
    this.addMark(end);
  }

  /** The record under way ends with the last field that was added. */
  public addRecord(start: number, isQuoted: boolean, problem: RecordProblem | undefined): void {
    const i = this.count;
    if (i === this.quoted.length) {
      this.firstMark = grown(this.firstMark, new Uint32Array(i * 2 + 1));
      this.quoted = grown(this.quoted, new Uint8Array(i * 2));
    }
    const end = this.marks[this.filled - 1] ?? 0;
    this.marks[this.firstMark[i] ?? 0] = start - 1;
    this.quoted[i] = isQuoted ? 1 : 0;
    this.firstMark[i + 1] = this.filled;
    this.count = i + 1;
    this.addMark(0); // of the next record, to be set with its end
    // Characters are never more than bytes, so nearly every record is cleared by its length alone.
    if (problem === undefined && end - start <= MOST_FIELD_CHARACTERS) return;
    const found = problem ?? this.limitProblem(i);
    if (found) this.problems.set(i, found);
  }

  /** Adds the buffer's whole records; returns how many bytes they take up, row ends and blank lines included. */
  // One loop over bytes with its state in locals: taken apart into functions it is less than half as fast.
  // eslint-disable-next-line complexity
  public scan(delimiter: number, until: ScanUntil): number {
    const { bytes, fours } = this;
    const { length } = bytes;
    // Most bytes of most texts are above all that mean anything here, but for delimiters that have letters or digits below them.
    const highest = Math.max(delimiter, QUOTE);
    const isLow = delimiter <= COMMA;
    const limits = fourOf((isLow ? highest : QUOTE) + 1);
    const delimiters = isLow ? 0 : fourOf(delimiter);
    const lastFour = length - 4;
    let { marks, filled } = this;
    let position = 0;
    let start = 0;
    let fieldStart = 0;
    let isQuoted = false;
    let problem: RecordProblem | undefined;
    while (position < length) {
      let byte = bytes[position] ?? 0;
      if (byte === QUOTE && position === fieldStart) {
        const end = closingQuote(bytes, fours, position + 1);
        if (end < 0) {
          if (!until.isLast) break;
          this.filled = filled;
          this.addField(length);
          this.addRecord(start, true, 'unclosed-quote');
          return length;
        }
        if (end === length - 1 && !until.isLast) break; // the next chunk may begin with the second of two quotes
        isQuoted = true;
        position = end + 1;
        if (position === length) break;
        byte = bytes[position] ?? 0;
        if (byte !== delimiter && byte !== LF && byte !== CR) problem = problem ?? 'text-after-quote';
      }
      for (;;) {
        if (byte <= highest) {
          if (byte === delimiter || byte === LF || byte === CR) break;
          if (byte === QUOTE) problem = problem ?? 'stray-quote';
        }
        position += 1;
        while (position <= lastFour) {
          const four = fours.getInt32(position, true);
          let found = bytesBelow(four, limits);
          if (delimiters !== 0) found |= bytesLike(four, delimiters);
          if (found !== 0) {
            position += firstOf(found);
            break;
          }
          position += 4;
        }
        if (position === length) break;
        byte = bytes[position] ?? 0;
      }
      if (position === length) break;
      if (byte === CR && position === length - 1 && !until.isLast) break; // an LF may follow
      if (byte === delimiter || position > start) {
        if (filled === marks.length) marks = this.marks = grown(marks, new Int32Array(filled * 2));
        marks[filled] = position;
        filled += 1;
      }
      if (byte === delimiter) {
        position += 1;
        fieldStart = position;
        continue;
      }
      const isRecord = position > start;
      if (isRecord) {
        this.filled = filled;
        this.addRecord(start, isQuoted, problem);
        ({ marks, filled } = this);
      }
      position += byte === CR && bytes[position + 1] === LF ? 2 : 1;
      start = position;
      fieldStart = position;
      isQuoted = false;
      problem = undefined;
      if (isRecord && this.count === until.most) break;
    }
    // What was found of a record that the buffer does not hold whole is forgotten.
    this.filled = (this.firstMark[this.count] ?? 0) + 1;
    if (start === length || !until.isLast || this.count >= until.most) return start;
    this.filled = filled;
    this.addField(length);
    this.addRecord(start, isQuoted, until.isEndless ? 'no-row-end' : problem);
    return length;
  }

  /** Where a record ends in `bytes`, its row end not included. */
  public recordEnd(i: number): number {
    return this.marks[(this.firstMark[i + 1] ?? 0) - 1] ?? 0;
  }

  private addMark(at: number): void {
    if (this.filled === this.marks.length) this.marks = grown(this.marks, new Int32Array(this.filled * 2));
    this.marks[this.filled] = at;
    this.filled += 1;
  }

  private isQuoted(start: number, end: number): boolean {
    return this.bytes[start] === QUOTE && end - start > 1;
  }

  /** Characters are never more than bytes, so nearly every record is cleared by its length alone. */
  private limitProblem(i: number): RecordProblem | undefined {
    if (this.recordEnd(i) - this.fieldStart(i, 0) <= MOST_FIELD_CHARACTERS) return undefined;
    if (this.record(i).toString().length > MOST_RECORD_CHARACTERS) return 'record-too-long';
    return this.values(i).some((value) => value.length > MOST_FIELD_CHARACTERS) ? 'field-too-long' : undefined;
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Place of the quote that closes a field, or -1 when it is not in the buffer. */
function closingQuote(bytes: Buffer, fours: DataView, from: number): number {
  const { length } = bytes;
  const lastFour = length - 4;
  for (let position = from; ; position += 2) {
    let found = 0;
    while (position <= lastFour && (found = bytesLike(fours.getInt32(position, true), QUOTES)) === 0) position += 4;
    if (found !== 0) position += firstOf(found);
    else while (position < length && bytes[position] !== QUOTE) position += 1;
    if (position >= length) return -1;
    if (bytes[position + 1] !== QUOTE || position === length - 1) return position;
  }
}

function holdsNewline(bytes: Buffer, fours: DataView, from: number, to: number): boolean {
  for (let position = from; position < to; position += 1) {
    while (position < to - 4 && bytesBelow(fours.getInt32(position, true), ABOVE_NEWLINES) === 0) position += 4;
    const byte = bytes[position];
    if (byte === LF || byte === CR) return true;
  }
  return false;
}

function grown<T extends Int32Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
