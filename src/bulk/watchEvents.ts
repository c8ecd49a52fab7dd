import type { JobId, JobState } from './job.js';
import type { JobKind } from './jobs.js';

/** What `sf bulkops job watch` sees of the jobs that it watches. */
export type WatchEvent =
  /** A job was seen in a state for the first time, or its counts have grown. */
  | {
      readonly type: 'job-seen';
      readonly jobId: JobId;
      readonly kind: JobKind;
      readonly state: JobState;
      /** Rows so far, failed ones included. */
      readonly processed: number;
      readonly failed: number;
      readonly errorMessage?: string;
    }
  /** The org does not know the job any more: somebody deleted it. */
  | { readonly type: 'job-gone'; readonly jobId: JobId };
