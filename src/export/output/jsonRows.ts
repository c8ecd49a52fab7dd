import { type RecordBatch } from '../../input/records.js';
import { type ExportColumn } from '../asked.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const NULL = Buffer.from('null');
/** `\u001f` for one byte is the longest that a byte becomes. */
const MOST_BYTES_OF_A_BYTE = 6;

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
 */
export class JsonRows {
  private out = Buffer.allocUnsafe(256 * 1024);
  private length = 0;
  private readonly keys: readonly Buffer[];
  private readonly kinds: readonly Kind[];

  public constructor(names: readonly string[], columns: readonly ExportColumn[] | undefined) {
    const types = new Map(columns?.map(({ name, type }) => [name.toLowerCase(), type]));
    this.keys = names.map((name, at) => Buffer.from(`${at === 0 ? '{' : ','}${JSON.stringify(name)}:`));
    this.kinds = names.map((name) => KIND_OF_TYPE[types.get(name.toLowerCase()) ?? ''] ?? 'text');
  }

  /** The rows from one number of the batch up to another, with `between` from row to row; holds until the next call. */
  public encode(batch: RecordBatch, from: number, to: number, between: Buffer): Buffer {
    this.length = 0;
    for (let row = from; row < to; row += 1) {
      if (row > from) this.copy(between);
      this.row(batch, row);
    }
    return this.out.subarray(0, this.length);
  }

  private row(batch: RecordBatch, row: number): void {
    const { keys, kinds } = this;
    const { bytes } = batch;
    for (let column = 0; column < keys.length; column += 1) {
      const key = keys[column] ?? NULL;
      let start = batch.fieldStart(row, column);
      let end = batch.fieldEnd(row, column);
      if (bytes[start] === QUOTE && end - start > 1) {
        start += 1;
        end -= 1;
      }
      this.makeRoom(key.length + (end - start) * MOST_BYTES_OF_A_BYTE + 8);
      this.copy(key);
      if (start >= end) this.copy(NULL);
      else if (kinds[column] === 'text') this.text(bytes, start, end);
      else this.plain(bytes.toString('latin1', start, end), kinds[column] ?? 'text');
    }
    this.makeRoom(1);
    this.out[this.length] = 0x7d;
    this.length += 1;
  }

  /** A value that needs no quotes; one that is not of its type is kept as text. */
  private plain(text: string, kind: Kind): void {
    const lower = kind === 'boolean' ? text.toLowerCase() : text;
    const isPlain = kind === 'boolean' ? lower === 'true' || lower === 'false' : JSON_NUMBER.test(text);
    this.copy(Buffer.from(isPlain ? lower : JSON.stringify(Buffer.from(text, 'latin1').toString())));
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

  private copy(bytes: Buffer): void {
    this.makeRoom(bytes.length);
    this.length += bytes.copy(this.out, this.length);
  }

  private makeRoom(bytes: number): void {
    if (this.length + bytes <= this.out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.out.length * 2, this.length + bytes));
    this.out.copy(larger, 0, 0, this.length);
    this.out = larger;
  }
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
