import { Messages } from '@salesforce/core';
import { checkSameColumns, hasSameColumns } from './columnSet.js';
import { type Expected, openCsv, type OpenedCsv } from './csvFile.js';
import { type DelimiterName } from './delimiters.js';
import { type Input, type InputFile } from './input.js';
import { type InputSource } from './open.js';
import { isReadOnce, sourceName } from './rawSource.js';
import { isSameLayout, Recast } from './recast.js';
import { type RecordBatch } from './recordBatch.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

/**
 * Opens CSVs as one input, in which all rows lie as those of the first file do: with its delimiter and the order of its columns. A file with other columns
 * is known before any row is read, unless it can be read but once.
 * @throws what `openCsv` throws, `HeadersDifferError`; while rows are pulled also `UnclosedQuoteError` and `NoRowEndError`
 */
export async function joined(
  source: InputSource,
  others: readonly InputSource[],
  delimiter: DelimiterName | undefined
): Promise<Input> {
  const first = await openCsv(source, { delimiter });
  const expected: Expected = {
    delimiter,
    first: delimiter
      ? undefined
      : { delimiter: first.delimiter, fits: (header) => hasSameColumns(first.header, header) }
  };
  try {
    for (const other of others)
      if (!(await isReadOnce(other.path))) await (await openSame(first, other, expected)).rows.return(undefined);
  } catch (error) {
    await first.rows.return(undefined);
    throw error;
  }
  const files: InputFile[] = [];
  return {
    delimiter: first.delimiter,
    header: first.header,
    headerRecord: first.headerRecord,
    files,
    batches: allRows(first, others, { expected, files })
  };
}

async function openSame(first: OpenedCsv, source: InputSource, expected: Expected): Promise<OpenedCsv> {
  const opened = await openCsv(source, expected);
  try {
    checkSameColumns(first, opened);
    return opened;
  } catch (error) {
    await opened.rows.return(undefined);
    throw error;
  }
}

async function* allRows(
  first: OpenedCsv,
  others: readonly InputSource[],
  { expected, files }: { readonly expected: Expected; readonly files: InputFile[] }
): AsyncGenerator<RecordBatch> {
  let before = yield* numbered(first, 0);
  files.push({ path: first.path, firstRow: 1, rows: before });
  for (const source of others) {
    const next = await openSame(first, source, expected);
    const recast = isSameLayout(next, first) ? undefined : new Recast(next, first);
    const count = yield* numbered(next, before, recast);
    files.push({ path: source.path, firstRow: before + 1, rows: count - before });
    before = count;
  }
}

/** Passes rows on, renumbered to follow `before` others; returns how many there are now. */
async function* numbered(
  { path, rows }: OpenedCsv,
  before: number,
  recast?: Recast
): AsyncGenerator<RecordBatch, number> {
  let count = before;
  for await (const batch of rows) {
    batch.firstNumber = count + 1;
    const problem = batch.problem(batch.count - 1);
    const last = batch.firstNumber + batch.count - 1;
    if (problem === 'unclosed-quote') throw messages.createError('unclosedQuote', placeOf(path, last, before));
    if (problem === 'no-row-end') throw messages.createError('noRowEnd', placeOf(path, last, before));
    count += batch.count;
    yield recast?.take(batch) ?? batch;
  }
  return count;
}

/** A row by its number in its file, and by that over all files where it is another one. */
function placeOf(path: string, row: number, before: number): [place: string] {
  const [key, tokens] = before === 0 ? ['rowOfFile', []] : ['rowOfAll', [row]];
  return [messages.getMessage(key, [row - before, sourceName(path), ...tokens])];
}
