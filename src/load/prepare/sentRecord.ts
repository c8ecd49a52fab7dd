import { DELIMITERS } from '../../input/delimiters.js';
import { type RecordBatch } from '../../input/recordBatch.js';
import { encodeField } from '../../input/encode.js';
import { type LoadColumns, type SentColumn } from './columns.js';
import { type Prepared } from './prepared.js';
import { RecordLine } from './recordLine.js';

/** Turns a row into the record that is sent; undefined where it is sent as it lies in the input. */
export type SentRecord = (batch: RecordBatch, i: number) => Buffer | undefined;

const CR = 0x0d;
const QUOTE = 0x22;
const NULL_MARK = Buffer.from('#N/A');
const EMPTY_FIELD = Buffer.from('""');

/** Adds what one or more columns send, with the delimiters between them. */
type Step = (line: RecordLine, batch: RecordBatch, i: number) => void;

type Format = Pick<Prepared, 'delimiter' | 'lineEnding'> & { readonly emptyAsNull: boolean };

/**
 * The rows of an input as they are to be sent: the chosen columns, row ends within quotes as the job's own are (another kind fails the job,
 * BULK_API §3), other values
 * where the mapping has a table for them, and `#N/A` for nothing where that was asked. What is made holds until the next row.
 */
export function sentRecord({ mapped, sent }: Pick<LoadColumns, 'mapped' | 'sent'>, format: Format): SentRecord {
  const isWhole =
    sent.length === mapped.length &&
    !format.emptyAsNull &&
    sent.every((column, at) => column.index === at && !isTranslated(column));
  const rowEnd = rowEndOf(format);
  const isCrlf = rowEnd === '\r\n';
  const separator = Buffer.from(DELIMITERS[format.delimiter]);
  const steps = stepsOf(sent, format);
  const line = new RecordLine();
  const pick = (batch: RecordBatch, i: number): Buffer => {
    line.begin();
    for (let at = 0; at < steps.length; at += 1) {
      if (at > 0) line.add(separator);
      steps[at]?.(line, batch, i);
    }
    const record = line.bytes;
    return record.length === 0 ? EMPTY_FIELD : record;
  };
  return (batch, i) => {
    const needsRowEnds = batch.hasNewline(i) && (isCrlf || batch.record(i).includes(CR));
    if (isWhole && !isCrlf && !needsRowEnds) return undefined;
    let record = isWhole ? batch.record(i) : pick(batch, i);
    if (needsRowEnds) record = Buffer.from(record.toString().replace(/\r\n?|\n/g, rowEnd));
    return isCrlf ? Buffer.concat([record, Buffer.from('\r')]) : record;
  };
}

/** Columns that lie side by side and are sent as they are make one step, others one each. */
function stepsOf(sent: readonly SentColumn[], format: Format): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < sent.length;) {
    const end = format.emptyAsNull ? at : endOfRun(sent, at);
    const [first, last] = [sent[at], sent[end - 1]];
    if (end > at && first && last) steps.push(copyOf(first.index, last.index));
    else if (first) steps.push(stepOf(first, format));
    at = Math.max(end, at + 1);
  }
  return steps;
}

/** The place after the last of the columns from `at` on that lie side by side and are sent as they are. */
function endOfRun(sent: readonly SentColumn[], at: number): number {
  let end = at;
  for (let column = sent[end]; column; column = sent[end]) {
    const isNext = end === at || column.index === (sent[end - 1]?.index ?? 0) + 1;
    if (!isNext || column.constant !== undefined || isTranslated(column)) break;
    end += 1;
  }
  return end;
}

function copyOf(first: number, last: number): Step {
  return (line, batch, i) => line.add(batch.bytes, batch.fieldStart(i, first), batch.fieldEnd(i, last));
}

function stepOf(column: SentColumn, format: Format): Step {
  const encoded = (value: string): Buffer =>
    Buffer.from(encodeField(value.replace(/\r\n?|\n/g, rowEndOf(format)), DELIMITERS[format.delimiter]));
  const { index, constant } = column;
  if (constant !== undefined) {
    const bytes = encoded(constant);
    const sent = format.emptyAsNull && isEmpty(bytes, 0, bytes.length) ? NULL_MARK : bytes;
    return (line) => line.add(sent);
  }
  return (line, batch, i) => {
    const value = isTranslated(column) ? batch.field(i, index) : undefined;
    const now = value === undefined ? undefined : translated(column, value);
    const other = now === undefined || now === value ? undefined : encoded(now);
    const bytes = other ?? batch.bytes;
    const start = other ? 0 : batch.fieldStart(i, index);
    const end = other ? other.length : batch.fieldEnd(i, index);
    if (format.emptyAsNull && isEmpty(bytes, start, end)) line.add(NULL_MARK);
    else line.add(bytes, start, end);
  };
}

function rowEndOf({ lineEnding }: Format): string {
  return lineEnding === 'CRLF' ? '\r\n' : '\n';
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

function isEmpty(bytes: Buffer, start: number, end: number): boolean {
  return end === start || (end - start === 2 && bytes[start] === QUOTE);
}
