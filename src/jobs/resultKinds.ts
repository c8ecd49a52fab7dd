import { type JobKind } from '../bulk/jobs.js';

/** What can be read of a job that has ended, by the flag that asks for it; each stands for one resource of the service. */
export const RESULTS = {
  success: { of: 'ingest', path: 'successfulResults' },
  failed: { of: 'ingest', path: 'failedResults' },
  unprocessed: { of: 'ingest', path: 'unprocessedrecords' },
  query: { of: 'query', path: 'results' }
} as const satisfies Readonly<Record<string, { readonly of: JobKind; readonly path: string }>>;

export type ResultKind = keyof typeof RESULTS;
export type IngestResult = Exclude<ResultKind, 'query'>;

export const RESULT_KINDS = Object.keys(RESULTS) as ResultKind[];
