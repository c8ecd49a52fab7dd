import { RecordBatch } from '../../input/recordBatch.js';
import { type KeyedRecord, RowKey } from '../settle/rowKey.js';
import { type LoadColumns, type SentColumn } from './columns.js';
import { matchPlan, type Prepared } from './prepared.js';
import { isTranslated, sentValue } from './sentRecord.js';

/** What an input's rows are known by as they are sent. */
export class InputKey {
  private readonly key: RowKey;
  private readonly record: KeyedRecord;

  public constructor(
    private readonly columns: Pick<LoadColumns, 'sent' | 'keyColumn'>,
    prepared: Prepared
  ) {
    const { sent } = columns;
    const { plain, ...plan } = matchPlan(prepared);
    // The bytes of a value say nothing of what is sent in its place.
    const ofSent = plain?.map((form, column) => (isSentAsItIs(sent[column]) ? form : undefined));
    this.key = new RowKey({ ...plan, plain: ofSent });
    this.record = {
      batch: RecordBatch.NONE,
      at: 0,
      placeOf: sent.map(({ index }) => index),
      valueOf: (column) => this.valueOf(sent[column])
    };
  }

  /**
   * Equal for rows whose keys, or all values in an insert, the org takes for equal, and the hash of their results. Undefined for a row that has
   * no key and should have one.
   */
  public hashOf(batch: RecordBatch, i: number): number | undefined {
    const { key, record } = this;
    record.batch = batch;
    record.at = i;
    key.ofRecord(record);
    return key.isKey || this.columns.keyColumn === undefined ? key.hash : undefined;
  }

  private valueOf(sent: SentColumn | undefined): string {
    return sent ? (sent.constant ?? sentValue(sent, this.record.batch, this.record.at)) : '';
  }
}

function isSentAsItIs(column: SentColumn | undefined): boolean {
  return column !== undefined && column.constant === undefined && !isTranslated(column);
}
