import { type JobInfo } from '../bulk/job.js';
import { rowError } from '../bulk/rowError.js';
import { type RowErrorCount, type StopReason } from '../run/loadEvents.js';
import { type LoadAsked } from './asked.js';
import { jobFailure } from './send/jobFailure.js';
import { fatesSoFar, type LoadState } from './state.js';

export type Judged = {
  readonly state: LoadState;
  readonly asked: Pick<LoadAsked, 'maxFailures'>;
  /** The job whose part was just settled, and the errors of its rows. */
  readonly job?: JobInfo;
  readonly errors: readonly RowErrorCount[];
};

/** Fewer rows than these prove nothing about those to come. */
const ROWS_THAT_TELL = 200;

/** Why a load should go no further after the part that was just settled; undefined when it should. */
export function stopReason({ state, asked, job, errors }: Judged): { reason: StopReason; message: string } | undefined {
  const { failed, unaccounted } = fatesSoFar(state);
  if (job && job.state === 'Failed') {
    const failure = jobFailure(job);
    if (failure.class === 'quota') return { reason: 'quota', message: failure.message };
    // What the org refuses as a whole it refuses for what all parts share: the header, the object, the rights.
    if (failure.class === 'permanent' && job.numberRecordsProcessed === 0)
      return { reason: 'job-refused', message: failure.message };
  }
  const most = mostFailures(asked.maxFailures, state.scanned?.rows ?? 0);
  const failures = failed + unaccounted - (state.failuresAccepted ?? 0);
  if (most !== undefined && failures > most)
    return {
      reason: 'max-failures',
      message: `${failures} rows failed${state.failuresAccepted ? ' since the load was resumed' : ''}, and --max-failures allows ${most}`
    };
  const needed = errors.find(
    ({ code, count }) => count >= ROWS_THAT_TELL && count === job?.numberRecordsProcessed && isForAPerson(code)
  );
  return (
    needed && {
      reason: 'needs-a-person',
      message: `every row of job ${job?.id} failed with ${needed.code}: ${needed.message}`
    }
  );
}

function mostFailures(limit: LoadAsked['maxFailures'], rows: number): number | undefined {
  if (!limit) return undefined;
  return limit.unit === 'rows' ? limit.value : Math.floor((rows * limit.value) / 100);
}

function isForAPerson(code: string): boolean {
  return rowError(`${code}:`).class === 'needs-a-person';
}
