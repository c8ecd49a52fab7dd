import { Readable } from 'node:stream';
import { Messages } from '@salesforce/core';
import { firstBytes, rejoin } from './chunks.js';
import { columnKey } from './columnName.js';
import { type DelimiterName } from './delimiters.js';
import { detectDialect, HEAD_BYTES } from './dialect.js';
import { type InputSource, openSource } from './open.js';
import { sourceName } from './rawSource.js';
import { type RecordBatch, type RecordProblem } from './recordBatch.js';
import { scanRecords } from './records.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

/** A CSV whose header was read. */
export type OpenedCsv = {
  readonly path: string;
  readonly delimiter: DelimiterName;
  readonly header: readonly string[];
  /** The header's bytes, without row end. */
  readonly headerRecord: Buffer;
  /** The rows after the header, numbered from 1. */
  readonly rows: AsyncGenerator<RecordBatch>;
};

/** The service's own limit (BULK_API §3). */
const MOST_COLUMNS = 5000;

export type Expected = {
  /** The delimiter that was asked for. */
  readonly delimiter?: DelimiterName;
  /** Tried before others are: whether this is the right one is told by the header that comes of it. */
  readonly first?: { readonly delimiter: DelimiterName; readonly fits: (header: readonly string[]) => boolean };
};

/**
 * Opens one CSV.
 * @throws SfError `LooksLikeJsonError`, `FileEmptyError`, `NoNamesError`, `BlankColumnError`, `DuplicateColumnError`, `HeaderBrokenError`, and what `openSource` throws
 */
export async function openCsv(source: InputSource, expected: Expected = {}): Promise<OpenedCsv> {
  const chunks = openSource(source);
  const head = await firstBytes(chunks, HEAD_BYTES);
  if (BEGINS_LIKE_JSON.test(head.toString('latin1', 0, 200)))
    throw messages.createError('looksLikeJson', [sourceName(source.path)]);
  const found = await detectDialect(head, expected.delimiter);
  const delimiter = (await expectedDelimiter(head.subarray(found.skip), expected)) ?? found.delimiter;
  const rows = scanRecords(rejoin(head.subarray(found.skip), chunks), { delimiter, hasNames: true });
  const first = await rows.next();
  if (first.done) throw messages.createError('fileEmpty', [sourceName(source.path)]);
  const batch = first.value;
  const problem = batch.problem(0);
  if (problem) throw messages.createError('headerBroken', [headerProblem(problem)]);
  const header = batch.values(0);
  checkHeader(header);
  return { path: source.path, delimiter, header, headerRecord: Buffer.from(batch.record(0)), rows };
}

async function expectedDelimiter(head: Buffer, { first }: Expected): Promise<DelimiterName | undefined> {
  if (!first) return undefined;
  const scanned = await scanRecords(Readable.from([head]), { delimiter: first.delimiter }).next();
  return !scanned.done && first.fits(scanned.value.values(0)) ? first.delimiter : undefined;
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
