import { unexpectedAnswer } from './bulkError.js';
import { type DelimiterName, type LineEnding } from '../input/delimiters.js';
import { type JobId, type JobInfo, jobInfo } from './job.js';
import { type StreamAnswer, type Transport } from './transport.js';
import { isRecord } from './isRecord.js';

/** What a query job is created with (Create a Query Job). */
export type NewQueryJob = {
  /** `queryAll` gives deleted and archived records too. */
  readonly operation: 'query' | 'queryAll';
  readonly query: string;
  readonly columnDelimiter: DelimiterName;
  readonly lineEnding: LineEnding;
};

/** Addresses of result pages: at most five at a time (Get Parallel Results for a Query Job). */
export type PageList = {
  /** Each a path from `/services/` on. */
  readonly pages: readonly string[];
  /** Where the next addresses are; undefined at the end. */
  readonly next?: string;
};

/** From this version of the API on, pages can be fetched side by side. */
export const FIRST_VERSION_WITH_PAGES = 58;

/** A lost answer may leave a job that nobody knows; it is not made again by itself, since each one counts. */
export async function createQueryJob(transport: Transport, job: NewQueryJob): Promise<JobInfo> {
  const body = { contentType: 'CSV', ...job };
  return jobInfo(await transport.json({ method: 'POST', path: '/jobs/query', body, isRepeatable: false }));
}

export async function getQueryJob(transport: Transport, jobId: JobId): Promise<JobInfo> {
  return jobInfo(await transport.json({ method: 'GET', path: `/jobs/query/${jobId}`, isRepeatable: true }));
}

/** Refused with INVALIDJOBSTATE when the job has ended. */
export async function abortQueryJob(transport: Transport, jobId: JobId): Promise<JobInfo> {
  const body = { state: 'Aborted' };
  return jobInfo(await transport.json({ method: 'PATCH', path: `/jobs/query/${jobId}`, body, isRepeatable: true }));
}

/**
 * Up to five addresses of pages of a completed job, from where `next` of the list before says.
 * @throws BulkError `UnexpectedAnswer` when what came is no such list, or one of another job
 */
export async function listResultPages(transport: Transport, jobId: JobId, next?: string): Promise<PageList> {
  const path = next ?? `/jobs/query/${jobId}/resultPages`;
  return pageList(await transport.json({ method: 'GET', path, isRepeatable: true }), jobId);
}

/** The path of a page by its locator, or of the first one; `maxRecords` is left to the server where it is not given. */
export function pagePath(jobId: JobId, locator: string | undefined, maxRecords: number | undefined): string {
  const query = new URLSearchParams();
  if (locator !== undefined) query.set('locator', locator);
  if (maxRecords !== undefined) query.set('maxRecords', String(maxRecords));
  const text = query.toString();
  return `/jobs/query/${jobId}/results${text === '' ? '' : `?${text}`}`;
}

/** The locator that a page's path names; undefined for the first page. */
export function locatorIn(path: string): string | undefined {
  return new URL(path, 'http://org').searchParams.get('locator') ?? undefined;
}

/** One page as CSV with a header line. */
export async function resultPage(transport: Transport, path: string): Promise<StreamAnswer> {
  return transport.stream({ method: 'GET', path, headers: { accept: 'text/csv' }, isRepeatable: true });
}

function pageList(body: unknown, jobId: JobId): PageList {
  const fields = isRecord(body) ? body : {};
  if (!Array.isArray(fields.resultPages)) throw unexpectedAnswer('a list of result pages');
  const pages = fields.resultPages.map((page: unknown) => {
    const path = isRecord(page) && typeof page.resultUrl === 'string' ? ownPath(page.resultUrl, jobId) : undefined;
    if (path === undefined) throw unexpectedAnswer(`an address of a result page of job ${jobId}`);
    return path;
  });
  // The guide's table says nextRecordUrl, its example nextRecordsUrl (BULK_API §2).
  const next = fields.nextRecordsUrl ?? fields.nextRecordUrl;
  if (fields.done === true || typeof next !== 'string' || next === '' || next === 'null') return { pages };
  const path = ownPath(next, jobId);
  if (path === undefined) throw unexpectedAnswer(`the next result pages of job ${jobId}`);
  return { pages, next: path };
}

/** The path of an address with or without host; undefined where it is not one of the job. Ids come with 15 or 18 characters. */
function ownPath(url: string, jobId: JobId): string | undefined {
  const { pathname, search } = new URL(url, 'http://org');
  const path = pathname.replace(/\/{2,}/g, '/');
  return path.startsWith('/services/') && path.includes(`/${jobId.slice(0, 15)}`) ? `${path}${search}` : undefined;
}
