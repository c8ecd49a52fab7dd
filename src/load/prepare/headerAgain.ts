import { columnKey } from '../../input/columnName.js';
import { type RecordBatch } from '../../input/recordBatch.js';
import { standsAt } from '../../schema/checks/valueCheck.js';
import { type MappedColumn } from '../../schema/mapping.js';

/** Whether a row is the header once more. */
export type HeaderAgain = (batch: RecordBatch, i: number) => boolean;

const BOM = Buffer.from('\ufeff');

/** Files that are put together by their bytes keep the header of each, and sometimes its byte order mark. Nearly every row is decided by the length of its first value. */
export function headerAgain(mapped: readonly MappedColumn[]): HeaderAgain {
  const named = mapped.filter(({ column }) => columnKey(column) !== '');
  const [first] = named;
  if (!first) return () => false;
  const name = Buffer.from(first.column);
  return (batch, i) => {
    batch.seek(i, first.index);
    const { valueStart: start, valueEnd: end } = batch;
    const before = end - start - name.length;
    if (before !== 0 && !(before === BOM.length && standsAt(batch.bytes, start, BOM))) return false;
    if (!standsAt(batch.bytes, start + before, name)) return false;
    return named.every(({ column, index }) => columnKey(batch.field(i, index)) === columnKey(column));
  };
}
