import { DELIMITERS } from '../../input/delimiters.js';
import { type RecordBatch } from '../../input/records.js';
import { encodeField } from '../../input/encode.js';
import { type LoadColumns, type SentColumn } from './columns.js';
import { type Prepared } from './prepared.js';

/** Turns a row into the record that is sent; undefined where it is sent as it lies in the input. */
export type SentRecord = (batch: RecordBatch, i: number) => Buffer | undefined;

const CR = 0x0d;
const QUOTE = 0x22;
const NULL_MARK = Buffer.from('#N/A');

/**
 * The rows of an input as they are to be sent: the chosen columns, row ends within quotes as the job's own are (another kind fails the job,
 * BULK_API §3), other values
 * where the mapping has a table for them, and `#N/A` for nothing where that was asked.
 */
export function sentRecord(
  { mapped, sent }: Pick<LoadColumns, 'mapped' | 'sent'>,
  { delimiter, lineEnding, emptyAsNull }: Pick<Prepared, 'delimiter' | 'lineEnding'> & { emptyAsNull: boolean }
): SentRecord {
  const isWhole =
    sent.length === mapped.length &&
    !emptyAsNull &&
    sent.every((column, at) => column.index === at && !isTranslated(column));
  const isCrlf = lineEnding === 'CRLF';
  const separator = Buffer.from(DELIMITERS[delimiter]);
  const encoded = (value: string): Buffer =>
    Buffer.from(encodeField(value.replace(/\r\n?|\n/g, isCrlf ? '\r\n' : '\n'), DELIMITERS[delimiter]));
  const constants = sent.map(({ constant }) => (constant === undefined ? undefined : encoded(constant)));
  const fieldOf = (column: SentColumn, batch: RecordBatch, i: number): Buffer => {
    const { index } = column;
    if (isTranslated(column)) {
      const value = batch.field(i, index);
      const now = translated(column, value);
      if (now !== undefined && now !== value) return encoded(now);
    }
    return batch.bytes.subarray(batch.fieldStart(i, index), batch.fieldEnd(i, index));
  };
  const pick = (batch: RecordBatch, i: number): Buffer => {
    const pieces: Buffer[] = [];
    for (const [at, column] of sent.entries()) {
      if (at > 0) pieces.push(separator);
      const field = constants[at] ?? fieldOf(column, batch, i);
      pieces.push(emptyAsNull && isEmpty(field) ? NULL_MARK : field);
    }
    const record = Buffer.concat(pieces);
    return record.length === 0 ? Buffer.from('""') : record;
  };
  return (batch, i) => {
    const needsRowEnds = batch.hasNewline(i) && (isCrlf || batch.record(i).includes(CR));
    if (isWhole && !isCrlf && !needsRowEnds) return undefined;
    let record = isWhole ? batch.record(i) : pick(batch, i);
    if (needsRowEnds) record = Buffer.from(record.toString().replace(/\r\n?|\n/g, isCrlf ? '\r\n' : '\n'));
    return isCrlf ? Buffer.concat([record, Buffer.from('\r')]) : record;
  };
}

/** The value that is sent for a column of a row that is no constant, before `#N/A` stands in for nothing. */
export function sentValue(column: SentColumn, batch: RecordBatch, i: number): string {
  const value = batch.field(i, column.index);
  return translated(column, value) ?? value;
}

/** Whether other values may be sent than those of the input. */
export function isTranslated({ values, reading }: SentColumn): boolean {
  return values !== undefined || reading !== undefined;
}

/** What is sent in place of a value, by the column's table first; undefined where it is sent as it is, or can't be read. */
export function translated({ values, reading }: SentColumn, value: string): string | undefined {
  return values?.get(value) ?? (value === '' ? undefined : reading?.read(value));
}

function isEmpty(field: Buffer): boolean {
  return field.length === 0 || (field.length === 2 && field[0] === QUOTE);
}
