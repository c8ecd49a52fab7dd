import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { type LoadAsked, type LoadSession } from '../../load/asked.js';
import { load, resumeLoad } from '../../load/load.js';
import { type LoadResult } from '../../load/loadResult.js';
import { type RunId } from '../../run/runId.js';
import { tableRows } from '../csvTable.js';
import { isThere } from '../../run/isThere.js';
import { id18 } from '../../bulk/recordId.js';
import { type CleanupRun } from './cleanupRun.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

export type Step = {
  readonly name: string;
  readonly operation: LoadAsked['operation'];
  readonly sobject: string;
  readonly externalId?: string;
  /** A CSV with a header. */
  readonly file: string;
  /** Columns that are not sent, and come back in the results. */
  readonly skipColumns?: readonly string[];
  /** Looked at only when the step begins. */
  readonly rows: number;
};

/** The service's limit of a job; a step is as large as it is. */
const PART_BYTES = 100_000_000;
const CONCURRENCY = 4;
const RETRIES = 5;

const SESSION: LoadSession = { isAsync: false, isDryRun: false };

/**
 * Carries a step out by a load of its own, or goes on with it; a step without rows, or one that is finished, does nothing. Rows that the org
 * refuses are in the load's failed.csv.
 * @throws SfError `StepStoppedError` when the load ended before all rows had their fate
 */
export async function runStep(run: CleanupRun, step: Step): Promise<void> {
  if (run.state.finished.has(step.name)) return;
  run.checkInterrupt();
  if (!run.state.started.has(step.name)) await run.emit({ type: 'step-starting', step: step.name, rows: step.rows });
  if (run.state.started.get(step.name) === 0) {
    await run.emit({ type: 'step-finished', step: step.name, succeeded: 0, failed: 0 });
    return;
  }
  const { status, rows } = await carryOut(run, step);
  if (status !== 'Success' && status !== 'PartialSuccess')
    throw messages.createError('stepStopped', [step.name, status], [run.record.runId]);
  await run.emit({
    type: 'step-finished',
    step: step.name,
    succeeded: rows.succeeded,
    failed: rows.failed + rows.rejected
  });
}

function carryOut(run: CleanupRun, step: Step): Promise<LoadResult> {
  const { world, record } = run;
  const directory = stepDir(run, step.name);
  // The report of the whole run tells of its steps.
  const loadWorld = { ...world, onEvent: world.onLoadEvent, onRun: () => undefined, writeReport: undefined };
  return isThere(join(directory, 'run.json')).then((hasBegun) =>
    hasBegun
      ? resumeLoad(directory, SESSION, loadWorld)
      : load(
          {
            ...record,
            runId: `${record.runId}-${step.name}` as RunId,
            partOf: record.runId,
            command: step.operation,
            asked: loadAsked(step)
          },
          directory,
          SESSION,
          loadWorld
        )
  );
}

function loadAsked({ operation, sobject, externalId, file, skipColumns = [] }: Step): LoadAsked {
  return {
    operation,
    sobject,
    externalId,
    files: [file],
    delimiter: 'COMMA',
    lineEnding: 'LF',
    map: [],
    skipColumns: [...skipColumns],
    emptyAsNull: false,
    validate: 'header',
    onDuplicate: 'reject',
    partBytes: PART_BYTES,
    concurrency: CONCURRENCY,
    retries: RETRIES,
    results: 'all',
    resendUnknown: false
  };
}

export function stepDir(run: Pick<CleanupRun, 'path'>, name: string): string {
  return run.path('steps', name);
}

/** The Ids of a finished step's rows that succeeded. */
export async function succeededIds(run: Pick<CleanupRun, 'path'>, step: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const [id = ''] of tableRows(join(stepDir(run, step), 'success.csv'), ['sf__Id'])) ids.add(id18(id));
  return ids;
}

/** The Ids that a step was about and that did not succeed, and why. */
export async function failedIds(run: Pick<CleanupRun, 'path'>, step: string): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (const file of ['failed.csv', 'unaccounted.csv', 'skipped.csv'])
    for await (const [id = '', error = ''] of tableRows(join(stepDir(run, step), file), ['Id', 'sf__Error']))
      failed.set(id18(id), error);
  return failed;
}
