import { Messages } from '@salesforce/core';
import { columnKey } from '../columnName.js';
import { DELIMITERS, type DelimiterName } from '../delimiters.js';
import { encodeRecord } from '../encode.js';
import { type InputFormat } from '../format.js';
import { type Input, type InputFile } from '../input.js';
import { type InputSource, openSource } from '../open.js';
import { sourceName } from '../rawSource.js';
import { type JsonProblem, type RecordBatch } from '../recordBatch.js';
import { ColumnUnion, type JsonColumns } from './columns.js';
import { flatRecord, NoRecord } from './flatten.js';
import { RecordRows } from './recordRows.js';
import { spooled } from './spool.js';
import { documentTexts, lineTexts, type RecordText } from './texts.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

export type JsonSource = InputSource & { readonly format: Exclude<InputFormat, 'csv'> };

/** Where it lies for both readings, and what messages call it. */
type NamedSource = JsonSource & { readonly given: string; readonly name: string };

/**
 * Opens JSON sources as one input. Records need not have the same members, so all are read once for their columns and again for their values, in
 * memory that does not grow; standard input is kept in a temporary file for that. The rows are CSV, as their results will be.
 * @throws SfError `JsonNothingError` when there are records and none can be read, `BlankColumnError`, and what `documentTexts` and `openSource` throw
 */
export async function openJson(given: readonly JsonSource[], delimiter: DelimiterName = 'COMMA'): Promise<Input> {
  const sources: NamedSource[] = [];
  for (const source of given)
    sources.push({ ...source, ...(await spooled(source)), given: source.path, name: sourceName(source.path) });
  const union = new ColumnUnion();
  let rowCount = 0;
  let firstProblem: JsonProblem | undefined;
  for (const source of sources)
    for await (const text of recordTexts(source)) {
      rowCount += 1;
      const record = recordOf(text);
      if (typeof record === 'string') firstProblem ??= record;
      else union.add(record);
    }
  const columns = union.columns();
  const nameless = columns.header.findIndex((name) => columnKey(name) === '');
  if (nameless >= 0) throw messages.createError('blankColumn', [nameless + 1]);
  if (columns.header.length === 0 && rowCount > 0) {
    const paths = sources.map(({ name }) => name).join(', ');
    throw messages.createError('jsonNothing', [
      paths,
      rowCount,
      messages.getMessage(REASONS[firstProblem ?? 'no-members'])
    ]);
  }
  const files: InputFile[] = [];
  return {
    delimiter,
    files,
    header: columns.header,
    headerRecord: Buffer.from(encodeRecord(columns.header, DELIMITERS[delimiter])),
    rowCount,
    nulls: columns.nulls,
    batches: rows(sources, columns, { delimiter, files })
  };
}

const REASONS: Readonly<Record<JsonProblem | 'no-members', string>> = {
  'no-record': 'json.noRecord',
  'name-twice': 'json.nameTwice',
  'unsendable-text': 'json.unsendableText',
  'no-members': 'json.noMembers'
};

async function* rows(
  sources: readonly NamedSource[],
  columns: JsonColumns,
  { delimiter, files }: { readonly delimiter: DelimiterName; readonly files: InputFile[] }
): AsyncGenerator<RecordBatch> {
  const into = new RecordRows(columns.header.length, DELIMITERS[delimiter]);
  let count = 0;
  for (const source of sources) {
    const before = count;
    for await (const text of recordTexts(source)) {
      const values = valuesOf(text, columns, source.name);
      if (into.isFull) yield into.take();
      if (typeof values === 'string') into.addBroken(text.bytes.subarray(text.start, text.end), values);
      else into.addRow(values);
      count += 1;
    }
    files.push({ path: source.given, firstRow: before + 1, rows: count - before });
  }
  if (into.count > 0) yield into.take();
}

function recordTexts(source: NamedSource): AsyncGenerator<RecordText> {
  const chunks = openSource(source);
  return source.format === 'json' ? documentTexts(chunks, source.name) : lineTexts(chunks, source.name);
}

/** What is wrong with a text that is no record; its row is rejected when its turn comes. */
function recordOf({ bytes, start, end }: RecordText): ReturnType<typeof flatRecord> | JsonProblem {
  try {
    return flatRecord(bytes.toString('utf8', start, end));
  } catch (error) {
    if (error instanceof NoRecord) return error.problem;
    throw error;
  }
}

function valuesOf(text: RecordText, columns: JsonColumns, path: string): string[] | JsonProblem {
  const record = recordOf(text);
  if (typeof record === 'string') return record;
  try {
    return columns.values(record) ?? 'name-twice';
  } catch {
    throw messages.createError('inputChanged', [path]);
  }
}
