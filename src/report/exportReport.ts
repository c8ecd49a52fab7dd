import { join } from 'node:path';
import { exportAsked } from '../export/asked.js';
import { type ExportResult } from '../export/exportResult.js';
import { writeDurably } from '../run/durably.js';
import { type ExportEvent } from '../run/exportEvents.js';
import { readJournal } from '../run/journal.js';
import { type RunRecord } from '../run/run.js';
import { exportTimeline } from './exportTimeline.js';
import { exportPage, type ExportStory } from './html/exportPage.js';

/**
 * Writes report.html of an export into its run directory, folded from the journal with all processes that worked on it.
 * @returns the path
 * @throws the file system's errors
 */
export async function writeExportReport(record: RunRecord, directory: string, result: ExportResult): Promise<string> {
  const story: ExportStory = {
    record,
    asked: exportAsked(record.asked),
    result,
    timeline: exportTimeline(await readJournal<ExportEvent>(directory), Date.parse(record.startedAt)),
    files: filesOf(result)
  };
  const path = join(directory, 'report.html');
  await writeDurably(path, exportPage(story));
  return path;
}

/** The output lies where the user wanted it, and was hashed while it was written. */
function filesOf({ files, format }: ExportResult): ExportStory['files'] {
  return files.output.map(({ path, rows, bytes, sha256 }) => ({
    name: path === '-' ? 'standard output' : path,
    what: `rows, as ${format}`,
    isElsewhere: true,
    rows,
    bytes,
    sha256
  }));
}
