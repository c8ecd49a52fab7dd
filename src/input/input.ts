import { Messages } from '@salesforce/core';
import { firstBytes, rejoin } from './chunks.js';
import { columnKey } from './columnName.js';
import { type DelimiterName } from './delimiters.js';
import { detectDialect, HEAD_BYTES } from './dialect.js';
import { formatOf } from './format.js';
import { type JsonSource, openJson } from './json/jsonInput.js';
import { type InputSource, openSource } from './open.js';
import { isReadOnce, sourceName } from './rawSource.js';
import { type RecordBatch, type RecordProblem, scanRecords } from './records.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

/** An input whose header was read: its rows are pulled from `batches`, which can be done once. */
export type Input = {
  readonly delimiter: DelimiterName;
  /** The names of the columns; none where JSON has no records. The last ones may have none, as Excel writes empty columns: no row has a value there. */
  readonly header: readonly string[];
  /** The header's bytes as the file has them, without row end. */
  readonly headerRecord: Buffer;
  /** How many rows there are; undefined where that is not known before they are read. */
  readonly rowCount?: number;
  /** Names, in lower case, of the columns of JSON in which nothing but null stands. */
  readonly nulls?: ReadonlySet<string>;
  /** The rows after the header; their numbers begin at 1 and go on from file to file. */
  readonly batches: AsyncIterable<RecordBatch>;
};

/** The service's own limit (BULK_API §3). */
const MOST_COLUMNS = 5000;

/**
 * Opens sources as one input: CSV, or JSON in any of its forms.
 * @param delimiter of CSV, else found out; results of JSON have it too
 * @throws SfError `FormatsDifferError`, `LooksLikeJsonError`, what `openJson` throws, `FileEmptyError`, `NoNamesError`, `BlankColumnError`, `DuplicateColumnError`, `HeaderBrokenError`, `HeadersDifferError`, and what `openSource` throws; while
 * rows are pulled also `UnclosedQuoteError` and `NoRowEndError`
 */
export async function openInput(sources: readonly InputSource[], delimiter?: DelimiterName): Promise<Input> {
  const [first, ...others] = sources;
  if (!first) throw new Error('no source was given');
  const formatted = sources.map((source) => ({ ...source, format: source.format ?? formatOf(source.path) }));
  const json = formatted.filter(isJson);
  const csv = formatted.find((source) => !isJson(source));
  if (json[0] && csv)
    throw messages.createError('formatsDiffer', [csv.path, 'CSV', json[0].path, json[0].format.toUpperCase()]);
  if (json.length > 0) return openJson(json, delimiter);
  const opened = await openCsv(first, delimiter);
  const headed = { path: first.path, header: opened.header };
  try {
    for (const source of others)
      if (!(await isReadOnce(source.path))) await checkBefore(source, headed, opened.delimiter);
  } catch (error) {
    await opened.rows.return(undefined);
    throw error;
  }
  return {
    delimiter: opened.delimiter,
    header: opened.header,
    headerRecord: opened.headerRecord,
    batches: allRows(opened, first.path, others)
  };
}

/**
 * The names of the columns alone.
 * @throws what `openInput` throws
 */
export async function headerOf(sources: readonly InputSource[]): Promise<readonly string[]> {
  const { header, batches } = await openInput(sources);
  // A reading that was begun closes the file when it ends.
  const reading = batches[Symbol.asyncIterator]();
  await reading.next();
  await reading.return?.();
  return header;
}

function isJson(source: InputSource): source is JsonSource {
  return source.format !== undefined && source.format !== 'csv';
}

type OpenedCsv = Omit<Input, 'batches'> & { readonly rows: AsyncGenerator<RecordBatch> };

