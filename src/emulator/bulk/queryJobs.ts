import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { recordId } from '../ids.js';
import { ApiError } from '../rest/apiError.js';
import { planBulkSoql } from '../soql/bulkQuery.js';
import { type SoqlPlan } from '../soql/evaluate.js';
import { parseSoql } from '../soql/parse.js';
import { SoqlError } from '../soql/soqlError.js';
import { type SoqlSource } from '../soql/source.js';
import { DELIMITERS, isTerminal } from './bulkJob.js';
import { oneOf, textAsked } from './jobRequest.js';
import { type QueryJob } from './queryJob.js';
import { type QueryPaths, rowsBetween } from './queryRows.js';
import { headerLine, type QueryRun, runQueryJob } from './runQueryJob.js';

export type QuerySettings = Pick<QueryRun, 'source' | 'now' | 'rowsPerSecond' | 'jobError'> & {
  /** Where results lie. */
  readonly directory: string;
  readonly userId: string;
};

/** Some rows of a result, with the header. */
export type ResultPage = {
  readonly rows: number;
  /** Of the row after the page; undefined at the end. */
  readonly next?: number;
  readonly body: Readable;
};

type Known = { readonly job: QueryJob; readonly plan: SoqlPlan; readonly running: Promise<void> };

const ID_PREFIX = '750';
// Ingest jobs count from 1 with the same prefix; these are far above them.
const FIRST_NUMBER = 62 ** 6;

/** All query jobs of the org (BULK_API §2). */
export class QueryJobs {
  private readonly jobs = new Map<string, Known>();
  private made = 0;

  public constructor(private readonly settings: QuerySettings) {}

  /** @throws ApiError for what the service refuses before it makes a job */
  public create(body: Readonly<Record<string, unknown>>, apiVersion: number): QueryJob {
    const { source, now, userId } = this.settings;
    const query = textAsked(body.query) ?? '';
    const plan = checkedPlan(query, source);
    oneOf(body.contentType, ['CSV'], 'CSV');
    const job: QueryJob = {
      id: recordId(ID_PREFIX, FIRST_NUMBER + (this.made += 1)),
      operation: oneOf(body.operation ?? 'none', ['query', 'queryAll'], 'query'),
      query,
      object: plan.object,
      columnDelimiter: oneOf(body.columnDelimiter, Object.keys(DELIMITERS) as Array<keyof typeof DELIMITERS>, 'COMMA'),
      lineEnding: oneOf(body.lineEnding, ['LF', 'CRLF'], 'LF'),
      apiVersion,
      createdById: userId,
      createdMs: now(),
      state: 'UploadComplete',
      modifiedMs: now(),
      processed: 0,
      retries: 0,
      processingMs: 0
    };
    this.jobs.set(job.id, { job, plan, running: this.run(job, plan) });
    return job;
  }

  /** @throws ApiError when there is none, also after it was deleted */
  public get(id: string): QueryJob {
    return this.known(id).job;
  }

  public list(): QueryJob[] {
    return [...this.jobs.values()].map(({ job }) => job).reverse();
  }

  /** @throws ApiError when the job is over */
  public abort(job: QueryJob): void {
    if (isTerminal(job.state)) throw new ApiError(400, 'INVALIDJOBSTATE', 'Aborting already Completed Job not allowed');
    job.state = 'Aborted';
    job.modifiedMs = this.settings.now();
  }

  /** @throws ApiError unless the job is over */
  public delete(job: QueryJob): void {
    if (!isTerminal(job.state))
      throw new ApiError(400, 'API_ERROR', 'Error encountered when deleting the job because the job is not terminated');
    this.jobs.delete(job.id);
    for (const path of Object.values(this.paths(job))) rmSync(path, { force: true });
  }

  /** @param from number of the first row, from 0 */
  public async page(job: QueryJob, from: number, mostRows: number): Promise<ResultPage> {
    const { plan } = this.known(job.id);
    const rows = Math.max(0, Math.min(mostRows, job.processed - from));
    const bytes = await this.rows(job, from, rows);
    const next = from + rows < job.processed ? from + rows : undefined;
    return { rows, next, body: Readable.from(withHeader(headerLine(job, plan), bytes), { objectMode: false }) };
  }

  /** Rows without the header; they must be there. */
  public async rows(job: QueryJob, from: number, count: number): Promise<Readable | undefined> {
    return rowsBetween(this.paths(job), from, count);
  }

  /** Ends what is running, and waits until it has ended. */
  public async close(): Promise<void> {
    for (const { job } of this.jobs.values()) if (!isTerminal(job.state)) job.state = 'Aborted';
    await Promise.all([...this.jobs.values()].map(({ running }) => running));
  }

  private known(id: string): Known {
    const known = this.jobs.get(id) ?? [...this.jobs.values()].find(({ job }) => job.id.slice(0, 15) === id);
    if (known) return known;
    throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  }

  private async run(job: QueryJob, plan: SoqlPlan): Promise<void> {
    // The answer to create says UploadComplete.
    await new Promise((resolve) => setImmediate(resolve));
    await runQueryJob(job, { ...this.settings, plan, paths: this.paths(job) });
  }

  private paths({ id }: QueryJob): QueryPaths {
    const path = (name: string): string => join(this.settings.directory, `${id}.query.${name}`);
    return { rows: path('csv'), ends: path('ends') };
  }
}

function checkedPlan(query: string, source: SoqlSource): SoqlPlan {
  try {
    return planBulkSoql(parseSoql(query), source);
  } catch (error) {
    if (!(error instanceof SoqlError)) throw error;
    throw new ApiError(400, error.errorCode, error.message);
  }
}

async function* withHeader(header: string, rows: Readable | undefined): AsyncGenerator<Buffer> {
  yield Buffer.from(header);
  if (rows) for await (const chunk of rows) yield chunk as Buffer;
}
