import { Messages } from '@salesforce/core';
import { type MappedColumn } from '../../schema/mapping.js';
import { booleanReading } from '../../schema/readings/booleans.js';
import { dateReading } from '../../schema/readings/dates.js';
import { numberReading } from '../../schema/readings/numbers.js';
import { type Reading } from '../../schema/readings/reading.js';
import { timeReading } from '../../schema/readings/times.js';
import { TimeZone } from '../../schema/readings/timeZone.js';
import { type LoadAsked } from '../asked.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

type Asked = Pick<LoadAsked, 'dateFormat' | 'timeZone' | 'numberFormat' | 'booleanFormat' | 'validate'>;

/**
 * Says of the columns that go to dates, numbers and booleans how these are written, if that was asked.
 * @throws SfError `FormatUncheckedError` where values are not checked: one that is written otherwise would be sent for another one
 */
export function withReadings(columns: readonly MappedColumn[], asked: Asked): readonly MappedColumn[] {
  const readings = readingsOf(asked);
  if (readings.size === 0) return columns;
  if (asked.validate !== 'full') throw messages.createError('formatUnchecked', [asked.validate]);
  return columns.map((column) => {
    const reading = column.constant === undefined ? readings.get(column.describe?.type ?? '') : undefined;
    return reading ? { ...column, reading: remembering(reading) } : column;
  });
}

/** A value is read to be checked and then to be sent. */
function remembering({ example, read }: Reading): Reading {
  let last: { readonly value: string; readonly now: string | undefined } | undefined;
  return {
    example,
    read: (value) => {
      if (last?.value !== value) last = { value, now: read(value) };
      return last.now;
    }
  };
}

/** By type of field. */
function readingsOf({ dateFormat, timeZone, numberFormat, booleanFormat }: Asked): ReadonlyMap<string, Reading> {
  const readings = new Map<string, Reading>();
  if (dateFormat !== undefined) readings.set('date', dateReading(dateFormat));
  if (dateFormat !== undefined || timeZone !== undefined)
    readings.set('datetime', timeReading(dateFormat, timeZone === undefined ? undefined : new TimeZone(timeZone)));
  if (numberFormat !== undefined) for (const type of NUMBERS) readings.set(type, numberReading(numberFormat));
  if (booleanFormat !== undefined) readings.set('boolean', booleanReading(booleanFormat));
  return readings;
}

const NUMBERS = ['int', 'long', 'double', 'currency', 'percent'];
