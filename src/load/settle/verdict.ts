import { type JobInfo } from '../../bulk/job.js';
import { rowError } from '../../bulk/rowError.js';
import { type RetryReason } from '../parts/retryRows.js';
import { type Span } from '../parts/span.js';
import { jobFailure } from '../send/jobFailure.js';
import { type RowFate } from './rowFates.js';

/** What else than what the org said of a row decides what becomes of it. */
export type Judging = {
  /** How the job ended; missing when the org does not know the job any more. */
  readonly job?: JobInfo;
  /** 0 for the input's own parts. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Whether a row of which nothing is known may go again: true where doing it twice does no harm. */
  readonly canResendUnknown: boolean;
  /** Whether the rows were sent before and in none of the results, so that they may have happened then. */
  readonly mayHaveHappened: boolean;
  readonly isDelete: boolean;
};

export type Verdict =
  | { readonly kind: 'succeeded'; readonly id: string }
  | { readonly kind: 'failed'; readonly id: string; readonly error: string }
  | { readonly kind: 'unaccounted'; readonly id: string; readonly error: string }
  | { readonly kind: 'again'; readonly reason: RetryReason };

/** What is to become of a row, from what the org said of it and of its job. */
export function verdictOn(fate: RowFate, asked: Judging, sent: Span): Verdict {
  const hasAttemptLeft = asked.attempt < asked.maxAttempts;
  switch (fate.kind) {
    case 'succeeded':
      return fate;
    case 'failed': {
      const { class: errorClass, lockedIds, code } = rowError(fate.error);
      if (asked.isDelete && asked.mayHaveHappened && ALREADY_DELETED.has(code))
        return { kind: 'succeeded', id: fate.id || onlyValue(sent) };
      if (errorClass !== 'transient' || !hasAttemptLeft) return fate;
      const { mayHaveHappened } = asked;
      return {
        kind: 'again',
        reason: { error: fate.error, lockedId: lockedIds[0], ...(mayHaveHappened && { mayHaveHappened }) }
      };
    }
    case 'unprocessed':
      return unreached(asked, hasAttemptLeft);
    case 'unknown':
      return unheard(asked, hasAttemptLeft);
  }
}

/**
 * A row that the service itself calls unprocessed: it goes again unless its job was refused for what is in it. Where an allowance was used up
 * the load stops, and the row goes again when it is resumed.
 */
function unreached(asked: Judging, hasAttemptLeft: boolean): Verdict {
  const failure = jobFailure(asked.job);
  const error = `BULKOPS_UNPROCESSED:${failure.message}`;
  const { mayHaveHappened } = asked;
  return failure.class !== 'permanent' && hasAttemptLeft
    ? { kind: 'again', reason: { error, ...(mayHaveHappened && { mayHaveHappened }) } }
    : { kind: 'failed', id: '', error };
}

/**
 * A row in none of the results. When its job was refused before a single row was processed it is known not to have happened;
 * otherwise nothing is known, and it goes again only where twice is as good as once.
 */
function unheard(asked: Judging, hasAttemptLeft: boolean): Verdict {
  const { job } = asked;
  const nothingHappened = job !== undefined && job.state === 'Failed' && job.numberRecordsProcessed === 0;
  if (nothingHappened && jobFailure(job).class === 'permanent') return unreached(asked, false);
  const error = job
    ? `BULKOPS_UNACCOUNTED:the row is in none of the results of job ${job.id} (${job.state})`
    : 'BULKOPS_UNACCOUNTED:the job is gone from the org, and its results with it';
  if (asked.canResendUnknown && hasAttemptLeft) return { kind: 'again', reason: { error, mayHaveHappened: true } };
  return { kind: 'unaccounted', id: '', error };
}

/** What a delete is told of a record that an earlier try of it, of which nothing was heard, has deleted. */
const ALREADY_DELETED: ReadonlySet<string> = new Set(['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);

/** A delete sends nothing but the Id. */
function onlyValue(sent: Span): string {
  return sent.buffer
    .toString()
    .trim()
    .replace(/^"(.*)"$/, '$1');
}
