import { Readable } from 'node:stream';
import { DELIMITERS, type DelimiterName } from './delimiters.js';
import { type RecordBatch } from './recordBatch.js';
import { scanRecords } from './records.js';

/** How a CSV is written. `skip` are the bytes of a first line `sep=;`, which Excel reads and writes, row end included. */
export type Dialect = { readonly delimiter: DelimiterName; readonly skip: number };

/** Enough for a few hundred rows, so that one odd row decides nothing. */
export const HEAD_BYTES = 256 * 1024;

/**
 * The dialect of a CSV, from its first bytes (UTF-8, without BOM): the delimiter that parts the header into the most fields among those that
 * part the rows in the same way. A file of one column has a comma. The row ends need no detection: any of LF, CRLF and CR is one.
 */
export async function detectDialect(head: Buffer, asked?: DelimiterName): Promise<Dialect> {
  const sep = SEP_LINE.exec(head.toString('latin1', 0, MOST_SEP_BYTES));
  const skip = sep?.[0].length ?? 0;
  const bytes = head.subarray(skip);
  if (asked) return { delimiter: asked, skip };
  const named = Object.entries(DELIMITERS).find(([, character]) => character === sep?.[2]);
  if (named) return { delimiter: named[0] as DelimiterName, skip };
  let best: { delimiter: DelimiterName; score: number } = { delimiter: 'COMMA', score: 0 };
  for (const delimiter of CANDIDATES) {
    const score = await fitness(bytes, delimiter);
    if (score > best.score) best = { delimiter, score };
  }
  return { delimiter: best.delimiter, skip };
}

/** Spreadsheets that take it for a value put it in quotes, and as many delimiters behind it as there are columns. */
const SEP_LINE = /^("?)sep=(.)\1\2*(?:\r\n|\n|\r)/i;
const MOST_SEP_BYTES = 8 * 1024;

/** In the order of how likely they are: on equal terms the first wins. */
const CANDIDATES = ['COMMA', 'SEMICOLON', 'TAB', 'PIPE', 'CARET', 'BACKQUOTE'] as const satisfies DelimiterName[];

/** 0 for a delimiter that is not in the header; otherwise the more, the better it explains the rows, then the more columns there are. */
async function fitness(head: Buffer, delimiter: DelimiterName): Promise<number> {
  let columns = 0;
  let rows = 0;
  let fitting = 0;
  for await (const batch of scanRecords(Readable.from([head]), { delimiter })) {
    for (let i = 0; i < batch.count; i += 1) {
      if (columns === 0) columns = batch.fieldCount(i);
      else if (!isCutShort(batch, i)) {
        rows += 1;
        if (batch.problem(i) === undefined) fitting += 1;
      }
    }
  }
  if (columns < 2) return 0;
  const share = rows === 0 ? 1 : fitting / rows;
  return share * 10_000 + columns;
}

/** The last record of the head goes on beyond it. */
function isCutShort(batch: RecordBatch, i: number): boolean {
  return i === batch.count - 1 && batch.fieldEnd(i, batch.fieldCount(i) - 1) === batch.bytes.length;
}
