import { type RecordBatch } from '../../input/recordBatch.js';
import { type ExportColumn } from '../asked.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const CLOSE = 0x7d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const SMALL_E = 0x65;
const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
/** `\u001f` for one byte is the longest that a byte becomes. */
const MOST_BYTES_OF_A_BYTE = 6;
/** What an empty value becomes, or the quotes about one. */
const MOST_BYTES_OF_NONE = 4;
/** Bits of a letter in which its two cases differ. */
const CASE = 0x20;

type Kind = 'text' | 'number' | 'boolean';

const KIND_OF_TYPE: Readonly<Record<string, Kind>> = {
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  currency: 'number',
  percent: 'number'
};

/**
 * Rows as JSON objects, straight from the bytes of the page: digits stay as the org wrote them, so that no decimal is rounded, and an
 * empty value is null, since the org tells no empty text from none (BULK_API §2).
 *
 * It makes no strings and calls nothing native for a value: both cost more than the few bytes that most values have.
 */
export class JsonRows {
  private out = Buffer.allocUnsafe(256 * 1024);
  private length = 0;
  private readonly keys: readonly Buffer[];
  private readonly kinds: readonly Kind[];
  /** Of a row, beside what its values become. */
  private readonly fixedBytes: number;

  public constructor(names: readonly string[], columns: readonly ExportColumn[] | undefined) {
    const types = new Map(columns?.map(({ name, type }) => [name.toLowerCase(), type]));
    this.keys = names.map((name, at) => Buffer.from(`${at === 0 ? '{' : ','}${JSON.stringify(name)}:`));
    this.kinds = names.map((name) => KIND_OF_TYPE[types.get(name.toLowerCase()) ?? ''] ?? 'text');
    this.fixedBytes = this.keys.reduce((sum, key) => sum + key.length + MOST_BYTES_OF_NONE, 1);
  }

  /** The rows from one number of the batch up to another, with `between` from row to row; holds until the next call. */
  public encode(batch: RecordBatch, from: number, to: number, between: Buffer): Buffer {
    this.length = 0;
    for (let row = from; row < to; row += 1) {
      const bytes = batch.recordEnd(row) - batch.fieldStart(row, 0);
      this.makeRoom(this.fixedBytes + between.length + bytes * MOST_BYTES_OF_A_BYTE);
      if (row > from) this.copy(between);
      this.row(batch, row);
    }
    return this.out.subarray(0, this.length);
  }

  private row(batch: RecordBatch, row: number): void {
    const { keys, kinds } = this;
    const { bytes } = batch;
    for (let column = 0; column < keys.length; column += 1) {
      this.copy(keys[column] ?? NULL);
      let start = batch.fieldStart(row, column);
      let end = batch.fieldEnd(row, column);
      if (bytes[start] === QUOTE && end - start > 1) {
        start += 1;
        end -= 1;
      }
      const kind = kinds[column];
      if (start >= end) this.copy(NULL);
      else if (kind === 'number' && isJsonNumber(bytes, start, end)) this.plain(bytes, start, end);
      else if (kind === 'boolean' && isWord(bytes, start, end, TRUE)) this.copy(TRUE);
      else if (kind === 'boolean' && isWord(bytes, start, end, FALSE)) this.copy(FALSE);
      // A value that is not of its type is kept as text.
      else this.text(bytes, start, end);
    }
    this.out[this.length] = CLOSE;
    this.length += 1;
  }

  private text(bytes: Buffer, start: number, end: number): void {
    const { out } = this;
    let to = this.length;
    out[to++] = QUOTE;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH) out[to++] = byte;
      else if (byte === QUOTE) {
        at += 1; // it is doubled
        out[to++] = BACKSLASH;
        out[to++] = QUOTE;
      } else to += out.write(JSON.stringify(String.fromCharCode(byte)).slice(1, -1), to, 'latin1');
    }
    out[to++] = QUOTE;
    this.length = to;
  }

  /** A value that needs no quotes, as it stands. */
  private plain(bytes: Buffer, start: number, end: number): void {
    const { out } = this;
    let to = this.length;
    for (let at = start; at < end; at += 1) out[to++] = bytes[at] ?? 0;
    this.length = to;
  }

  private copy(bytes: Buffer): void {
    this.plain(bytes, 0, bytes.length);
  }

  private makeRoom(bytes: number): void {
    if (this.length + bytes <= this.out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.out.length * 2, this.length + bytes));
    this.out.copy(larger, 0, 0, this.length);
    this.out = larger;
  }
}

/** Whether bytes are a word in whatever case; `word` is in small letters. */
function isWord(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i += 1) if (((bytes[start + i] ?? 0) | CASE) !== word[i]) return false;
  return true;
}

/** Whether bytes are a number as JSON has it: `-0.5`, `1.0E-3`; neither `01` nor `.5` is one. */
function isJsonNumber(bytes: Buffer, start: number, end: number): boolean {
  let at = bytes[start] === MINUS ? start + 1 : start;
  const whole = at;
  at = afterDigits(bytes, at, end);
  if (at === whole || (bytes[whole] === ZERO && at > whole + 1)) return false;
  if (at < end && bytes[at] === POINT) {
    const part = at + 1;
    at = afterDigits(bytes, part, end);
    if (at === part) return false;
  }
  if (at < end && ((bytes[at] ?? 0) | CASE) === SMALL_E) {
    const sign = bytes[at + 1];
    const exponent = sign === MINUS || sign === PLUS ? at + 2 : at + 1;
    at = afterDigits(bytes, exponent, end);
    if (at <= exponent) return false;
  }
  return at === end;
}

function afterDigits(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] ?? 0) >= ZERO && (bytes[at] ?? 0) <= NINE) at += 1;
  return at;
}
