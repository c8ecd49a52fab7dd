import { BulkError } from './bulkError.js';
import { isRecord } from './isRecord.js';

/** The id of a Bulk API 2.0 job, 18 characters beginning with `750`. */
export type JobId = string & { readonly __brand: 'JobId' };

/** In the service's spelling (Create a Job). */
export const INGEST_OPERATIONS = ['insert', 'update', 'upsert', 'delete', 'hardDelete'] as const;
export type IngestOperation = (typeof INGEST_OPERATIONS)[number];

export const JOB_STATES = ['Open', 'UploadComplete', 'InProgress', 'JobComplete', 'Failed', 'Aborted'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What the service says of a job, ingest or query. Counters are 0 where it is silent, as in its answer to create. */
export type JobInfo = {
  readonly id: JobId;
  readonly state: JobState;
  readonly operation: string;
  readonly object: string;
  readonly createdById: string;
  /** As sent, `2022-01-02T21:33:43.000+0000`. */
  readonly createdDate: string;
  readonly systemModstamp: string;
  /** Includes the failed ones; it may lag behind (BULK_API §1). */
  readonly numberRecordsProcessed: number;
  readonly numberRecordsFailed: number;
  readonly jobType?: string;
  readonly externalIdFieldName?: string;
  readonly apiVersion?: number;
  readonly errorMessage?: string;
  readonly totalProcessingTimeMs?: number;
  readonly retries?: number;
};

/** Whether the job stays in this state for ever. */
export function isTerminal(state: JobState): boolean {
  return state === 'JobComplete' || state === 'Failed' || state === 'Aborted';
}

/**
 * A job from the body of any answer that carries one.
 * @throws BulkError `UnexpectedAnswer` when it is something else, which does not say whether the call was carried out
 */
export function jobInfo(body: unknown): JobInfo {
  const fields = isRecord(body) ? body : {};
  const id = text(fields.id);
  const state = JOB_STATES.find((known) => known === fields.state);
  if (!id || !state)
    throw new BulkError({
      name: 'UnexpectedAnswer',
      kind: 'ambiguous',
      message: 'The org answered with something that is not a job.'
    });
  return {
    id: id as JobId,
    state,
    operation: text(fields.operation) ?? '',
    object: text(fields.object) ?? '',
    createdById: text(fields.createdById) ?? '',
    createdDate: text(fields.createdDate) ?? '',
    systemModstamp: text(fields.systemModstamp) ?? '',
    numberRecordsProcessed: number(fields.numberRecordsProcessed) ?? 0,
    numberRecordsFailed: number(fields.numberRecordsFailed) ?? 0,
    jobType: text(fields.jobType),
    externalIdFieldName: text(fields.externalIdFieldName),
    apiVersion: number(fields.apiVersion),
    errorMessage: text(fields.errorMessage),
    totalProcessingTimeMs: number(fields.totalProcessingTime),
    retries: number(fields.retries)
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}
