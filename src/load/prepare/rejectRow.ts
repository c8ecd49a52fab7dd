import { type RowErrorCode } from '../../bulk/rowError.js';
import { columnKey } from '../../input/columnName.js';
import { encodeRecord } from '../../input/encode.js';
import {
  MOST_FIELD_CHARACTERS,
  MOST_RECORD_CHARACTERS,
  type RecordBatch,
  type RecordProblem
} from '../../input/records.js';
import { type MappedColumn } from '../../schema/mapping.js';
import { type RowProblem } from '../../run/loadEvents.js';
import { inputRecord, ownColumns } from './inputRecord.js';
import { type ValueProblem } from './rowCheck.js';

/** What failed.csv says of a row that can't be sent. */
export type RejectedRow = {
  readonly error: string;
  readonly record: Buffer;
  readonly problems: ReadonlyArray<Omit<RowProblem, 'row'>>;
};

type Of = { readonly code: RowErrorCode; readonly message: (fields: number, columns: number) => string };

const PROBLEMS: Readonly<Record<RecordProblem, Of>> = {
  'too-few-fields': {
    code: 'BULKOPS_TOO_FEW_FIELDS',
    message: (fields, columns) => `the row has ${fields} fields and the header ${columns}`
  },
  'too-many-fields': {
    code: 'BULKOPS_TOO_MANY_FIELDS',
    message: (fields, columns) => `the row has ${fields} fields and the header ${columns}`
  },
  'nameless-value': {
    code: 'BULKOPS_NAMELESS_VALUE',
    message: () => 'a value stands in a column that has no name in the header'
  },
  'stray-quote': { code: 'BULKOPS_STRAY_QUOTE', message: () => 'a quote stands within a value that is not in quotes' },
  'text-after-quote': { code: 'BULKOPS_STRAY_QUOTE', message: () => 'text stands after the quote that closes a value' },
  'unclosed-quote': { code: 'BULKOPS_STRAY_QUOTE', message: () => 'a quote is opened and never closed' },
  'no-row-end': { code: 'BULKOPS_TOO_LONG', message: () => 'the row does not end' },
  'field-too-long': {
    code: 'BULKOPS_TOO_LONG',
    message: () => `a value has more than ${MOST_FIELD_CHARACTERS} characters`
  },
  'no-record': { code: 'BULKOPS_BAD_RECORD', message: () => 'the record is no JSON object' },
  'name-twice': { code: 'BULKOPS_BAD_RECORD', message: () => 'the record has a name twice' },
  'unsendable-text': { code: 'BULKOPS_BAD_RECORD', message: () => 'a value holds a NUL, or half of a character' },
  'record-too-long': {
    code: 'BULKOPS_TOO_LONG',
    message: () => `the row has more than ${MOST_RECORD_CHARACTERS} characters`
  }
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
  const { code, message } = PROBLEMS[problem];
  const fields = batch.fieldCount(i);
  const reason = message(fields, mapped.length);
  const error = `${code}:${reason}:--`;
  const problems = [{ code, value: cutShort(batch.record(i).toString('utf8', 0, MOST_SHOWN * 4)), reason }];
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
  if (KEEPS_FIELDS.has(problem))
    return { error, problems, record: Buffer.from(inputRecord(mapped, delimiter)(batch, i)) };
  const text = encodeRecord([batch.record(i).toString()], delimiter);
  return { error, problems, record: Buffer.concat([Buffer.from(text), missing(own.length - 1, delimiter)]) };
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
