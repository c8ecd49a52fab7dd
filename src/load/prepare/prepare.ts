import { rm } from 'node:fs/promises';
import { Messages } from '@salesforce/core';
import { type OrgReads } from '../../bulk/orgReads.js';
import { type Input, openInput } from '../../input/input.js';
import { checkSource, type InputSource } from '../../input/open.js';
import { sourceBytes, sourceName, STDIN } from '../../input/rawSource.js';
import { type LoadAsked } from '../asked.js';
import { type LoadColumns, loadColumns } from './columns.js';
import { shownMapping } from './shownMapping.js';
import { cut } from './cut.js';
import { dropDuplicates } from './duplicates.js';
import { groupRows } from './groupRows.js';
import { inputHeader } from './inputRecord.js';
import { keyPrefixes } from '../../schema/describe.js';
import { type LoadRun } from '../loadRun.js';
import { type Prepared, writePrepared } from './prepared.js';
import { RowCheck } from './rowCheck.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

/** An input that can be loaded as far as its header tells: nothing of its rows was read yet. */
export type Opened = {
  readonly input: Input;
  readonly columns: LoadColumns;
  readonly prepared: Prepared;
  /** Missing where values are not checked. */
  readonly rowCheck?: RowCheck;
  /** Undefined where it can't be known. */
  readonly inputBytes?: number;
};

/**
 * Opens the input and holds its columns against the org, before there is any trace of a run. API calls: those of `loadColumns`, and one more for
 * `--validate full` where a column holds Ids of other objects.
 * @throws SfError for an input, a header or an object that can't be used; see `openInput` and `loadColumns`
 */
export async function openForLoad(asked: LoadAsked, org: OrgReads): Promise<Opened> {
  const sources = asked.files.map((path): InputSource => ({
    path,
    encoding: asked.encoding,
    format: asked.inputFormat
  }));
  for (const [at, source] of sources.entries()) {
    if (asked.files.indexOf(source.path) < at) throw messages.createError('fileTwice', [sourceName(source.path)]);
    await checkSource(source);
  }
  const input = await openInput(sources, asked.delimiter);
  const columns = await loadColumns(input, asked, org);
  const prepared: Prepared = {
    version: 1,
    inputHeader: inputHeader(input, columns.mapped),
    delimiter: input.delimiter,
    lineEnding: asked.lineEnding ?? 'LF',
    columns: columns.sent.map(({ field, describe }) => ({ name: field, type: describe?.type ?? 'unknown' })),
    keyColumn: columns.keyColumn,
    isKeyCaseSensitive: columns.isKeyCaseSensitive,
    externalId: columns.externalId,
    ...shownMapping(columns)
  };
  const rowCheck = await rowCheckOf(columns, asked, org);
  return {
    input,
    columns,
    prepared,
    rowCheck,
    inputBytes: input.rowCount === undefined ? await totalBytes(asked.files) : undefined
  };
}

/**
 * For a load that broke off before its input was read to the end: what came over standard input is gone, and what a resume has there is not it.
 * @throws SfError `StdinNotReadError`
 */
export function checkReadableAgain({ files, operation }: LoadAsked): void {
  if (files.includes(STDIN))
    throw messages.createError('stdinNotRead', [], [operation === 'hardDelete' ? 'delete' : operation]);
}

/** Prefixes of Ids cost an API call, so they are asked for only where a column holds Ids. */
async function rowCheckOf(columns: LoadColumns, asked: LoadAsked, org: OrgReads): Promise<RowCheck | undefined> {
  if (asked.validate !== 'full' || !columns.object) return undefined;
  const { keyPrefix, name } = columns.object;
  const hasReferences = columns.sent.some(({ describe }) => describe?.type === 'reference');
  const prefixes = new Map(hasReferences ? await keyPrefixes(org) : []);
  if (keyPrefix) prefixes.set(name, keyPrefix);
  const rowCheck = new RowCheck(columns, asked, prefixes);
  const unfit = rowCheck.constantProblem();
  if (unfit) throw messages.createError('constantUnfit', [unfit.value, unfit.field, unfit.reason]);
  return rowCheck;
}

/**
 * Reads the whole input and lays its rows into parts; when it returns, the input is not needed any more. What an earlier try that broke
 * off has left is removed first.
 * @throws what reading the input throws; the file system's errors; the signal's reason
 */
export async function prepare(
  { input, columns, prepared, rowCheck, inputBytes }: Opened,
  run: LoadRun,
  signal: AbortSignal
): Promise<void> {
  const { asked, partsDir, settledDir } = run;
  await Promise.all([partsDir, settledDir].map((directory) => rm(directory, { recursive: true, force: true })));
  const scanned = await cut(input, {
    columns,
    prepared,
    emptyAsNull: asked.emptyAsNull,
    rowCheck,
    plan: { partBytes: asked.partBytes, concurrency: asked.concurrency, inputBytes, inputRows: input.rowCount },
    partsDir,
    settledDir,
    onProgress: (rows, bytes) => run.emit({ type: 'scanning', rows, bytes, totalBytes: inputBytes }),
    signal
  });
  const { onDuplicate } = asked;
  const { parts, candidates } = scanned;
  const unique = await dropDuplicates({ parts, candidates, prepared, onDuplicate, partsDir, settledDir });
  const { groupColumn } = columns;
  const grouped =
    groupColumn === undefined
      ? unique.parts
      : await groupRows({ parts: unique.parts, column: groupColumn, prepared, plan: asked, partsDir });
  await writePrepared(run.directory, prepared);
  for (const message of [...columns.warnings, ...(rowCheck?.warnings() ?? [])])
    await run.emit({ type: 'warning', message });
  if (scanned.rows === 0) await run.emit({ type: 'warning', message: messages.getMessage('noRows') });
  if (scanned.skipped > 0)
    await run.emit({
      type: 'warning',
      message: messages.getMessage('emptyRows', [scanned.skipped, scanned.firstEmpty])
    });
  for (const part of grouped) await run.emit({ type: 'part-cut', ...part });
  await run.emit(
    {
      type: 'input-scanned',
      rows: scanned.rows,
      rejected: scanned.rejected + unique.rejected,
      skipped: scanned.skipped + unique.skipped,
      bytes: scanned.bytes,
      errors: [...scanned.errors, ...unique.errors],
      problems: scanned.problems,
      ...(input.files.length > 1 && { files: input.files })
    },
    { durable: true }
  );
}

async function totalBytes(files: readonly string[]): Promise<number | undefined> {
  let total = 0;
  for (const file of files) {
    const bytes = await sourceBytes(file);
    if (bytes === undefined) return undefined;
    total += bytes;
  }
  return total;
}
