import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { type Clock } from '../../bulk/clock.js';
import { PRIVATE_FILE, writeDurably } from '../../run/durably.js';
import { type OutputFile } from '../../run/exportEvents.js';
import { type RunRecord } from '../../run/run.js';
import { headerLine, pageFiles } from './assemble.js';
import { type ExportAsked } from '../asked.js';
import { type ExportRun } from '../exportRun.js';
import { hashFile } from './fileHash.js';
import { headerNames } from '../pages/header.js';
import { beginsWith } from './laidFile.js';
import { KnownRows } from '../query/since.js';
import { hasPages, landedPages, landedRows, type RangeWithPages } from '../state.js';
import { type Filing, manifestOf, manifestText } from './manifest.js';
import { besidePath, publish, type Sink } from './outputFile.js';
import { removeHigherChunks } from './outputPath.js';
import { writeOutput } from './writeOutput.js';
import { isThere } from '../../run/isThere.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

export type Delivering = {
  readonly run: ExportRun;
  readonly record: RunRecord;
  readonly asked: ExportAsked;
  readonly stdout: Sink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

export const MANIFEST = 'manifest.json';

/** Lays the pages of an export into its output and files the manifest. A file under its final name is whole. */
export async function deliver(delivering: Delivering): Promise<void> {
  const { run } = delivering;
  if (!run.state.whole || !(await areThere(run.state.whole.files))) await write(delivering);
  const { whole } = run.state;
  if (!whole) throw new Error('the output was not written');
  const manifests = whole.manifest === undefined ? [] : [whole.manifest];
  await publish([...whole.files.map(({ path }) => path), ...manifests]);
  await removeHigherChunks(delivering.asked.output, whole.files.length);
  await run.emitDurably({ type: 'output-written', ...whole });
}

/**
 * Has pages fetched again that are gone: removed when they were in the output, where that is gone, or was changed, since a process before
 * this one; or not to be found in the run directory. Without it, what is missing would be missing in the output too.
 */
export async function relistLost(run: ExportRun, { output }: Pick<ExportAsked, 'output'>): Promise<void> {
  const { laid, whole, ranges = [] } = run.state;
  if (whole && (await areThere(whole.files))) return;
  if (laid && (await beginsWith(besidePath(output.path), laid))) return;
  const reason = laid ? messages.getMessage('outputLost', [output.path]) : messages.getMessage('pagesLost');
  for (const range of ranges.filter(hasPages))
    if (laid || !(await hasAllFiles(range, run)))
      await run.emitDurably({ type: 'pages-relisted', range: range.range, reason });
}

async function hasAllFiles(range: RangeWithPages, run: ExportRun): Promise<boolean> {
  for (const [page] of landedPages(range)) if (!(await isThere(run.pagePath(range.range, page)))) return false;
  return true;
}

async function write({ run, record, asked, stdout, clock, signal }: Delivering): Promise<void> {
  const { output, columns } = asked;
  const names = await columnNames(run);
  const { since } = asked;
  const known = since?.from === undefined ? undefined : await KnownRows.read(run.directory);
  const files = await writeOutput({ run, output, columns, stdout, signal, known, keepsPages: since !== undefined });
  if (!output.mayOverwrite) await refuseTaken(files, output.manifest);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const dropped = known && landedRows(run.state) - rows;
  const filing: Filing = { record, asked, state: run.state, files, names, finishedMs: clock.now(), dropped };
  const own = join(run.directory, MANIFEST);
  await writeDurably(own, manifestText(manifestOf(filing, own)));
  if (output.manifest !== undefined)
    await writeFile(besidePath(output.manifest), manifestText(manifestOf(filing, output.manifest)), {
      mode: PRIVATE_FILE,
      flush: true
    });
  await run.emitDurably({ type: 'output-whole', files, rows, dropped, manifest: output.manifest });
}

/** The names of the result's columns. */
export async function columnNames(run: ExportRun): Promise<string[]> {
  return headerNames(await headerLine(pageFiles(run), run), run.asked.delimiter);
}

/** Whether files that were whole are still to be found, under their passing names or already under their final ones. */
async function areThere(files: readonly OutputFile[]): Promise<boolean> {
  for (const { path, sha256 } of files) {
    if (path === '-' || (await isThere(besidePath(path)))) continue;
    // An older file may stand under the name.
    if (!(await isThere(path)) || (await hashFile(path)).sha256 !== sha256) return false;
  }
  return true;
}

/** Somebody may have put a file there while the export went on. */
async function refuseTaken(files: readonly OutputFile[], manifest: string | undefined): Promise<void> {
  for (const path of [...files.map((file) => file.path), manifest])
    if (path !== undefined && path !== '-' && (await isThere(path))) throw messages.createError('outputTaken', [path]);
}
