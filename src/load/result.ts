import { STDIN } from '../input/rawSource.js';
import { type OpenRun } from '../run/run.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { type LoadAsked } from './asked.js';
import { type LoadJob, type LoadResult, type LoadRows, type LoadStatus } from './loadResult.js';
import { type Prepared } from './prepare/prepared.js';
import { fatesSoFar, isOver, jobIdOf, type LoadState, type PartState } from './state.js';

/** How the process came to its end, beside what the load itself has come to. */
export type Ended = 'by-itself' | 'async' | 'wait' | 'interrupt' | 'limit' | 'dry-run';

export type Summing = {
  readonly run: Pick<OpenRun<LoadEvent>, 'record' | 'directory'>;
  readonly asked: LoadAsked;
  readonly state: LoadState;
  readonly prepared: Pick<Prepared, 'externalId' | 'mapping' | 'constants'>;
  readonly ended: Ended;
  readonly nowMs: number;
};

/**
 * The `--json` result of a load, folded from its events.
 * @throws Error when the rows of a finished load do not add up (a defect of ours, and the one that must never pass)
 */
export function loadResult({ run, asked, state, prepared, ended, nowMs }: Summing): LoadResult {
  const { record, directory } = run;
  const rows = loadRows(state, ended);
  const status = loadStatus(state, rows, ended);
  return {
    runId: record.runId,
    runDir: directory,
    status,
    operation: asked.operation,
    sobject: asked.sobject,
    externalId: prepared.externalId,
    org: { id: record.org.id, username: record.org.username },
    rows,
    inputs: state.scanned?.files,
    jobs: loadJobs(state),
    errors: [...state.errors.values()].sort((a, b) => b.count - a.count),
    problems: state.problems,
    mapping: prepared.mapping,
    constants: prepared.constants,
    warnings: state.stopping ? [...state.warnings, state.stopping.message] : state.warnings,
    apiCalls: state.apiCalls,
    durationMs: nowMs - Date.parse(record.startedAt),
    files: state.files ?? {},
    next: canGoOn(status, state, asked) ? `sf bulkops resume --run-id ${record.runId}` : undefined
  };
}

function loadStatus(state: LoadState, rows: LoadRows, ended: Ended): LoadStatus {
  if (ended === 'interrupt') return 'Interrupted';
  if (ended === 'dry-run') return 'Checked';
  if (state.stopping?.reason === 'job-refused') return 'Failed';
  if (state.stopping ?? ended === 'limit') return 'Stopped';
  if (ended !== 'by-itself') return 'InProgress';
  if (rows.unaccounted > 0) return 'Failed';
  return rows.failed + rows.rejected > 0 ? 'PartialSuccess' : 'Success';
}

function loadRows(state: LoadState, ended: Ended): LoadRows {
  const fates = fatesSoFar(state);
  const parts = [...state.parts.values()];
  const isEnded = ended === 'by-itself';
  const { rows: read = 0, rejected = 0, skipped = 0 } = state.scanned ?? {};
  const unsent = sum(parts.filter((part) => part.at !== 'settled'));
  const rows: LoadRows = {
    read,
    rejected,
    submitted: sum(parts.filter((part) => part.attempt === 0 && wasSubmitted(part))),
    succeeded: fates.succeeded,
    created: fates.created,
    updated: fates.succeeded - fates.created,
    failed: fates.failed + (isEnded ? fates.toRetry : 0),
    retried: sum(parts.filter((part) => part.attempt === 1 && wasSubmitted(part))),
    skipped: skipped + (isEnded ? unsent : 0),
    unaccounted: fates.unaccounted
  };
  const accounted = rows.succeeded + rows.failed + rows.rejected + rows.skipped + rows.unaccounted;
  if (isEnded && accounted !== read)
    throw new Error(`the rows do not add up: ${read} were read, ${accounted} are accounted for`);
  return rows;
}

function wasSubmitted(part: PartState): boolean {
  return part.at === 'submitted' || part.at === 'completing' || (part.at === 'settled' && part.jobId !== undefined);
}

function sum(parts: readonly PartState[]): number {
  return parts.reduce((rows, part) => rows + part.rows, 0);
}

function loadJobs(state: LoadState): LoadJob[] {
  const jobs: LoadJob[] = [];
  for (const [number, part] of state.parts) {
    const id = jobIdOf(part);
    if (!id) continue;
    const progress = part.at === 'submitted' || part.at === 'settled' ? part.job : undefined;
    const retried = part.from[0] === undefined ? undefined : state.parts.get(part.from[0]);
    const failed = part.at === 'settled' ? part.fates.failed + part.fates.toRetry : (progress?.failed ?? 0);
    jobs.push({
      id,
      state: progress?.state ?? (part.at === 'open' ? 'Open' : 'UploadComplete'),
      part: number,
      rows: part.rows,
      succeeded: part.at === 'settled' ? part.fates.succeeded : Math.max((progress?.processed ?? 0) - failed, 0),
      failed,
      attempt: part.attempt > 0 ? part.attempt : undefined,
      retryOf: retried && jobIdOf(retried),
      errorMessage: whyEnded(part)
    });
  }
  return jobs;
}

/** What the org said of the end of a job, or that it says nothing any more. */
function whyEnded(part: PartState): string | undefined {
  if (part.at !== 'submitted' && part.at !== 'settled') return undefined;
  return part.job?.errorMessage ?? (part.at === 'settled' && part.isGone ? 'the job is gone from the org' : undefined);
}

function canGoOn(status: LoadStatus, state: LoadState, { files }: LoadAsked): boolean {
  // Standard input can't be read a second time.
  if (!state.scanned && files.includes(STDIN)) return false;
  return status === 'InProgress' || status === 'Interrupted' || (status === 'Stopped' && !isOver(state));
}
