import { type RowErrorCode } from '../../bulk/rowError.js';
import { columnKey } from '../../input/columnName.js';
import { type RecordBatch } from '../../input/recordBatch.js';
import { isResultColumn, type MappedColumn } from '../../schema/mapping.js';
import { ownColumns } from './inputRecord.js';

/** Of rows whose fields can't be told, so that failed.csv has their whole text in the first column. */
const KEPT_AS_TEXT: ReadonlySet<string> = new Set([
  'BULKOPS_STRAY_QUOTE',
  'BULKOPS_TOO_MANY_FIELDS',
  'BULKOPS_BAD_RECORD'
] satisfies RowErrorCode[]);
const FILLED_UP: RowErrorCode = 'BULKOPS_TOO_FEW_FIELDS';

/** Tells the code of a malformed row that nobody has mended since an earlier load wrote it into failed.csv. */
export type Unmended = (batch: RecordBatch, i: number) => RowErrorCode | undefined;

/**
 * Such a row is well formed now and says nothing that was meant: its text in the first column, or its values perhaps in the columns of others.
 * Undefined where the input is no failed.csv, or where one column can't be told from a whole row.
 */
export function unmendedTest(mapped: readonly MappedColumn[]): Unmended | undefined {
  const error = mapped.find((column) => isResultColumn(column) && columnKey(column.column) === 'sf__error');
  const own = ownColumns(mapped);
  if (!error || own.length < 2) return undefined;
  return (batch, i) => {
    const [code = '', reason = ''] = batch.field(i, error.index).split(':');
    const there = KEPT_AS_TEXT.has(code) ? 1 : code === FILLED_UP ? fieldsOf(reason, own.length) : undefined;
    if (there === undefined) return undefined;
    const isAsItWas = own.slice(there).every(({ index }) => batch.field(i, index) === '');
    return isAsItWas ? (code as RowErrorCode) : undefined;
  };
}

/** How many of its own fields a row had, by its error; columns of a yet earlier result file were in front of them. */
function fieldsOf(reason: string, own: number): number | undefined {
  const [, fields, header] = /(\d+) fields? and the header (\d+)/.exec(reason) ?? [];
  return fields === undefined ? undefined : Math.max(Number(fields) - (Number(header) - own), 0);
}
