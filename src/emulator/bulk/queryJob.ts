import { type DELIMITERS, serviceTime } from './ingestJob.js';

export type QueryState = 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

/** A Bulk API 2.0 query job as the org keeps it. */
export type QueryJob = {
  readonly id: string;
  readonly operation: 'query' | 'queryAll';
  readonly query: string;
  readonly object: string;
  readonly columnDelimiter: keyof typeof DELIMITERS;
  readonly lineEnding: 'LF' | 'CRLF';
  readonly apiVersion: number;
  readonly createdById: string;
  readonly createdMs: number;
  state: QueryState;
  modifiedMs: number;
  /** Rows of the result; exact once the job is complete: clients count up to it. */
  processed: number;
  retries: number;
  processingMs: number;
  errorMessage?: string;
};

export function isOver(state: QueryState): boolean {
  return state === 'JobComplete' || state === 'Failed' || state === 'Aborted';
}

/** The answer to create and to abort (BULK_API §2). */
export function shortQueryInfo(job: QueryJob): Record<string, unknown> {
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: serviceTime(job.createdMs),
    systemModstamp: serviceTime(job.modifiedMs),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: job.apiVersion,
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter
  };
}

export function longQueryInfo(job: QueryJob): Record<string, unknown> {
  return {
    ...shortQueryInfo(job),
    jobType: 'V2Query',
    numberRecordsProcessed: job.processed,
    retries: job.retries,
    totalProcessingTime: job.processingMs,
    isPkChunkingSupported: job.object.endsWith('__c'),
    ...(job.errorMessage && { errorMessage: job.errorMessage })
  };
}
