import { type RecordBatch } from '../../input/recordBatch.js';
import { RowKey, type ValueOf } from '../settle/rowKey.js';
import { type LoadColumns } from './columns.js';
import { matchPlan, type Prepared } from './prepared.js';
import { isTranslated, sentValue } from './sentRecord.js';

/** The keys of an input's rows as they are sent. */
export class InputKey {
  private readonly key: RowKey;
  private readonly placeOf: readonly number[];
  private batch?: RecordBatch;
  private at = 0;

  public constructor(
    private readonly columns: Pick<LoadColumns, 'sent' | 'keyColumn'>,
    prepared: Prepared
  ) {
    const plan = matchPlan(prepared);
    const column = columns.sent[columns.keyColumn ?? -1];
    // The bytes of a value say nothing of what is sent in its place.
    this.key = new RowKey(column && isTranslated(column) ? { ...plan, plainKey: undefined } : plan);
    this.placeOf = columns.sent.map(({ index }) => index);
  }

  /** Equal for rows whose keys the org takes for equal, and the `hash` of their results' keys; undefined for a row without key. */
  public hashOf(batch: RecordBatch, i: number): number | undefined {
    if (this.columns.keyColumn === undefined) return undefined;
    this.batch = batch;
    this.at = i;
    this.key.ofRecord(batch, i, this.placeOf, this.valueOf);
    return this.key.isKey ? this.key.hash : undefined;
  }

  private readonly valueOf: ValueOf = (column) => {
    const sent = this.columns.sent[column];
    return sent && this.batch ? (sent.constant ?? sentValue(sent, this.batch, this.at)) : '';
  };
}
