import { join } from 'node:path';
import { type JobInfo } from '../../bulk/job.js';
import { rowError } from '../../bulk/rowError.js';
import { encodeField } from '../../input/encode.js';
import { DELIMITERS, type DelimiterName } from '../../input/delimiters.js';
import { type PartFates, type PartNumber, type RowErrorCount } from '../../run/loadEvents.js';
import { ErrorCounts } from '../errorCounts.js';
import { FragmentWriter, removeFragment } from '../parts/fragment.js';
import { jobFailure } from '../send/jobFailure.js';
import { type PartPaths } from '../parts/partFile.js';
import { eachRowInOrder } from '../parts/rowPlaces.js';
import { type Span } from '../parts/span.js';
import { type RetryReason, RetryRows } from '../parts/retryRows.js';
import { type RowFate, type RowFates } from './rowFates.js';
import { SuccessPrefix } from './successPrefix.js';

/** The result files of a load; `skipped` holds what was not sent on purpose. */
export type FragmentKind = 'success' | 'failed' | 'unaccounted' | 'skipped';

export type Settling = {
  readonly part: PartNumber;
  readonly paths: PartPaths;
  readonly fates: RowFates;
  /** How the job ended; missing when the org does not know the job any more. */
  readonly job?: JobInfo;
  /** Of the input, and so of the result files. */
  readonly delimiter: DelimiterName;
  /** 0 for the input's own parts. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Whether a row of which nothing is known may go again: true where doing it twice does no harm. */
  readonly canResendUnknown: boolean;
  readonly writesSuccess: boolean;
  /** Whether the rows were sent before and in none of the results, so that they may have happened then. */
  readonly mayHaveHappened: boolean;
  readonly isDelete: boolean;
};

/** Rows that were filed before anything was sent: what the scan refused, and what has the key of another row. */
export type FragmentOrigin = 'scan' | 'duplicates';

/** What `part-settled` says, and which fragments and retry file now lie in the directory, all of them durable. */
export type Settled = PartFates & {
  readonly errors: readonly RowErrorCount[];
  /** Rows in none of the results, wherever they are counted. */
  readonly unknown: number;
};

export function fragmentPath(settledDir: string, part: PartNumber | FragmentOrigin, kind: FragmentKind): string {
  return join(settledDir, `${typeof part === 'number' ? String(part).padStart(5, '0') : part}.${kind}`);
}

/**
 * Gives every row of a part exactly one fate and files it: into a fragment of a result file, or among the rows that go again.
 * @throws Error when the fates do not add up to the part's rows (a defect of ours: nothing is journaled then)
 */
export async function settle(asked: Settling, settledDir: string): Promise<Settled> {
  const files = new Fragments(settledDir, asked.part);
  const errors = new ErrorCounts();
  const again = new RetryRows();
  const count = { succeeded: 0, failed: 0, unaccounted: 0, toRetry: 0, created: 0 };
  const { fates } = asked;
  const delimiter = DELIMITERS[asked.delimiter];
  const success = new SuccessPrefix(delimiter);
  try {
    await eachRowInOrder(asked.paths, (row) => {
      if (fates.hasSucceeded(row.at)) {
        count.succeeded += 1;
        if (fates.isCreated(row.at)) count.created += 1;
        return asked.writesSuccess ? files.add('success', row.number, success.of(fates, row.at), row.input) : undefined;
      }
      const verdict = verdictOn(fates.of(row.at), asked, row.sent);
      switch (verdict.kind) {
        case 'succeeded':
          count.succeeded += 1;
          if (!asked.writesSuccess) return;
          return files.add('success', row.number, success.prefix(verdict.id, false), row.input);
        case 'again':
          count.toRetry += 1;
          again.add(row.at, verdict.reason);
          return;
        case 'failed':
        case 'unaccounted':
          count[verdict.kind] += 1;
          errors.add(verdict.error, row.number);
          return files.add(verdict.kind, row.number, failedPrefix(verdict, row.number, delimiter), row.input);
      }
    });
    await files.close();
  } catch (error) {
    await files.abandon();
    throw error;
  }
  if (again.count > 0) await again.write(settledDir, asked.part);
  const sum = count.succeeded + count.failed + count.unaccounted + count.toRetry;
  if (sum !== fates.rows) throw new Error(`part ${asked.part}: ${sum} fates for ${fates.rows} rows`);
  return { ...count, errors: errors.list(), unknown: fates.unknown };
}

/** Removes what an earlier, broken-off try has left: a row must not be filed twice. */
export async function removeFragments(settledDir: string, part: PartNumber): Promise<void> {
  const kinds: FragmentKind[] = ['success', 'failed', 'unaccounted', 'skipped'];
  await Promise.all(kinds.map((kind) => removeFragment(fragmentPath(settledDir, part, kind))));
}

/** The columns before the input's own in failed.csv, unaccounted.csv and skipped.csv. */
export function failedPrefix(row: { id: string; error: string }, rowNumber: number, delimiter: string): Buffer {
  return Buffer.from(`${row.id}${delimiter}${encodeField(row.error, delimiter)}${delimiter}${rowNumber}${delimiter}`);
}

type Verdict =
  | { readonly kind: 'succeeded'; readonly id: string }
  | { readonly kind: 'failed'; readonly id: string; readonly error: string }
  | { readonly kind: 'unaccounted'; readonly id: string; readonly error: string }
  | { readonly kind: 'again'; readonly reason: RetryReason };

/** What is to become of a row, from what the org said of it and of its job. */
function verdictOn(fate: RowFate, asked: Settling, sent: Span): Verdict {
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
function unreached(asked: Settling, hasAttemptLeft: boolean): Verdict {
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
function unheard(asked: Settling, hasAttemptLeft: boolean): Verdict {
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

/** The fragments of one part, each made when its first row comes. */
class Fragments {
  private readonly open = new Map<FragmentKind, FragmentWriter>();

  public constructor(
    private readonly dir: string,
    private readonly part: PartNumber
  ) {}

  public add(kind: FragmentKind, rowNumber: number, prefix: Buffer, input: Span): void | Promise<void> {
    const writer = this.open.get(kind);
    return writer ? writer.append(rowNumber, prefix, input) : this.addFirst(kind, rowNumber, prefix, input);
  }

  private async addFirst(kind: FragmentKind, rowNumber: number, prefix: Buffer, input: Span): Promise<void> {
    const writer = await FragmentWriter.create(fragmentPath(this.dir, this.part, kind));
    this.open.set(kind, writer);
    await writer.append(rowNumber, prefix, input);
  }

  public async close(): Promise<void> {
    for (const writer of this.open.values()) await writer.close();
  }

  public async abandon(): Promise<void> {
    await Promise.allSettled([...this.open.values()].map((writer) => writer.abandon()));
  }
}
