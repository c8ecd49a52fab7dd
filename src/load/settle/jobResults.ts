import { isBulkError } from '../../bulk/bulkError.js';
import { type Clock } from '../../bulk/clock.js';
import { type IngestResultKind, resultStream } from '../../bulk/ingest.js';
import { type JobId } from '../../bulk/job.js';
import { isNetworkError } from '../../bulk/retrying.js';
import { type Transport } from '../../bulk/transport.js';
import { type DelimiterName } from '../../input/delimiters.js';
import { gathered } from '../../input/gathered.js';
import { KeyMatcher } from './keyMatcher.js';
import { ResultReader } from './resultReader.js';
import { RowFates } from './rowFates.js';
import { type MatchPlan, RowKey } from './rowKey.js';
import { type RowMatcher } from './rowMatcher.js';
import { SecondLook } from './secondLook.js';
import { eachSentRow } from './sentRows.js';
import { ValueMatcher } from './valueMatcher.js';

/** What is read of a job: the rows that it was fed, and how to know them again. */
export type JobRead = {
  readonly jobId: JobId;
  /** As many rows as the job itself says that it has a result for: its counter, which may lag behind. */
  readonly processed: number;
  /** Rows in the part. */
  readonly rows: number;
  /** The hashes of the keys of its rows (`MatchPlan`); undefined where these are not known. Asked for at each try. */
  readonly keys: () => Promise<Float64Array | undefined>;
  /** The part as it was sent, header first; read at each try where the keys alone do not tell the rows apart. */
  readonly sent: () => AsyncIterable<Buffer>;
  /** The columns as they were sent, in order. */
  readonly columns: readonly string[];
  readonly delimiter: DelimiterName;
  readonly plan: MatchPlan;
  /** In which more values are equal, for results that match no row; missing where there are no such. */
  readonly loosePlan?: MatchPlan;
};

/** `strays`: results that speak of no row of the part, or of one that already had its result. */
export type JobFates = { readonly fates: RowFates; readonly strays: number };

/**
 * Reads all three results of a job that has ended and finds the row that each is about.
 *
 * Counters of the service may lag and a body that was cut at a row end looks whole (BULK_API §1), so the rows themselves are the
 * proof: while some are in none of the results, they are read again, up to three times in all, and up to six while the job itself says that it
 * has results for more. Where results match no row, the readings after that look for one a second time, by a looser form. What is still
 * unknown then stays so. Costs 3 API calls, or 9 and up to 18 where rows are missing.
 * @throws what the transport throws when a result can't be had
 */
export async function readJobFates(
  job: JobRead,
  transport: Transport,
  clock: Clock,
  signal?: AbortSignal
): Promise<JobFates> {
  let best: JobFates | undefined;
  let loosePlan: MatchPlan | undefined;
  let reads = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      const read = await readOnce(job, transport, loosePlan);
      reads += 1;
      loosePlan ??= planOfSecondLook(job, read);
      const isBetter = !best || read.fates.unknown < best.fates.unknown;
      (isBetter ? best : read)?.fates.close();
      if (isBetter) best = read;
    } catch (error) {
      // A body that broke off says nothing of the rows after the break.
      if (!isNetworkError(error) || tries >= MOST_TRIES) throw error;
    }
    if (best && (best.fates.unknown === 0 || reads >= mostReads(job, best))) return best;
    await clock.sleep(Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS), signal);
  }
}

/** Whole readings of results in which rows are missing. */
const MOST_READS = 3;
/** The same where the job counts more than its results have: they come late. */
const MOST_READS_OF_LATE = 6;
const MOST_TRIES = 8;
/** Doubled: long enough for a lagging replica, short beside the job itself. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

function mostReads({ processed, rows }: JobRead, { fates, strays }: JobFates): number {
  return rows - fates.unknown + strays < processed ? MOST_READS_OF_LATE : MOST_READS;
}

/** How rows are looked for once results have matched none, though there are some of which nothing is known. */
function planOfSecondLook({ plan, loosePlan }: JobRead, { fates, strays, lacking }: Reading): MatchPlan | undefined {
  if (strays === 0 || fates.unknown === 0) return undefined;
  return lacking.size > 0 ? without(lacking, loosePlan ?? plan) : loosePlan;
}

function without(lacking: ReadonlySet<number>, { keyColumn, canonical }: MatchPlan): MatchPlan {
  return {
    keyColumn: keyColumn !== undefined && lacking.has(keyColumn) ? undefined : keyColumn,
    canonical: canonical.map((form, column) => (lacking.has(column) ? (): string => '' : form))
  };
}

/** `lacking`: sent columns that are not in a result which had strays. */
type Reading = JobFates & { readonly lacking: ReadonlySet<number> };

async function readOnce(job: JobRead, transport: Transport, loosePlan?: MatchPlan): Promise<Reading> {
  const matcher = await matcherOf(job);
  const fates = new RowFates(job.rows);
  let secondLook: SecondLook | undefined;
  try {
    if (loosePlan) secondLook = await SecondLook.at(job, loosePlan);
    const readers: ResultReader[] = [];
    for (const kind of RESULT_KINDS) {
      const body = await resultBody(transport, job.jobId, kind);
      if (!body) continue;
      const reader = new ResultReader(kind, { job, matcher, fates, secondLook });
      await reader.read(body);
      readers.push(reader);
    }
    // A last value that may have been cut is believed only where it makes the results whole.
    const open = readers.filter(({ hasOpenEnd }) => hasOpenEnd);
    if (open.length > 0 && fates.unknown <= open.length) for (const reader of open) await reader.takeOpenEnd();
    const withStrays = readers.filter(({ strays }) => strays > 0);
    return {
      fates,
      strays: withStrays.reduce((sum, { strays }) => sum + strays, 0),
      lacking: new Set(withStrays.flatMap(({ lacking }) => lacking))
    };
  } finally {
    matcher.close();
    secondLook?.close();
  }
}

/** Undefined when the org has no such result any more: what it would have said stays unknown. */
async function resultBody(
  transport: Transport,
  jobId: JobId,
  kind: IngestResultKind
): Promise<AsyncIterable<Buffer> | undefined> {
  try {
    return gathered((await resultStream(transport, jobId, kind)).body);
  } catch (error) {
    if (isBulkError(error) && error.kind === 'gone') return undefined;
    throw error;
  }
}

const RESULT_KINDS = ['successfulResults', 'failedResults', 'unprocessedrecords'] as const satisfies IngestResultKind[];

async function matcherOf(job: JobRead): Promise<RowMatcher> {
  const keys = await job.keys();
  return (keys && KeyMatcher.of(keys)) ?? valueMatcher(job);
}

async function valueMatcher(job: JobRead): Promise<RowMatcher> {
  const matcher = new ValueMatcher(job.rows);
  const key = new RowKey(job.plan);
  try {
    await eachSentRow(job, (record) => {
      key.ofRecord(record);
      matcher.add(key);
    });
    return matcher;
  } catch (error) {
    matcher.close();
    throw error;
  }
}
