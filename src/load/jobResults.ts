import { type Clock } from '../bulk/clock.js';
import { type IngestResultKind, resultStream } from '../bulk/ingest.js';
import { type JobId } from '../bulk/job.js';
import { isNetworkError } from '../bulk/retrying.js';
import { type Transport } from '../bulk/transport.js';
import { DELIMITERS, type DelimiterName } from '../input/delimiters.js';
import { type RecordBatch, scanRecords } from '../input/records.js';
import { RowFates } from './rowFates.js';
import { type MatchPlan, RowMatcher, type ValueOf } from './rowMatcher.js';

/** What is read of a job: the rows that it was fed, and how to know them again. */
export type JobRead = {
  readonly jobId: JobId;
  /** Rows in the part. */
  readonly rows: number;
  /** The part as it was sent, header first; read once for each try. */
  readonly sent: () => AsyncIterable<Buffer>;
  /** The columns as they were sent, in order. */
  readonly columns: readonly string[];
  readonly delimiter: DelimiterName;
  readonly plan: MatchPlan;
};

/** `strays`: results that speak of no row of the part, or of one that already had its result. */
export type JobFates = { readonly fates: RowFates; readonly strays: number };

/**
 * Reads all three results of a job that has ended and finds the row that each is about.
 *
 * Counters of the service may lag and a body that was cut at a row end looks whole (BULK_API §1), so the rows themselves are the
 * proof: while some are in none of the results, they are read again, up to three times in all. What is still unknown then stays so.
 * Costs 3 API calls, or 9 where rows are missing.
 * @throws what the transport throws when a result can't be had
 */
export async function readJobFates(
  job: JobRead,
  transport: Transport,
  clock: Clock,
  signal?: AbortSignal
): Promise<JobFates> {
  let best: JobFates | undefined;
  let reads = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      const read = await readOnce(job, transport);
      reads += 1;
      if (!best || read.fates.unknown < best.fates.unknown) best = read;
    } catch (error) {
      // A body that broke off says nothing of the rows after the break.
      if (!isNetworkError(error) || tries === MOST_TRIES) throw error;
    }
    if (best && (best.fates.unknown === 0 || reads === MOST_READS)) return best;
    await clock.sleep(Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS), signal);
  }
}

/** Whole readings of results in which rows are missing. */
const MOST_READS = 3;
const MOST_TRIES = 8;
/** Doubled: long enough for a lagging replica, short beside the job itself. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

async function readOnce(job: JobRead, transport: Transport): Promise<JobFates> {
  const matcher = await knownRows(job);
  const fates = new RowFates(job.rows);
  let strays = 0;
  for (const kind of RESULT_KINDS) {
    const { body } = await resultStream(transport, job.jobId, kind);
    strays += await matchResults(body, kind, { job, matcher, fates });
  }
  return { fates, strays };
}

const RESULT_KINDS = ['successfulResults', 'failedResults', 'unprocessedrecords'] as const satisfies IngestResultKind[];

async function knownRows(job: JobRead): Promise<RowMatcher> {
  const matcher = new RowMatcher(job.rows, job.plan);
  let at = -1;
  for await (const batch of scanRecords(job.sent(), { delimiter: job.delimiter })) {
    for (let i = 0; i < batch.count; i += 1) {
      if (at >= 0) matcher.add(at, (column) => batch.field(i, column));
      at += 1;
    }
  }
  return matcher;
}

type Matching = { readonly job: JobRead; readonly matcher: RowMatcher; readonly fates: RowFates };

/** Gives each row that a result speaks of its fate; returns the number of results that found no row. */
async function matchResults(body: AsyncIterable<Buffer>, kind: IngestResultKind, to: Matching): Promise<number> {
  const chunks = await withHead(body);
  if (!chunks) return 0;
  let layout: ResultLayout | undefined;
  let strays = 0;
  for await (const batch of scanRecords(chunks.all, { delimiter: delimiterOf(chunks.head, to.job) })) {
    for (let i = 0; i < batch.count; i += 1) {
      if (!layout) layout = resultLayout(headerOf(batch, i), to.job.columns);
      // A record that was cut short is no result: its row stays unknown, and the results are read again.
      else if (!batch.problem(i) && !giveFate(batch, i, { ...to, kind, layout })) strays += 1;
    }
  }
  return strays;
}

function giveFate(
  batch: RecordBatch,
  i: number,
  to: Matching & { kind: IngestResultKind; layout: ResultLayout }
): boolean {
  const { layout, fates } = to;
  const valueOf: ValueOf = (column) => {
    const place = layout.placeOf[column] ?? -1;
    return place < 0 ? '' : batch.field(i, place);
  };
  const at = to.matcher.take(valueOf);
  if (at === undefined) return false;
  const id = layout.id < 0 ? '' : batch.field(i, layout.id);
  if (to.kind === 'successfulResults') fates.succeeded(at, id, isTrue(batch, i, layout.created));
  else if (to.kind === 'failedResults') fates.failed(at, id, layout.error < 0 ? '' : batch.field(i, layout.error));
  else fates.unprocessed(at);
  return true;
}

/** Where things are in a result file; -1 for what it does not have. Columns are found by name: their order is not promised. */
type ResultLayout = {
  readonly id: number;
  readonly created: number;
  readonly error: number;
  /** For each sent column its place in the result. */
  readonly placeOf: readonly number[];
};

function resultLayout(header: readonly string[], columns: readonly string[]): ResultLayout {
  const names = header.map((name) => name.trim().toLowerCase());
  const place = (name: string): number => names.indexOf(name.toLowerCase());
  return { id: place('sf__Id'), created: place('sf__Created'), error: place('sf__Error'), placeOf: columns.map(place) };
}

function headerOf(batch: RecordBatch, i: number): string[] {
  return Array.from({ length: batch.fieldCount(i) }, (_, column) => batch.field(i, column));
}

function isTrue(batch: RecordBatch, i: number, column: number): boolean {
  return column >= 0 && batch.field(i, column).toLowerCase() === 'true';
}

/** The first bytes of a body and the whole of it; undefined for an empty one (a 204, or nothing to say). */
async function withHead(
  body: AsyncIterable<Buffer>
): Promise<{ head: Buffer; all: AsyncIterable<Buffer> } | undefined> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const first = await chunks.next();
    if (first.done) return undefined;
    const head = first.value;
    if (head.length > 0) return { head, all: rejoin(head, chunks) };
  }
}

async function* rejoin(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/**
 * The delimiter of a result file. It is the job's, or a comma where the service does not honour it (BULK_API §1: unconfirmed), so the
 * header decides: after sf__Id, or by which of the two parts more names.
 */
function delimiterOf(head: Buffer, job: JobRead): DelimiterName {
  if (job.delimiter === 'COMMA') return 'COMMA';
  const end = head.indexOf(0x0a);
  const line = head.toString('utf8', 0, end < 0 ? head.length : end);
  return line.split(DELIMITERS[job.delimiter]).length >= line.split(',').length ? job.delimiter : 'COMMA';
}
