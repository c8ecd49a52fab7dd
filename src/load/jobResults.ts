import { type Clock } from '../bulk/clock.js';
import { type IngestResultKind, resultStream } from '../bulk/ingest.js';
import { type JobId } from '../bulk/job.js';
import { isNetworkError } from '../bulk/retrying.js';
import { type Transport } from '../bulk/transport.js';
import { DELIMITERS, type DelimiterName } from '../input/delimiters.js';
import { type RecordBatch, type RecordProblem, scanRecords } from '../input/records.js';
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
      if (!isNetworkError(error) || tries >= MOST_TRIES) throw error;
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
    const reader = new ResultReader(kind, { job, matcher, fates });
    await reader.read(body);
    strays += reader.strays;
  }
  return { fates, strays };
}

const RESULT_KINDS = ['successfulResults', 'failedResults', 'unprocessedrecords'] as const satisfies IngestResultKind[];

async function knownRows(job: JobRead): Promise<RowMatcher> {
  const matcher = new RowMatcher(job.rows, job.plan);
  let at = -1;
  for await (const batch of scanRecords(job.sent(), { delimiter: job.delimiter })) {
    let i = 0;
    const valueOf: ValueOf = (column) => batch.field(i, column);
    for (; i < batch.count; i += 1) {
      if (at >= 0) matcher.add(valueOf);
      at += 1;
    }
  }
  return matcher;
}

/** What one result says of the rows of a part; made once for a result, since it is asked a hundred thousand times. */
class ResultReader {
  public strays = 0;
  private layout?: ResultLayout;
  private batch?: RecordBatch;
  private at = 0;

  public constructor(
    private readonly kind: IngestResultKind,
    private readonly to: { readonly job: JobRead; readonly matcher: RowMatcher; readonly fates: RowFates }
  ) {}

  public async read(body: AsyncIterable<Buffer>): Promise<void> {
    const { job } = this.to;
    const chunks = await withHead(body);
    if (!chunks) return;
    for await (const batch of scanRecords(chunks.all, { delimiter: delimiterOf(chunks.head, job) })) {
      this.batch = batch;
      for (this.at = 0; this.at < batch.count; this.at += 1) {
        if (!this.layout) this.layout = resultLayout(headerOf(batch, this.at), job.columns);
        // A record that was cut short is no result: its row stays unknown, and the results are read again.
        else if (isWhole(batch.problem(this.at)) && !this.giveFate(this.layout)) this.strays += 1;
      }
    }
  }

  /** False when no row of the part is left that the result could be about. */
  private giveFate(layout: ResultLayout): boolean {
    const { matcher, fates } = this.to;
    const row = matcher.take(this.valueOf);
    if (row === undefined) return false;
    if (this.kind === 'successfulResults')
      fates.succeeded(row, this.bytesAt(layout.id), this.bytesAt(layout.created).toString().toLowerCase() === 'true');
    else if (this.kind === 'failedResults') fates.failed(row, this.bytesAt(layout.id), this.valueAt(layout.error));
    else fates.unprocessed(row);
    return true;
  }

  private readonly valueOf: ValueOf = (column) => this.valueAt(this.layout?.placeOf[column] ?? -1);

  /** An Id or a boolean: without its quotes, and with nothing in it that would have to be undoubled. */
  private bytesAt(place: number): Buffer {
    const { batch, at } = this;
    if (place < 0 || !batch) return NO_BYTES;
    const start = batch.fieldStart(at, place);
    const end = batch.fieldEnd(at, place);
    return batch.bytes[start] === QUOTE ? batch.bytes.subarray(start + 1, end - 1) : batch.bytes.subarray(start, end);
  }

  private valueAt(place: number): string {
    return place < 0 || !this.batch ? '' : this.batch.field(this.at, place);
  }
}

/** The limits are for what is sent: a result is longer by its quotes and its own columns. */
function isWhole(problem: RecordProblem | undefined): boolean {
  return problem === undefined || problem === 'record-too-long' || problem === 'field-too-long';
}

const NO_BYTES = Buffer.alloc(0);
const QUOTE = 0x22;

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
