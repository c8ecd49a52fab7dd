import { Readable } from 'node:stream';
import { isTerminal } from '../bulk/bulkJob.js';
import { longQueryInfo, type QueryJob, shortQueryInfo } from '../bulk/queryJob.js';
import { type ResultPage } from '../bulk/queryJobs.js';
import { type PageFault } from '../faults/faults.js';
import { type Org } from '../org.js';
import { ApiError } from './apiError.js';
import { type Exchange } from './exchange.js';
import { type Router } from './router.js';
import { throttled } from './throttled.js';
import { isRecord } from '../isRecord.js';

const ROOT = '/services/data/v:version/jobs/query';
const PAGE_JOBS = 1000;
/** At most so many addresses of pages come at a time, from this version on (BULK_API §2). */
const PAGE_ADDRESSES = 5;
const FIRST_WITH_PAGES = 58;

/** Bulk API 2.0 query (BULK_API §2). */
export function serveBulkQuery(router: Router, org: Org): void {
  const { queries } = org;
  router.on('POST', ROOT, async (exchange, { version = '' }) => {
    const body = await exchange.json();
    if (!isRecord(body)) throw new ApiError(400, 'JSON_PARSER_ERROR', 'an object was expected');
    exchange.answer(200, shortQueryInfo(queries.create(body, Number(version))));
  });
  router.on('GET', ROOT, (exchange, { version = '' }) => list(exchange, org, version));
  router.on('GET', `${ROOT}/:id`, (exchange, { id = '' }) => exchange.answer(200, longQueryInfo(queries.get(id))));
  router.on('PATCH', `${ROOT}/:id`, async (exchange, { id = '' }) => {
    const job = queries.get(id);
    const body = await exchange.json();
    if (!isRecord(body) || body.state !== 'Aborted')
      throw new ApiError(400, 'INVALIDJOBSTATE', 'A query job can only be set to Aborted');
    queries.abort(job);
    exchange.answer(200, shortQueryInfo(job));
  });
  router.on('DELETE', `${ROOT}/:id`, (exchange, { id = '' }) => {
    queries.delete(queries.get(id));
    exchange.answer(204);
  });
  router.on('GET', `${ROOT}/:id/results`, async (exchange, { id = '', version = '' }) => {
    const job = jobOfVersion(queries.get(id), version);
    if (hasResults(job)) await results(exchange, org, job);
    else exchange.answer(204);
  });
  router.on('GET', `${ROOT}/:id/resultPages`, (exchange, { id = '', version = '' }) => {
    if (Number(version) < FIRST_WITH_PAGES)
      throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    const job = jobOfVersion(queries.get(id), version);
    if (hasResults(job)) resultPages(exchange, org, { job, version });
    else exchange.answer(204);
  });
}

function list(exchange: Exchange, org: Org, version: string): void {
  const jobType = exchange.query.get('jobType');
  const all = jobType && jobType !== 'V2Query' ? [] : org.queries.list();
  const from = Number(exchange.query.get('queryLocator') ?? 0) || 0;
  const end = from + PAGE_JOBS;
  exchange.answer(200, {
    done: all.length <= end,
    records: all.slice(from, end).map((job) => ({ ...shortQueryInfo(job), jobType: 'V2Query' })),
    nextRecordsUrl: all.length <= end ? null : `/services/data/v${version}/jobs/query?queryLocator=${end}`
  });
}

/** Results are for the version that made the job (Get Results). */
function jobOfVersion(job: QueryJob, version: string): QueryJob {
  if (job.apiVersion === Number(version)) return job;
  const made = job.apiVersion.toFixed(1);
  throw new ApiError(409, 'API_ERROR', `The job was created with API version ${made} and not with ${version}`);
}

/** @returns false while there is nothing to be had yet */
function hasResults({ state }: QueryJob): boolean {
  if (state === 'Failed' || state === 'Aborted')
    throw new ApiError(400, 'INVALIDJOBSTATE', `Job state is ${state}: it has no results`);
  return isTerminal(state);
}

