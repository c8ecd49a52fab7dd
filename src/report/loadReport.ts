import { basename, join } from 'node:path';
import { DELIMITERS } from '../input/delimiters.js';
import { loadAsked } from '../load/asked.js';
import { type LoadResult } from '../load/loadResult.js';
import { readPrepared } from '../load/prepare/prepared.js';
import { writeDurably } from '../run/durably.js';
import { readJournal } from '../run/journal.js';
import { type LoadEvent, type LoadFiles, type LoadFileSums } from '../run/loadEvents.js';
import { type RunRecord } from '../run/run.js';
import { type ExampleRow, exampleRows } from './exampleRows.js';
import { fileFacts } from './fileFacts.js';
import { loadPage, type LoadStory } from './html/loadPage.js';
import { loadTimeline } from './loadTimeline.js';

/**
 * Writes report.html of a load into its run directory, folded from the journal with all processes that worked on it. Its size is bounded
 * by what a page shows.
 * @returns the path
 * @throws the file system's errors
 */
export async function writeLoadReport(record: RunRecord, directory: string, result: LoadResult): Promise<string> {
  const entries = await readJournal<LoadEvent>(directory);
  const events = entries.map(({ event }) => event);
  const story: LoadStory = {
    record,
    asked: loadAsked(record.asked),
    result,
    timeline: loadTimeline(entries, Date.parse(record.startedAt)),
    files: await filesOf(result.files, sumsIn(events)),
    examples: await examplesOf(result, directory),
    apiUsage: usageOf(events)
  };
  const path = join(directory, 'report.html');
  await writeDurably(path, loadPage(story));
  return path;
}

const WHAT: Readonly<Record<keyof Omit<LoadFiles, 'report'>, string>> = {
  success: 'rows that succeeded, with their Ids',
  failed: 'rows that failed or were rejected, to be mended and loaded again',
  skipped: 'rows that were not sent',
  unaccounted: 'rows of which the org says nothing'
};

/** A run of an earlier version has none, and its files are read for them. */
function sumsIn(events: readonly LoadEvent[]): LoadFileSums {
  const last = events.findLast((event) => event.type === 'results-written');
  return last?.sums ?? {};
}

async function filesOf(files: LoadFiles, sums: LoadFileSums): Promise<LoadStory['files']> {
  const found: Array<LoadStory['files'][number]> = [];
  for (const kind of ['failed', 'unaccounted', 'success', 'skipped'] as const) {
    const path = files[kind];
    const sum = sums[kind];
    if (path === undefined) continue;
    found.push({ ...(sum ? { name: basename(path), ...sum } : await fileFacts(path)), what: WHAT[kind] });
  }
  return found;
}

async function examplesOf(
  { files, rows }: LoadResult,
  directory: string
): Promise<ReadonlyMap<string, readonly ExampleRow[]>> {
  if (files.failed === undefined || rows.failed + rows.rejected === 0) return new Map();
  return exampleRows(files.failed, DELIMITERS[(await readPrepared(directory)).delimiter]);
}

function usageOf(events: readonly LoadEvent[]): LoadStory['apiUsage'] {
  const last = events.findLast((event) => event.type === 'calls-counted');
  return last?.orgUsed === undefined || last.orgMax === undefined
    ? undefined
    : { used: last.orgUsed, max: last.orgMax };
}
