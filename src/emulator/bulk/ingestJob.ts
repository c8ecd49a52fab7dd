import { type Operation } from '../dml.js';
import { type BulkJob, formatInfo, jobInfo, progressInfo } from './bulkJob.js';

export type IngestState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

/** A Bulk API 2.0 ingest job as the org keeps it. */
export type IngestJob = BulkJob<Operation, IngestState> & {
  readonly externalIdFieldName?: string;
  readonly assignmentRuleId?: string;
  isUploaded: boolean;
  failed: number;
};

/** The answer to create and to a change of state: without counters (BULK_API §1). */
export function shortInfo(job: IngestJob): Record<string, unknown> {
  return {
    ...jobInfo(job),
    ...(job.externalIdFieldName && { externalIdFieldName: job.externalIdFieldName }),
    ...(job.assignmentRuleId && { assignmentRuleId: job.assignmentRuleId })
  };
}

export function createdInfo(job: IngestJob): Record<string, unknown> {
  return { ...shortInfo(job), ...formatInfo(job), ...(job.state === 'Open' && { contentUrl: contentUrl(job) }) };
}

export function longInfo(job: IngestJob): Record<string, unknown> {
  return {
    ...createdInfo(job),
    ...progressInfo(job),
    jobType: 'V2Ingest',
    numberRecordsFailed: job.failed,
    apiActiveProcessingTime: job.processingMs,
    apexProcessingTime: 0
  };
}

/** Without a slash at its beginning, as the service has it. */
function contentUrl(job: IngestJob): string {
  return `services/data/v${job.apiVersion.toFixed(1)}/jobs/ingest/${job.id}/batches`;
}