async function results(exchange: Exchange, org: Org, job: QueryJob): Promise<void> {
  const asked = rowAt(exchange.query.get('locator'), job);
  const most = mostRows(exchange, org);
  const fault = org.pageFault?.(exchange);
  const from = fault === 'wrong-page' ? elsewhere(asked, job, most) : asked;
  const source = fault === 'foreign-page' ? otherJob(job, org) : job;
  const page = await org.queries.page(source, Math.min(from, source.processed), most);
  const next = fault === 'repeated-locator' ? from : page.next;
  exchange.response.setHeader('Sforce-NumberOfRecords', page.rows + (fault === 'wrong-count' ? 1 : 0));
  // The word null, and not a missing header, ends the loop of every known client.
  exchange.response.setHeader('Sforce-Locator', next === undefined ? 'null' : locator(next));
  const body = throttled(await pageBody(org, source, { fault, page, from }), org.downloadBytesPerSecond);
  await exchange.sendCsv(body, org.packsResults);
}

async function pageBody(
  { queries }: Org,
  job: QueryJob,
  { fault, page, from }: { fault?: PageFault; page: ResultPage; from: number }
): Promise<Readable> {
  if (page.rows === 0) return page.body;
  if (fault === 'short-page') return (await queries.page(job, from, page.rows - 1)).body;
  if (fault === 'torn-page') return Readable.from(withoutEnd(page.body), { objectMode: false });
  if (fault !== 'long-page') return page.body;
  const last = await queries.rows(job, from + page.rows - 1, 1);
  return Readable.from(oneAfterAnother(page.body, last), { objectMode: false });
}

/** The first row of another page, where there is one. */
function elsewhere(from: number, job: QueryJob, most: number): number {
  if (from + most < job.processed) return from + most;
  return Math.max(from - most, 0);
}

function otherJob(job: QueryJob, { queries }: Org): QueryJob {
  return queries.list().find(({ id, state }) => id !== job.id && state === 'JobComplete') ?? job;
}

const TORN_BYTES = 10;

async function* withoutEnd(body: Readable): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    const bytes = Buffer.concat([held, chunk as Buffer]);
    const kept = Math.max(bytes.length - TORN_BYTES, 0);
    yield bytes.subarray(0, kept);
    held = bytes.subarray(kept);
  }
}

async function* oneAfterAnother(...bodies: ReadonlyArray<Readable | undefined>): AsyncGenerator<Buffer> {
  for (const body of bodies) if (body) for await (const chunk of body) yield chunk as Buffer;
}

function mostRows(exchange: Exchange, org: Org): number {
  const asked = exchange.query.get('maxRecords');
  if (asked === null) return org.pageRows;
  const rows = Number(asked);
  if (Number.isSafeInteger(rows) && rows > 0) return rows;
  throw new ApiError(400, 'INVALID_QUERY_LOCATOR', `maxRecords is no whole number above 0: ${asked}`);
}

function resultPages(exchange: Exchange, org: Org, { job, version }: { job: QueryJob; version: string }): void {
  const first = rowAt(exchange.query.get('locator'), job);
  const base = `/services/data/v${version}/jobs/query/${job.id}`;
  const starts = [first];
  let next = first + org.pageRows;
  for (; next < job.processed && starts.length < PAGE_ADDRESSES; next += org.pageRows) starts.push(next);
  const done = next >= job.processed;
  exchange.answer(200, {
    resultPages: starts.map((row) => ({ resultUrl: `${base}/results?locator=${locator(row)}` })),
    ...(!done && { nextRecordsUrl: `${base}/resultpages?locator=${locator(next)}` }),
    done
  });
}

/** Opaque to clients; the service's is base64 of a row number, too. */
function locator(row: number): string {
  return Buffer.from(String(row)).toString('base64url');
}

function rowAt(text: string | null, job: QueryJob): number {
  if (text === null || text === '') return 0;
  const row = Number(Buffer.from(text, 'base64url').toString() || NaN);
  if (Number.isSafeInteger(row) && row >= 0 && (row === 0 || row < job.processed)) return row;
  throw new ApiError(400, 'INVALID_QUERY_LOCATOR', `Invalid locator: ${text}`);
}
