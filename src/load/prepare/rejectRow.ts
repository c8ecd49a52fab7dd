import { type RowErrorCode } from '../../bulk/rowError.js';
import { columnKey } from '../../input/columnName.js';
import { encodeRecord } from '../../input/encode.js';
import { type RecordBatch, type RecordProblem } from '../../input/recordBatch.js';
import { type MappedColumn } from '../../schema/mapping.js';
import { type RowProblem } from '../../run/loadEvents.js';
import { inputRecord, ownColumns } from './inputRecord.js';
import { malformation } from './malformed.js';
import { type ValueProblem } from './rowCheck.js';

/** What failed.csv says of a row that can't be sent. */
export type RejectedRow = {
  readonly error: string;
  readonly record: Buffer;
  readonly problems: ReadonlyArray<Omit<RowProblem, 'row'>>;
};

/**
 * A malformed row for failed.csv. Its fields can't be told, so what was there stands in the columns only where nothing has to be guessed: a
 * row with too few fields is filled up, any other keeps its text as the first column.
 * @param delimiter the character
 */
export function rejectRow(
  batch: RecordBatch,
  i: number,
  { problem, mapped, delimiter }: { problem: RecordProblem; mapped: readonly MappedColumn[]; delimiter: string }
): RejectedRow {
  const { code, reason, column, value } = malformation(problem, { batch, i, mapped });
  const error = `${code}:${column === undefined ? '' : `${column}: `}${reason}:--`;
  const shown = cutShort(value ?? batch.record(i).toString('utf8', 0, MOST_SHOWN * 4));
  const problems = [{ code, ...(column !== undefined && { column }), value: shown, reason }];
  const fields = batch.fieldCount(i);
  const own = ownColumns(mapped);
  if (problem === 'too-few-fields') {
    // One that ends before the first column of its own has a first column all the same: the empty one.
    const there = Math.max(own.filter(({ index }) => index < fields).length, 1);
    return {
      error,
      problems,
      record: Buffer.concat([inputRecord(mapped, delimiter)(batch, i), missing(own.length - there, delimiter)])
    };
  }
  if (KEEPS_FIELDS.has(problem) && fields === mapped.length)
    return { error, problems, record: Buffer.from(inputRecord(mapped, delimiter)(batch, i)) };
  const text = encodeRecord([batch.record(i).toString()], delimiter);
  return { error, problems, record: Buffer.concat([Buffer.from(text), missing(own.length - 1, delimiter)]) };
}

/** @param record as `InputRecord` gives it */
export function rejectHeader(record: Buffer): RejectedRow {
  return rejectWhole('BULKOPS_HEADER_AGAIN', 'the row is the header once more', record);
}

/** A row of an earlier failed.csv that is as it was written there. @param record as `InputRecord` gives it */
export function rejectUnmended(code: RowErrorCode, record: Buffer): RejectedRow {
  const reason =
    'the row is as an earlier load left it: put its values into their columns, or empty its sf__Error if it is right';
  return rejectWhole(code, reason, record);
}

function rejectWhole(code: RowErrorCode, reason: string, record: Buffer): RejectedRow {
  const value = cutShort(record.toString('utf8', 0, MOST_SHOWN * 4));
  return { error: `${code}:${reason}:--`, record: Buffer.from(record), problems: [{ code, value, reason }] };
}

/**
 * A row some values of which do not fit their fields, for failed.csv: as it came, and all that is wrong with it in one error.
 * @param record as `InputRecord` gives it
 */
export function rejectValues(found: readonly ValueProblem[], record: Buffer): RejectedRow {
  const problems = found.map(({ value, ...problem }) => ({ ...problem, value: cutShort(value) }));
  const text = problems.slice(0, MOST_TOLD).map(({ column, field, value, reason }) => {
    const name = columnKey(column) === field.toLowerCase() ? field : `${column} (${field})`;
    return value === '' ? `${name} ${reason}` : `${name} "${value}" ${reason}`;
  });
  if (problems.length > MOST_TOLD) text.push(`and ${problems.length - MOST_TOLD} more`);
  const fields = problems.map(({ field }) => field).join(',');
  return { error: `${problems[0]?.code}:${text.join('; ')}:${fields} --`, problems, record };
}

/** The fields can be told. */
const KEEPS_FIELDS: ReadonlySet<RecordProblem> = new Set(['field-too-long', 'record-too-long', 'nameless-value']);

/** Values may be long, and hold row ends. */
function cutShort(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
}

const MOST_SHOWN = 40;
const MOST_TOLD = 5;

function missing(fields: number, delimiter: string): Buffer {
  return Buffer.from(delimiter.repeat(Math.max(fields, 0)));
}
