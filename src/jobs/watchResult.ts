import { type JobShown, jobShown } from './jobResult.js';
import { type WatchStatus } from './fate.js';
import { onOrg } from '../run/onOrg.js';
import { type JobFate } from './watchJobs.js';

/** The `--json` result of `job watch`. */
export type WatchResult = {
  readonly status: WatchStatus;
  readonly jobs: ReadonlyArray<
    JobShown & { /** Whether the org does not know it any more. */ readonly isGone: boolean }
  >;
  /** Of all jobs together. */
  readonly rows: { readonly processed: number; readonly failed: number };
  readonly errors: ReadonlyArray<{ readonly code: string; readonly message: string; readonly count: number }>;
  readonly apiCalls: number;
  readonly durationMs: number;
  /** The command that continues, where jobs have not ended. */
  readonly next?: string;
};

type Seen = {
  readonly status: WatchStatus;
  readonly apiCalls: number;
  readonly durationMs: number;
  /** Whose org it is. */
  readonly username?: string;
};

export function watchResult(fates: readonly JobFate[], { status, apiCalls, durationMs, username }: Seen): WatchResult {
  const jobs = fates.map(({ job, isGone }) => ({ ...jobShown(job), isGone }));
  const sum = (of: (job: JobShown) => number): number => jobs.reduce((total, job) => total + of(job), 0);
  const isOver = status !== 'InProgress' && status !== 'Interrupted';
  return {
    status,
    jobs,
    rows: { processed: sum((job) => job.numberRecordsProcessed), failed: sum((job) => job.numberRecordsFailed) },
    errors: jobs.flatMap(({ id, errorMessage }) =>
      errorMessage === undefined ? [] : [{ code: id, message: errorMessage, count: 1 }]
    ),
    apiCalls,
    durationMs,
    next: isOver
      ? undefined
      : onOrg(`sf bulkops job watch ${jobs.map(({ id }) => `--job-id ${id}`).join(' ')}`, username)
  };
}
