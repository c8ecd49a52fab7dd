import { isBulkError, unexpectedAnswer } from './bulkError.js';
import { type JobId, type JobInfo, jobInfo } from './job.js';
import { type Transport } from './transport.js';
import { isRecord } from './isRecord.js';

/** The two families of Bulk API 2.0 jobs, each with a resource of its own. Ids do not tell them apart. */
export type JobKind = 'ingest' | 'query';

export const JOB_KINDS: readonly JobKind[] = ['ingest', 'query'];

/** A job of the org, whoever made it. */
export type AnyJob = JobInfo & { readonly kind: JobKind };

const JOB_TYPES: Readonly<Record<JobKind, string>> = { ingest: 'V2Ingest', query: 'V2Query' };

/**
 * All jobs of a kind, in no order, page after page of up to 1000: one API call each, and no more than a page is held.
 *
 * The address of the next page is only asked for its locator: of query jobs the guide shows one that leads to the ingest jobs
 * (BULK_API §2). Jobs of another kind, and of Bulk API 1.0, are left out, also where the org lists them in spite of `jobType`.
 * @throws BulkError `UnexpectedAnswer` when a page is none, or leads to itself
 */
export async function* listJobs(transport: Transport, kind: JobKind): AsyncGenerator<AnyJob> {
  const locators = new Set<string>();
  for (let locator: string | undefined; ;) {
    const page = jobPage(await transport.json({ method: 'GET', path: listPath(kind, locator), isRepeatable: true }));
    for (const record of page.records) {
      const job = listedJob(record, kind);
      if (job) yield job;
    }
    ({ locator } = page);
    if (locator === undefined) return;
    if (locators.has(locator)) throw unexpectedAnswer('the next page of jobs, but one that was there before');
    locators.add(locator);
  }
}

/**
 * A job of either kind; undefined when the org knows none by that id (any more). One or two API calls.
 * @throws BulkError for every other answer
 */
export async function findJob(transport: Transport, jobId: JobId): Promise<AnyJob | undefined> {
  const ingest = await jobOfKind(transport, jobId, 'ingest');
  return ingest ?? jobOfKind(transport, jobId, 'query');
}

/** The job, or undefined when the kind has none by that id. */
export async function jobOfKind(transport: Transport, jobId: JobId, kind: JobKind): Promise<AnyJob | undefined> {
  try {
    const job = jobInfo(await transport.json({ method: 'GET', path: `/jobs/${kind}/${jobId}`, isRepeatable: true }));
    return { ...job, kind: kindOf(job) ?? kind };
  } catch (error) {
    if (isBulkError(error) && (error.kind === 'gone' || OTHER_KIND.has(error.errorCode ?? ''))) return undefined;
    throw error;
  }
}

/** Unconfirmed: what a resource may say of an id of the other kind instead of NOT_FOUND. */
const OTHER_KIND: ReadonlySet<string> = new Set(['INVALIDJOB', 'INVALIDJOBTYPE']);

/** What has been committed stays. Refused with INVALIDJOBSTATE when the job has ended. */
export async function abortAnyJob(transport: Transport, { kind, id }: Pick<AnyJob, 'kind' | 'id'>): Promise<AnyJob> {
  const body = { state: 'Aborted' };
  const answer = await transport.json({ method: 'PATCH', path: `/jobs/${kind}/${id}`, body, isRepeatable: true });
  return { ...jobInfo(answer), kind };
}

/** Its results go with it. Refused while the job is open or at work. Asked twice, a lost answer is one of a job that is gone. */
export async function deleteJob(transport: Transport, { kind, id }: Pick<AnyJob, 'kind' | 'id'>): Promise<void> {
  await transport.json({ method: 'DELETE', path: `/jobs/${kind}/${id}`, isRepeatable: true });
}

function listPath(kind: JobKind, locator: string | undefined): string {
  const query = new URLSearchParams({ jobType: JOB_TYPES[kind] });
  if (locator !== undefined) query.set('queryLocator', locator);
  return `/jobs/${kind}?${query.toString()}`;
}

function jobPage(body: unknown): { readonly records: readonly unknown[]; readonly locator?: string } {
  const { records, done, nextRecordsUrl } = isRecord(body) ? body : {};
  if (!Array.isArray(records)) throw unexpectedAnswer('a list of jobs');
  if (done === true || typeof nextRecordsUrl !== 'string' || nextRecordsUrl === '') return { records };
  const locator = new URL(nextRecordsUrl, 'http://org').searchParams.get('queryLocator');
  if (!locator) throw unexpectedAnswer('an address of the next page of jobs');
  return { records, locator };
}

function listedJob(record: unknown, kind: JobKind): AnyJob | undefined {
  // Jobs of Bulk API 1.0 have states of their own.
  if (isRecord(record) && record.jobType === 'Classic') return undefined;
  const job = jobInfo(record);
  return (kindOf(job) ?? kind) === kind ? { ...job, kind } : undefined;
}

/** By what the org says of a job; undefined where it says nothing. */
function kindOf({ jobType, operation }: JobInfo): JobKind | undefined {
  if (jobType !== undefined) return JOB_KINDS.find((kind) => JOB_TYPES[kind] === jobType);
  return operation === '' ? undefined : operation.startsWith('query') ? 'query' : 'ingest';
}
