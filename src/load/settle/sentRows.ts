import { RecordBatch } from '../../input/recordBatch.js';
import { scanRecords } from '../../input/records.js';
import { type JobRead } from './jobResults.js';
import { type KeyedRecord } from './rowKey.js';

/** Reads the rows of a part in their order. The record is the same one for all of them. */
export async function eachSentRow(
  { sent, columns, delimiter }: Pick<JobRead, 'sent' | 'columns' | 'delimiter'>,
  take: (record: KeyedRecord) => void
): Promise<void> {
  const record: KeyedRecord = {
    batch: RecordBatch.NONE,
    at: 0,
    placeOf: columns.map((_, column) => column),
    valueOf: (column) => record.batch.field(record.at, column)
  };
  for await (const batch of scanRecords(sent(), { delimiter })) {
    record.batch = batch;
    for (record.at = batch.firstNumber === 0 ? 1 : 0; record.at < batch.count; record.at += 1) take(record);
  }
}
