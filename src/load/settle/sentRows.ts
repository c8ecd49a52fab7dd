import { scanRecords } from '../../input/records.js';
import { type JobRead } from './jobResults.js';
import { type KeyedRecord, keyedRecord } from './rowKey.js';

/** Reads the rows of a part in their order. The record is the same one for all of them. */
export async function eachSentRow(
  { sent, columns, delimiter }: Pick<JobRead, 'sent' | 'columns' | 'delimiter'>,
  take: (record: KeyedRecord) => void
): Promise<void> {
  const record = keyedRecord(columns.map((_, column) => column));
  for await (const batch of scanRecords(sent(), { delimiter })) {
    record.batch = batch;
    for (record.at = batch.firstNumber === 0 ? 1 : 0; record.at < batch.count; record.at += 1) take(record);
  }
}
