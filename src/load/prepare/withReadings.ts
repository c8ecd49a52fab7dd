import { Messages } from '@salesforce/core';
import { type MappedColumn } from '../../schema/mapping.js';
import { dateReading, numberReading, type Reading } from '../../schema/readings.js';
import { type LoadAsked } from '../asked.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

type Asked = Pick<LoadAsked, 'dateFormat' | 'numberFormat' | 'validate'>;

/**
 * Says of the columns that go to dates and numbers how these are written, if that was asked.
 * @throws SfError `FormatUncheckedError` where values are not checked: one that is written otherwise would be sent for another one
 */
export function withReadings(columns: readonly MappedColumn[], asked: Asked): readonly MappedColumn[] {
  const { dateFormat, numberFormat, validate } = asked;
  if (dateFormat === undefined && numberFormat === undefined) return columns;
  if (validate !== 'full') throw messages.createError('formatUnchecked', [validate]);
  const dates = dateFormat === undefined ? undefined : dateReading(dateFormat);
  const numbers = numberFormat === undefined ? undefined : numberReading(numberFormat);
  const readings: Readonly<Record<string, Reading | undefined>> = {
    date: dates,
    datetime: dates,
    int: numbers,
    long: numbers,
    double: numbers,
    currency: numbers,
    percent: numbers
  };
  return columns.map((column) => {
    const reading = column.constant === undefined ? readings[column.describe?.type ?? ''] : undefined;
    return reading ? { ...column, reading } : column;
  });
}
