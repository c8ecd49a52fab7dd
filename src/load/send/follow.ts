import { type Clock } from '../../bulk/clock.js';
import { abortJob, jobOrGone } from '../../bulk/ingest.js';
import { isTerminal, type JobId, type JobInfo } from '../../bulk/job.js';
import { isBulkError } from '../../bulk/bulkError.js';
import { type Transport } from '../../bulk/transport.js';
import { type LoadEvent, type PartNumber } from '../../run/loadEvents.js';
import { type Emit } from './send.js';

export type Following = {
  readonly part: PartNumber;
  readonly jobId: JobId;
  readonly rows: number;
  /** When the job may be done, going by the rate of earlier ones; unknown at first. */
  readonly expectedMs?: number;
};

export type FollowTools = {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Ends the wait at once, whatever the job does: an interrupt, or `--wait` that ran out. */
  readonly signal: AbortSignal;
  /** Asks the org to abort the job, and then waits on for its end: the load is being stopped. */
  readonly stop: AbortSignal;
};

/** A poll is one call of the org's daily allowance: an hour of waiting costs about 130. Only the first one may come sooner, to a job that is expected to be over. */
const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const PAUSE_GROWTH = 1.5;
/** Of the time that the rest of a job seems to take: the service counts rows by thousands, so the rest is less than it shows. */
const SHARE_OF_REST = 0.75;
/** The first look at a job whose time is known comes a little late, as one that comes too soon is a call for nothing. */
const FIRST_LOOK = { late: 1.1, marginMs: 50 } as const;

/**
 * Waits for the end of a job: its info in a terminal state, or undefined when the org does not know it any more (deleted).
 * @throws the signal's reason when it aborts; the transport's errors
 */
export async function follow(following: Following, tools: FollowTools): Promise<JobInfo | undefined> {
  const { part, jobId } = following;
  const { transport, clock, emit, signal, stop } = tools;
  let pauseMs = firstPauseMs(following.expectedMs);
  let longestMs = nextPauseMs(pauseMs);
  let begun: Look = { atMs: clock.now(), processed: 0 };
  let before = begun;
  let isAbortAsked = false;
  for (;;) {
    await clock.sleep(pauseMs, isAbortAsked ? signal : AbortSignal.any([signal, stop])).catch((error: unknown) => {
      if (signal.aborted || !stop.aborted) throw error;
    });
    if (stop.aborted && !isAbortAsked) {
      await askToAbort(transport, jobId);
      isAbortAsked = true;
    }
    const job = await jobOrGone(transport, jobId, { clock, signal });
    if (!job) return undefined;
    await emit(jobStateEvent(part, job));
    if (isTerminal(job.state)) return job;
    const look = { atMs: clock.now(), processed: job.numberRecordsProcessed };
    // One that stands still is over when it is over.
    const restMs = look.processed === before.processed ? Infinity : untilEndMs(following.rows, begun, look);
    pauseMs = Math.max(Math.min(longestMs, restMs * SHARE_OF_REST), SHORTEST_PAUSE_MS);
    longestMs = nextPauseMs(longestMs);
    // A job that waits for its turn has not begun.
    if (look.processed === 0) begun = look;
    before = look;
  }
}

/** What a look at a job at work has shown. */
export type Look = { readonly atMs: number; readonly processed: number };

/** How long the rest of its rows takes by the rate since the first of two looks; endless where they show none. */
export function untilEndMs(rows: number, first: Look, now: Look): number {
  if (now.processed <= first.processed) return Infinity;
  return ((now.atMs - first.atMs) / (now.processed - first.processed)) * (rows - now.processed);
}

export function jobStateEvent(part: PartNumber, job: JobInfo): LoadEvent {
  const { id: jobId, state, numberRecordsProcessed: processed, numberRecordsFailed: failed } = job;
  const { errorMessage, totalProcessingTimeMs: processingMs } = job;
  return { type: 'job-state', part, jobId, state, processed, failed, errorMessage, processingMs };
}

function firstPauseMs(expectedMs: number | undefined): number {
  if (expectedMs === undefined) return SHORTEST_PAUSE_MS;
  return Math.min(expectedMs * FIRST_LOOK.late + FIRST_LOOK.marginMs, LONGEST_PAUSE_MS);
}

function nextPauseMs(pauseMs: number): number {
  return Math.min(Math.max(pauseMs * PAUSE_GROWTH, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
}

/** A job that ended just before we asked, or that somebody has deleted, can't be aborted any more, and need not be. */
async function askToAbort(transport: Transport, jobId: JobId): Promise<void> {
  try {
    await abortJob(transport, jobId);
  } catch (error) {
    if (!isBulkError(error) || (error.errorCode !== 'INVALIDJOBSTATE' && error.kind !== 'gone')) throw error;
  }
}
