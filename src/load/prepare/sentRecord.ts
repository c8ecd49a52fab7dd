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
    sent.length === mapped.length && !emptyAsNull && sent.every(({ index, values }, at) => index === at && !values);
  const isCrlf = lineEnding === 'CRLF';
  const separator = Buffer.from(DELIMITERS[delimiter]);
  const encoded = (value: string): Buffer =>
    Buffer.from(encodeField(value.replace(/\r\n?|\n/g, isCrlf ? '\r\n' : '\n'), DELIMITERS[delimiter]));
  const constants = sent.map(({ constant }) => (constant === undefined ? undefined : encoded(constant)));
  const fieldOf = ({ index, values }: SentColumn, batch: RecordBatch, i: number): Buffer => {
    const now = values?.get(batch.field(i, index));
    if (now !== undefined) return encoded(now);
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
export function sentValue({ index, values }: SentColumn, batch: RecordBatch, i: number): string {
  const value = batch.field(i, index);
  return values?.get(value) ?? value;
}

function isEmpty(field: Buffer): boolean {
  return field.length === 0 || (field.length === 2 && field[0] === QUOTE);
}
