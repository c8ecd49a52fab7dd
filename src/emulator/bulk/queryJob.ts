import { type BulkJob, formatInfo, jobInfo, progressInfo } from './bulkJob.js';

export type QueryState = 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

/** A Bulk API 2.0 query job as the org keeps it. */
export type QueryJob = BulkJob<'query' | 'queryAll', QueryState> & { readonly query: string };

/** The answer to create and to abort (BULK_API §2). */
export function shortQueryInfo(job: QueryJob): Record<string, unknown> {
  return { ...jobInfo(job), ...formatInfo(job) };
}

export function longQueryInfo(job: QueryJob): Record<string, unknown> {
  return {
    ...shortQueryInfo(job),
    ...progressInfo(job),
    jobType: 'V2Query',
    isPkChunkingSupported: job.object.endsWith('__c')
  };
}
