import { columnName } from './columnName.js';
import { DELIMITERS, type DelimiterName } from './delimiters.js';
import { HeldBytes } from './heldBytes.js';
import { RecordBatch } from './recordBatch.js';

/** A quote or a record that does not end within this many bytes is taken for one that never does; no record that the service takes is near it. */
const MOST_OPEN_BYTES = 8 * 1024 * 1024;

export type ScanOptions = {
  readonly delimiter: DelimiterName;
  /** Fields that each record should have; 0 for no check. Default: as many as the first record has. */
  readonly columns?: number;
  /**
   * Whether the first record names columns, so that the last ones may be blank, as Excel writes empty columns: no record has a value there,
   * or it has a problem.
   */
  readonly hasNames?: boolean;
};

/**
 * Cuts UTF-8 CSV into records on its bytes; the first one, number 0, is the header. LF, CRLF and CR end a record outside of quotes, blank
 * lines are no records, a quote within quotes is doubled. A record with a problem is still one record with a number of its own and
 * takes nothing of its neighbours; a quote that is never closed makes one last record of the rest, and a record that does not end makes the
 * last one, after which nothing is read.
 *
 * The hot path of loads and exports: no strings, no objects per record.
 */
export async function* scanRecords(chunks: AsyncIterable<Buffer>, options: ScanOptions): AsyncGenerator<RecordBatch> {
  const delimiter = DELIMITERS[options.delimiter].charCodeAt(0);
  const held = new HeldBytes();
  const batch = new RecordBatch(held.bytes, 0, 0);
  let columns = options.columns ?? -1;
  let named: number | undefined;
  let number = 0;
  let isEndless = false;
  const next = (isLast: boolean): boolean => {
    // The header is scanned first and alone, since it says how many fields the others should have.
    const isHeader = columns < 0;
    batch.restart(held.bytes, number, Math.max(columns, 0), named);
    held.drop(batch.scan(delimiter, { isLast, isEndless, most: isHeader ? 1 : Infinity }));
    number += batch.count;
    if (isHeader && batch.count === 1) {
      columns = batch.fieldCount(0);
      if (options.hasNames) named = batch.values(0).findLastIndex((name) => columnName(name) !== '') + 1;
    }
    return batch.count > 0;
  };
  try {
    for await (const chunk of chunks) {
      held.add(chunk);
      const wasHeader = columns < 0;
      if (next(false)) yield batch;
      if (wasHeader && columns >= 0 && next(false)) yield batch;
      isEndless = held.bytes.length > MOST_OPEN_BYTES;
      if (isEndless) break;
    }
    while (held.bytes.length > 0 && next(true)) yield batch;
  } finally {
    held.close();
    batch.close();
  }
}
