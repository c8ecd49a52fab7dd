import { type Operation } from '../dml.js';

export const DELIMITERS = { BACKQUOTE: '`', CARET: '^', COMMA: ',', PIPE: '|', SEMICOLON: ';', TAB: '\t' } as const;

export type IngestState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

/** A Bulk API 2.0 ingest job as the org keeps it. */
export type IngestJob = {
  readonly id: string;
  readonly object: string;
  readonly operation: Operation;
  readonly externalIdFieldName?: string;
  readonly columnDelimiter: keyof typeof DELIMITERS;
  readonly lineEnding: 'LF' | 'CRLF';
  readonly assignmentRuleId?: string;
  readonly apiVersion: number;
  readonly createdById: string;
  readonly createdMs: number;
  state: IngestState;
  isUploaded: boolean;
  modifiedMs: number;
  processed: number;
  failed: number;
  retries: number;
  processingMs: number;
  errorMessage?: string;
};

export function isTerminal(state: IngestState): boolean {
  return state === 'JobComplete' || state === 'Failed' || state === 'Aborted';
}

/** The answer to create and to a change of state: without counters (BULK_API §1). */
export function shortInfo(job: IngestJob): Record<string, unknown> {
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: serviceTime(job.createdMs),
    systemModstamp: serviceTime(job.modifiedMs),
    state: job.state,
    ...(job.externalIdFieldName && { externalIdFieldName: job.externalIdFieldName }),
    ...(job.assignmentRuleId && { assignmentRuleId: job.assignmentRuleId }),
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: job.apiVersion
  };
}

export function createdInfo(job: IngestJob): Record<string, unknown> {
  return { ...shortInfo(job), ...formatInfo(job), ...(job.state === 'Open' && { contentUrl: contentUrl(job) }) };
}

export function longInfo(job: IngestJob): Record<string, unknown> {
  return {
    ...createdInfo(job),
    jobType: 'V2Ingest',
    numberRecordsProcessed: job.processed,
    numberRecordsFailed: job.failed,
    retries: job.retries,
    totalProcessingTime: job.processingMs,
    apiActiveProcessingTime: job.processingMs,
    apexProcessingTime: 0,
    ...(job.errorMessage && { errorMessage: job.errorMessage })
  };
}

function formatInfo({ lineEnding, columnDelimiter }: IngestJob): Record<string, unknown> {
  return { lineEnding, columnDelimiter };
}

/** Without a slash at its beginning, as the service has it. */
function contentUrl(job: IngestJob): string {
  return `services/data/v${job.apiVersion.toFixed(1)}/jobs/ingest/${job.id}/batches`;
}

/** `2022-01-02T21:33:43.000+0000`: no colon in the offset. */
export function serviceTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000+0000`;
}
