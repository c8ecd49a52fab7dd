import { type JobState } from '../bulk/job.js';
import { type AnyJob, type JobKind } from '../bulk/jobs.js';

/** A job in the `--json` result of `job list`: what a list of the org says, which counts no rows. */
export type JobListed = {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly operation: string;
  readonly object: string;
  readonly createdById: string;
  /** Username, where the caller may see it. */
  readonly createdBy?: string;
  /** ISO 8601, UTC. */
  readonly createdDate: string;
  /** Of the last change. */
  readonly systemModstamp: string;
  readonly apiVersion?: number;
  readonly externalIdFieldName?: string;
};

/** A job in the `--json` results of `job show` and `job watch`. */
export type JobShown = JobListed & {
  /** Rows so far, the failed ones included; of a query the rows of its result. */
  readonly numberRecordsProcessed: number;
  readonly numberRecordsFailed: number;
  readonly errorMessage?: string;
  readonly totalProcessingTimeMs?: number;
  readonly retries?: number;
};

type Named = AnyJob & { readonly createdBy?: string };

export function jobListed(job: Named): JobListed {
  const { id, kind, state, operation, object, createdById, createdBy, apiVersion, externalIdFieldName } = job;
  const times = { createdDate: isoTime(job.createdDate), systemModstamp: isoTime(job.systemModstamp) };
  return { id, kind, state, operation, object, createdById, createdBy, ...times, apiVersion, externalIdFieldName };
}

export function jobShown(job: Named): JobShown {
  const { numberRecordsProcessed, numberRecordsFailed, errorMessage, totalProcessingTimeMs, retries } = job;
  const counts = { numberRecordsProcessed, numberRecordsFailed, errorMessage, totalProcessingTimeMs, retries };
  return { ...jobListed(job), ...counts };
}

/** The service writes `+0000`, without the colon that the norm wants. */
function isoTime(text: string): string {
  return text.replace(/\+0000$/, 'Z');
}
