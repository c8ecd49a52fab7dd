import { hash53, hash53OfBytes } from '../../input/hash53.js';
import { type RecordBatch } from '../../input/recordBatch.js';
import { type PlainForm } from '../../schema/canonical.js';

/** The value of one sent column in a row or in a result; the empty string where the result has no such column. */
export type ValueOf = (column: number) => string;

export type MatchPlan = {
  /** Column of the external ID or Id among the sent columns; missing for insert, where all values together are the key. */
  readonly keyColumn?: number;
  /** One for each sent column: the form in which the column's values are equal whenever the org takes them for equal. */
  readonly canonical: ReadonlyArray<(value: string) => string>;
  /** The same for the key column's bytes, where these can tell. */
  readonly plainKey?: PlainForm;
};

/**
 * What a row or a result is known by: its key, or all its values where it has none, as bytes that are equal whenever the org takes the values for
 * equal. One buffer serves for all of them: a key holds until the next one is read.
 */
export class RowKey {
  public bytes: Buffer = Buffer.allocUnsafe(1024);
  public length = 0;
  public hash = 0;
  /** Whether it is the key, and not all values of a row that has none. */
  public isKey = false;

  public constructor(private readonly plan: MatchPlan) {}

  /**
   * The key of a record.
   * @param placeOf for each sent column its place in the record, -1 where it is not there
   * @param valueOf the values of the same record, for a key that its bytes do not tell
   */
  public ofRecord(batch: RecordBatch, i: number, placeOf: readonly number[], valueOf: ValueOf): void {
    const { keyColumn, plainKey } = this.plan;
    const place = keyColumn === undefined ? -1 : (placeOf[keyColumn] ?? -1);
    if (!plainKey || place < 0) return this.ofValues(valueOf);
    const start = batch.valueStart(i, place);
    const end = batch.valueEnd(i, place);
    this.makeRoom(end - start);
    const length = plainKey(batch.bytes, start, end, this.bytes);
    if (length < 0) return this.ofValues(valueOf);
    this.isKey = true;
    this.length = length;
    this.hash = hash53OfBytes(this.bytes, length);
  }

  public ofValues(valueOf: ValueOf): void {
    const text = this.textOf(valueOf);
    this.makeRoom(text.length * MOST_BYTES);
    this.length = this.bytes.write(text);
    this.hash = hash53(text);
  }

  private textOf(valueOf: ValueOf): string {
    const { keyColumn, canonical } = this.plan;
    if (keyColumn !== undefined) {
      const key = canonical[keyColumn]?.(valueOf(keyColumn)) ?? '';
      this.isKey = key !== '';
      if (this.isKey) return key;
    }
    return canonical.map((form, column) => form(valueOf(column))).join(VALUE_SEPARATOR);
  }

  private makeRoom(length: number): void {
    if (length > this.bytes.length) this.bytes = Buffer.allocUnsafe(length * 2);
  }
}

/** Of UTF-8, for one unit of UTF-16. */
const MOST_BYTES = 3;
/** Can't begin a key: values have no control characters of this kind in any input that passed the scanner's NUL check. */
const VALUE_SEPARATOR = '\u0000';
