import { type Readable } from 'node:stream';
import { type DelimiterName, type LineEnding } from '../input/delimiters.js';
import { isBulkError } from './bulkError.js';
import { type IngestOperation, type JobId, type JobInfo, jobInfo } from './job.js';
import { surelyGone, type Waiting } from './surelyGone.js';
import { type StreamAnswer, type Transport } from './transport.js';

/** What a job is created with (Create a Job). */
export type NewIngestJob = {
  readonly object: string;
  readonly operation: IngestOperation;
  /** For upsert alone. */
  readonly externalIdFieldName?: string;
  readonly columnDelimiter: DelimiterName;
  readonly lineEnding: LineEnding;
  /** Case and Lead only. */
  readonly assignmentRuleId?: string;
};

export type IngestResultKind = 'successfulResults' | 'failedResults' | 'unprocessedrecords';

/** Making a job twice leaves one Open that does nothing and goes after a day, so the call may be repeated. */
export async function createJob(transport: Transport, job: NewIngestJob): Promise<JobInfo> {
  const body = { contentType: 'CSV', ...job };
  return jobInfo(await transport.json({ method: 'POST', path: '/jobs/ingest', body, isRepeatable: true }));
}

/** The one upload of a job (Upload Job Data); a second one is refused, so it is not repeated when its answer is lost. */
export async function uploadPart(
  transport: Transport,
  jobId: JobId,
  open: () => Readable,
  bytes: number
): Promise<void> {
  await transport.upload({ method: 'PUT', path: `/jobs/ingest/${jobId}/batches`, isRepeatable: false }, open, bytes);
}

/** From here on the job acts. Asked twice it is refused, so a lost answer is settled by the job's state. */
export async function completeUpload(transport: Transport, jobId: JobId): Promise<JobInfo> {
  return jobInfo(await patchState(transport, jobId, { state: 'UploadComplete', isRepeatable: false }));
}

/** What has been committed stays (BULK_API §1). Refused with INVALIDJOBSTATE when the job has ended. */
export async function abortJob(transport: Transport, jobId: JobId): Promise<JobInfo> {
  return jobInfo(await patchState(transport, jobId, { state: 'Aborted', isRepeatable: true }));
}

export async function getJob(transport: Transport, jobId: JobId): Promise<JobInfo> {
  return jobInfo(await transport.json({ method: 'GET', path: `/jobs/ingest/${jobId}`, isRepeatable: true }));
}

/** The job, or undefined when the org does not know it any more: deleted, or older than seven days. */
export async function jobOrGone(transport: Transport, jobId: JobId, waiting: Waiting): Promise<JobInfo | undefined> {
  try {
    return await surelyGone(() => getJob(transport, jobId), waiting);
  } catch (error) {
    if (isBulkError(error) && error.kind === 'gone') return undefined;
    throw error;
  }
}

/** CSV rows of one result of a job that has ended; an empty body means none. */
export async function resultStream(transport: Transport, jobId: JobId, kind: IngestResultKind): Promise<StreamAnswer> {
  return transport.stream({
    method: 'GET',
    path: `/jobs/ingest/${jobId}/${kind}`,
    headers: { accept: 'text/csv' },
    isRepeatable: true
  });
}

async function patchState(
  transport: Transport,
  jobId: JobId,
  to: { state: 'UploadComplete' | 'Aborted'; isRepeatable: boolean }
): Promise<unknown> {
  return transport.json({
    method: 'PATCH',
    path: `/jobs/ingest/${jobId}`,
    body: { state: to.state },
    isRepeatable: to.isRepeatable
  });
}
