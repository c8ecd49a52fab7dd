import { join } from 'node:path';
import { fold, NOTHING_DONE } from '../cleanup/apply/cleanupRun.js';
import { type CleanupResult, isUndo } from '../cleanup/cleanupResult.js';
import { isThere } from '../run/isThere.js';
import { readPlanRecord } from '../cleanup/plan/planFiles.js';
import { type LoadResult } from '../load/loadResult.js';
import { writtenLoadResult } from '../load/writtenResult.js';
import { type CleanupEvent, type CleanupStepName } from '../run/cleanupEvents.js';
import { writeDurably } from '../run/durably.js';
import { readJournal } from '../run/journal.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { type RunRecord } from '../run/run.js';
import { cleanupErrors } from './cleanupErrors.js';
import { cleanupFiles } from './cleanupFiles.js';
import { cleanupTimeline } from './cleanupTimeline.js';
import { fieldsWritten } from './fieldsWritten.js';
import { cleanupPage, type CleanupStory } from './html/cleanupPage.js';
import { leftAlone } from './leftAlone.js';
import { readEntries, viewRun } from './runView.js';

/**
 * Writes report.html of an apply or an undo into its run directory, folded from its journal and those of its steps. Its size is bounded by
 * what a page shows; its time is that of reading the files of the run once, for their hashes.
 * @returns the path
 * @throws the file system's errors
 */
export async function writeCleanupReport(record: RunRecord, directory: string, result: CleanupResult): Promise<string> {
  const entries = await readJournal<CleanupEvent>(directory);
  const events = entries.map(({ event }) => event);
  const { started } = events.reduce(fold, NOTHING_DONE);
  const steps = await stepResults(directory, [...started.keys()]);
  const journals = new Map<CleanupStepName, Awaited<ReturnType<typeof readEntries<LoadEvent>>>>();
  for (const step of steps.keys()) journals.set(step, await readEntries<LoadEvent>(stepPath(directory, step)));
  const { skipped } = result.files;
  const story: CleanupStory = {
    record,
    result,
    plan: isUndo(result) || !events.some(({ type }) => type === 'plan-taken') ? undefined : await planOf(directory),
    events,
    steps,
    timeline: cleanupTimeline(entries, journals, Date.parse(record.startedAt)),
    leftAlone: skipped === undefined ? { groups: [], others: 0 } : await leftAlone(skipped),
    errors: await cleanupErrors(steps, events),
    fields: await fieldsWritten(directory, steps),
    files: await cleanupFiles(directory, result, steps)
  };
  const path = join(directory, 'report.html');
  await writeDurably(path, cleanupPage(story));
  return path;
}

/** What the loads of these steps have come to, as far as they have begun. */
async function stepResults(
  directory: string,
  steps: readonly CleanupStepName[]
): Promise<ReadonlyMap<CleanupStepName, LoadResult>> {
  const results = new Map<CleanupStepName, LoadResult>();
  for (const step of steps) {
    const path = stepPath(directory, step);
    // A step without rows has no load.
    if (!(await isThere(join(path, 'run.json')))) continue;
    const result = writtenLoadResult((await viewRun(path, Date.now())).summary);
    if (result) results.set(step, result);
  }
  return results;
}

function stepPath(directory: string, step: CleanupStepName): string {
  return join(directory, 'steps', step);
}

async function planOf(directory: string): Promise<CleanupStory['plan']> {
  const { snapshotAt, definition } = await readPlanRecord(join(directory, 'plan'));
  return { snapshotAt: snapshotAt ?? undefined, children: definition.children, onLoser: definition['on-loser'] };
}
