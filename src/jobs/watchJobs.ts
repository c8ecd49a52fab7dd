import { type Clock } from '../bulk/clock.js';
import { isTerminal } from '../bulk/job.js';
import { type AnyJob, jobOfKind } from '../bulk/jobs.js';
import { type Transport } from '../bulk/transport.js';
import { type WatchEvent } from '../bulk/watchEvents.js';

/** How a job stands when the watch is over. */
export type JobFate = { readonly job: AnyJob; readonly isGone: boolean };

export type WatchTools = {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Aborted, the watch is over at once; the jobs go on. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: WatchEvent, job: AnyJob) => void;
};

const FIRST_PAUSE_MS = 1000;
const PAUSE_GROWTH = 1.5;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Looks at jobs until all have ended; a look is one API call for each that has not. Between looks it pauses 1 s at first and half as long
 * again each time, up to 30 s; a change of state makes it quick again. What it has seen last is returned, also when the signal aborts.
 * @throws what the transport throws when the org can't be asked
 */
export async function watchJobs(jobs: readonly AnyJob[], tools: WatchTools): Promise<JobFate[]> {
  const fates = new Map(jobs.map((job) => [job.id, { job, isGone: false }]));
  for (const job of jobs) tools.onEvent(seen(job), job);
  let pauseMs = FIRST_PAUSE_MS;
  try {
    while ([...fates.values()].some(isUnderWay)) {
      await tools.clock.sleep(pauseMs, tools.signal);
      let hasMoved = false;
      for (const fate of [...fates.values()].filter(isUnderWay)) {
        const now = await look(fate.job, tools);
        fates.set(fate.job.id, now);
        hasMoved ||= now.isGone || now.job.state !== fate.job.state;
      }
      pauseMs = hasMoved ? FIRST_PAUSE_MS : Math.min(pauseMs * PAUSE_GROWTH, LONGEST_PAUSE_MS);
    }
  } catch (error) {
    if (!tools.signal.aborted) throw error;
  }
  return [...fates.values()];
}

async function look(before: AnyJob, { transport, onEvent }: WatchTools): Promise<JobFate> {
  const job = await jobOfKind(transport, before.id, before.kind);
  if (!job) {
    onEvent({ type: 'job-gone', jobId: before.id }, before);
    return { job: before, isGone: true };
  }
  const isNews = job.state !== before.state || job.numberRecordsProcessed !== before.numberRecordsProcessed;
  if (isNews) onEvent(seen(job), job);
  return { job, isGone: false };
}

function isUnderWay({ job, isGone }: JobFate): boolean {
  return !isGone && !isTerminal(job.state);
}

function seen(job: AnyJob): WatchEvent {
  const { id: jobId, kind, state, numberRecordsProcessed: processed, numberRecordsFailed: failed, errorMessage } = job;
  return { type: 'job-seen', jobId, kind, state, processed, failed, errorMessage };
}
