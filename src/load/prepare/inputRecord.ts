import { encodeRecord } from '../../input/encode.js';
import { DELIMITERS } from '../../input/delimiters.js';
import { type Input } from '../../input/input.js';
import { type RecordBatch } from '../../input/recordBatch.js';
import { isResultColumn, type MappedColumn } from '../../schema/mapping.js';
import { RecordLine } from './recordLine.js';

/** A row as the result files show it, byte for byte as the input had it; it holds until the next one. */
export type InputRecord = (batch: RecordBatch, i: number) => Buffer;

/**
 * The rows of an input without the columns of an earlier result file: a corrected failed.csv may be loaded again and again, and what comes
 * of it has those columns once.
 * @param delimiter the character
 */
export function inputRecord(mapped: readonly MappedColumn[], delimiter: string): InputRecord {
  const own = ownColumns(mapped);
  if (own.length === mapped.length) return (batch, i) => batch.record(i);
  const separator = Buffer.from(delimiter);
  const line = new RecordLine();
  return (batch, i) => {
    line.begin();
    for (const [at, { index }] of own.entries()) {
      if (index >= batch.fieldCount(i)) break; // a row with too few fields
      if (at > 0) line.add(separator);
      line.add(batch.bytes, batch.fieldStart(i, index), batch.fieldEnd(i, index));
    }
    return line.bytes;
  };
}

/** The header of the result files, as the input had it, less the columns of an earlier result file; without row end. */
export function inputHeader(input: Input, mapped: readonly MappedColumn[]): string {
  const own = ownColumns(mapped);
  if (own.length === mapped.length) return input.headerRecord.toString();
  return encodeRecord(
    own.map(({ column }) => column),
    DELIMITERS[input.delimiter]
  );
}

/** The columns that are the input's own. */
export function ownColumns(mapped: readonly MappedColumn[]): MappedColumn[] {
  return mapped.filter((column) => !isResultColumn(column));
}
