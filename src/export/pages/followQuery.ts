import { Messages } from '@salesforce/core';
import { isBulkError } from '../../bulk/bulkError.js';
import { isTerminal, type JobId, type JobInfo } from '../../bulk/job.js';
import { createQueryJob, getQueryJob } from '../../bulk/query.js';
import { surelyGone } from '../../bulk/surelyGone.js';
import { type ExportEvent, type RangeNumber } from '../../run/exportEvents.js';
import { type ExportRun, type ExportTools } from '../exportRun.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** A poll is one call of the org's daily allowance: a minute of waiting costs about 60, an hour about 200. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A pause is at most so much of what the query has taken by then, so its end is noticed at most a fifteenth too late, half of that on average. */
const PAUSE_SHARE = 1 / 15;
/** Jobs of one range in place of others that failed without fault of the query. */
const MOST_REPLACED = 3;
/** The same for those of which nothing was heard, as often as the transport makes other calls again. */
const MOST_REPLACED_IN_DOUBT = 7;
const PAUSE_BEFORE_NEW_JOB_MS = 1000;
/** Also for a Retry-After: who asks for more is tried again sooner. */
const LONGEST_PAUSE_BEFORE_NEW_JOB_MS = 60_000;

/** How the query of a range ended: with a result, or too late to be of use to it as a whole. */
export type QueryEnd = 'complete' | 'timed-out';

/** Has the org run the query of a range that has no job yet; its id once the org has told it. */
export async function startQuery(range: RangeNumber, run: ExportRun, tools: ExportTools): Promise<JobId> {
  const { soql } = run.range(range);
  const { operation, delimiter, lineEnding } = run.asked;
  for (;;) {
    await run.emitDurably({ type: 'query-creating', range });
    try {
      const job = { operation, query: soql, columnDelimiter: delimiter, lineEnding };
      const { id } = await createQueryJob(tools.transport, job);
      await run.emitDurably({ type: 'query-created', range, jobId: id });
      return id;
    } catch (error) {
      if (!isBulkError(error)) throw error;
      if (error.kind === 'refused') throw messages.createError('queryRefused', [error.message]);
      if (error.kind !== 'ambiguous') throw error;
      // A job reads and changes nothing, so one that nobody knows does no harm; it counts against the day's 10,000.
      const { retryAfterMs: leastMs } = error;
      await replace(range, run, tools, {
        reason: messages.getMessage('jobInDoubt'),
        most: MOST_REPLACED_IN_DOUBT,
        leastMs
      });
    }
  }
}

/**
 * Waits for the end of a range's query.
 * @throws SfError `QueryFailedError`, `QueryAbortedError`, `QueryGoneError`; the signal's reason, at once, when it aborts
 */
export async function followQuery(range: RangeNumber, run: ExportRun, tools: ExportTools): Promise<QueryEnd> {
  let startedMs = tools.clock.now();
  for (;;) {
    const state = run.range(range);
    if (state.at !== 'querying') throw new Error(`range ${range} has no query under way`);
    await tools.clock.sleep(pauseAfter(tools.clock.now() - startedMs), tools.ending.signal);
    const job = await jobKnown(state.jobId, tools);
    await run.emit(jobStateEvent(range, job), { durable: isTerminal(job.state) });
    if (job.state === 'JobComplete') return 'complete';
    if (job.state === 'Aborted') throw messages.createError('queryAborted', [job.id]);
    if (job.state === 'Failed') {
      if (isTimeout(job)) return 'timed-out';
      if (!isPassing(job)) throw messages.createError('queryFailed', [job.id, failureOf(job)]);
      await replace(range, run, tools, { reason: failureOf(job), most: MOST_REPLACED });
      await startQuery(range, run, tools);
      startedMs = tools.clock.now();
    }
  }
}

/** How long to wait before the query is looked at, when it has taken so long already. */
export function pauseAfter(elapsedMs: number): number {
  return Math.min(Math.max(Math.floor(elapsedMs * PAUSE_SHARE), FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
}

export function jobStateEvent(range: RangeNumber, job: JobInfo): ExportEvent {
  const { id: jobId, state, numberRecordsProcessed: processed, errorMessage } = job;
  return { type: 'query-state', range, jobId, state, processed, errorMessage };
}

/** The service's documentation does not promise an errorMessage for query jobs (BULK_API §2). */
export function failureOf({ errorMessage }: { readonly errorMessage?: string }): string {
  return errorMessage ?? messages.getMessage('noReason');
}

/** Texts of queries that a smaller range may survive. */
function isTimeout({ errorMessage = '' }: JobInfo): boolean {
  return /QUERY_TIMEOUT|time[d ]?-? ?out|running for too long|retried more than|QUERY_TOO_COMPLICATED/i.test(
    errorMessage
  );
}

/** Failures of the service itself. */
function isPassing({ errorMessage = '' }: JobInfo): boolean {
  return /InternalServerError|UNKNOWN_EXCEPTION|SERVER_UNAVAILABLE|unexpected error/i.test(errorMessage);
}

type Replacing = {
  readonly reason: string;
  readonly most: number;
  /** What the org asked to wait. */
  readonly leastMs?: number;
};

async function replace(
  range: RangeNumber,
  run: ExportRun,
  { clock, ending }: ExportTools,
  { reason, most, leastMs = 0 }: Replacing
): Promise<void> {
  const { replaced } = run.range(range);
  if (replaced >= most) throw messages.createError('queryFailedOften', [replaced + 1, reason]);
  await run.emitDurably({ type: 'query-replaced', range, reason });
  const pauseMs = Math.max(PAUSE_BEFORE_NEW_JOB_MS * 2 ** replaced, leastMs);
  await clock.sleep(Math.min(pauseMs, LONGEST_PAUSE_BEFORE_NEW_JOB_MS), ending.signal);
}

async function jobKnown(jobId: JobId, { transport, clock, ending }: ExportTools): Promise<JobInfo> {
  try {
    return await surelyGone(() => getQueryJob(transport, jobId), { clock, signal: ending.signal });
  } catch (error) {
    if (isBulkError(error) && error.kind === 'gone') throw messages.createError('resultsGone', [jobId]);
    throw error;
  }
}
