import { hash53OfBytes } from '../../input/hash53.js';
import { RecordBatch } from '../../input/recordBatch.js';
import { MOST_ADDED, type PlainForm } from '../../schema/plainForm.js';

/** A row of an input, a row of a part, or a result; one object serves for all of them, one after another. */
export type KeyedRecord = {
  batch: RecordBatch;
  /** Its place in the batch. */
  at: number;
  /** For each sent column its place in the record, -1 where it is not there. */
  placeOf: readonly number[];
  /** What stands there, in full; the empty string where the record has no such column. Asked for where the bytes do not tell. */
  readonly valueOf: (column: number) => string;
};

/** A record of CSV whose values stand in these places. */
export function keyedRecord(placeOf: readonly number[]): KeyedRecord {
  const record: KeyedRecord = {
    batch: RecordBatch.NONE,
    at: 0,
    placeOf,
    valueOf: (column) => {
      const place = record.placeOf[column] ?? -1;
      return place < 0 ? '' : record.batch.field(record.at, place);
    }
  };
  return record;
}

export type MatchPlan = {
  /** Column of the external ID or Id among the sent columns; missing for insert, where all values together are the key. */
  readonly keyColumn?: number;
  /** One for each sent column: the form in which the column's values are equal whenever the org takes them for equal. */
  readonly canonical: ReadonlyArray<(value: string) => string>;
  /** The same of the columns' bytes, where these can tell. */
  readonly plain?: ReadonlyArray<PlainForm | undefined>;
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

  public ofRecord(record: KeyedRecord): void {
    const { keyColumn, canonical } = this.plan;
    this.length = 0;
    if (keyColumn !== undefined) this.addField(keyColumn, record);
    this.isKey = this.length > 0;
    for (let column = 0; !this.isKey && column < canonical.length; column += 1) {
      this.addField(column, record);
      this.endValue();
    }
    this.hash = hash53OfBytes(this.bytes, this.length);
  }

  private addField(column: number, { batch, at, placeOf, valueOf }: KeyedRecord): void {
    const place = placeOf[column] ?? -1;
    const plain = place < 0 ? undefined : this.plan.plain?.[column];
    if (plain) {
      batch.seek(at, place);
      const { bytes, valueStart, valueEnd } = batch;
      this.makeRoom(valueEnd - valueStart + MOST_ADDED);
      if (plain(bytes, valueStart, valueEnd, this)) return;
    }
    const text = this.plan.canonical[column]?.(valueOf(column)) ?? '';
    this.makeRoom(text.length * MOST_BYTES);
    this.length += this.bytes.write(text, this.length);
  }

  private endValue(): void {
    this.makeRoom(1);
    this.bytes[this.length] = VALUE_END;
    this.length += 1;
  }

  private makeRoom(length: number): void {
    const needed = this.length + length;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(needed * 2);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/** Of UTF-8, for one unit of UTF-16. */
const MOST_BYTES = 3;
/** In no value: inputs with one are refused. */
const VALUE_END = 0;