async function openCsv(source: InputSource, delimiter?: DelimiterName): Promise<OpenedCsv> {
  const chunks = openSource(source);
  const head = await firstBytes(chunks, HEAD_BYTES);
  if (BEGINS_LIKE_JSON.test(head.toString('latin1', 0, 200)))
    throw messages.createError('looksLikeJson', [sourceName(source.path)]);
  const dialect = await detectDialect(head, delimiter);
  const rows = scanRecords(rejoin(head.subarray(dialect.skip), chunks), {
    delimiter: dialect.delimiter,
    hasNames: true
  });
  const first = await rows.next();
  if (first.done) throw messages.createError('fileEmpty', [sourceName(source.path)]);
  const batch = first.value;
  const problem = batch.problem(0);
  if (problem) throw messages.createError('headerBroken', [headerProblem(problem)]);
  const header = batch.values(0);
  checkHeader(header);
  return { delimiter: dialect.delimiter, header, headerRecord: Buffer.from(batch.record(0)), rows };
}

/** What is wrong with a header, as its reason. */
function headerProblem(problem: RecordProblem): string {
  switch (problem) {
    case 'stray-quote':
      return messages.getMessage('header.strayQuote');
    case 'text-after-quote':
      return messages.getMessage('header.textAfterQuote');
    case 'unclosed-quote':
      return messages.getMessage('header.unclosedQuote');
    default:
      return messages.getMessage('header.tooLong');
  }
}

/** A list of objects, or an object with a name in quotes; no header of ours does. */
const BEGINS_LIKE_JSON = /^\s*(?:\[\s*)?\{\s*"[^"]*"\s*:/;

function checkHeader(header: readonly string[]): void {
  if (header.length > MOST_COLUMNS)
    throw messages.createError('headerBroken', [messages.getMessage('header.tooMany', [header.length, MOST_COLUMNS])]);
  const keys = header.map(columnKey);
  const named = keys.findLastIndex((key) => key !== '') + 1;
  if (named === 0) throw messages.createError('noNames');
  const placeOf = new Map<string, number>();
  for (const [index, key] of keys.slice(0, named).entries()) {
    if (key === '') throw messages.createError('blankColumn', [index + 1]);
    const before = placeOf.get(key);
    if (before !== undefined) throw messages.createError('duplicateColumn', [header[index], before + 1, index + 1]);
    placeOf.set(key, index);
  }
}

async function* allRows(
  first: OpenedCsv,
  firstPath: string,
  others: readonly InputSource[]
): AsyncGenerator<RecordBatch> {
  let before = yield* numbered(first.rows, firstPath, 0);
  for (const source of others) {
    const next = await openCsv(source, first.delimiter);
    checkSameHeader({ path: firstPath, header: first.header }, { path: source.path, header: next.header });
    before = yield* numbered(next.rows, source.path, before);
  }
}

/** Passes rows on, renumbered to follow `before` others; returns how many there are now. */
async function* numbered(
  rows: AsyncGenerator<RecordBatch>,
  path: string,
  before: number
): AsyncGenerator<RecordBatch, number> {
  let count = before;
  for await (const batch of rows) {
    batch.firstNumber = count + 1;
    const problem = batch.problem(batch.count - 1);
    const row = batch.firstNumber + batch.count - 1;
    if (problem === 'unclosed-quote') throw messages.createError('unclosedQuote', [row], [row, sourceName(path)]);
    if (problem === 'no-row-end') throw messages.createError('noRowEnd', [row], [row, sourceName(path)]);
    count += batch.count;
    yield batch;
  }
  return count;
}

/** A file whose header is another one is known before anything is begun. */
async function checkBefore(source: InputSource, first: NamedHeader, delimiter: DelimiterName): Promise<void> {
  const { header, rows } = await openCsv(source, delimiter);
  await rows.return(undefined);
  checkSameHeader(first, { path: source.path, header });
}

type NamedHeader = { readonly path: string; readonly header: readonly string[] };

function checkSameHeader(first: NamedHeader, other: NamedHeader): void {
  for (let index = 0; index < Math.max(first.header.length, other.header.length); index += 1) {
    const there = first.header[index] ?? '';
    const here = other.header[index] ?? '';
    if (columnKey(there) !== columnKey(here))
      throw messages.createError('headersDiffer', [
        sourceName(other.path),
        sourceName(first.path),
        index + 1,
        there,
        here
      ]);
  }
}
