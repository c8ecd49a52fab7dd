import { Messages } from '@salesforce/core';
import { type DelimiterName } from './delimiters.js';
import { formatOf } from './format.js';
import { joined } from './joined.js';
import { type JsonSource, openJson } from './json/jsonInput.js';
import { type InputSource } from './open.js';
import { type RecordBatch } from './recordBatch.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

/** What a file of an input has: its rows are those from `firstRow` on. */
export type InputFile = { readonly path: string; readonly firstRow: number; readonly rows: number };

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
  /** The files whose rows were pulled so far, in their order. */
  readonly files: readonly InputFile[];
  /** The rows after the header; their numbers begin at 1 and go on from file to file. */
  readonly batches: AsyncIterable<RecordBatch>;
};

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
  return joined(first, others, delimiter);
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
