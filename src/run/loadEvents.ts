import type { JobId, JobState } from '../bulk/job.js';
import type { InputFile } from '../input/input.js';

/** Counts from 1 in the order of cutting; parts made of rows that go again follow the input's own. */
export type PartNumber = number;

/** Rows that met the same fate for the same reason. `exampleRow` is a row number of the input. */
export type RowErrorCount = {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  readonly exampleRow: number;
};

/** One thing that is wrong with a row that was not sent. */
export type RowProblem = {
  /** A row number of the input. */
  readonly row: number;
  /** Of the input; missing where the row as a whole is malformed. */
  readonly column?: string;
  readonly field?: string;
  /** The beginning of the value, or of the row. */
  readonly value: string;
  readonly code: string;
  readonly reason: string;
};

/** What became of the rows of one part; the first four numbers add up to the part's rows. */
export type PartFates = {
  readonly succeeded: number;
  readonly failed: number;
  readonly unaccounted: number;
  /** Rows with a transient error, or that no batch reached: they go again in a later part. */
  readonly toRetry: number;
  /** Of the succeeded, those that the org created. */
  readonly created: number;
};

/**
 * What happens in a load, in the order in which it becomes durable. Fields are only ever added: old journals must replay.
 * Those marked live are shown and never journaled.
 */
export type LoadEvent =
  /** Live. `bytes` of about `totalBytes` of input read; the total is missing where it can't be known (stdin, gzip). */
  | { readonly type: 'scanning'; readonly rows: number; readonly bytes: number; readonly totalBytes?: number }
  | { readonly type: 'part-cut'; readonly part: PartNumber; readonly rows: number; readonly bytes: number }
  /** The whole input was read, checked and cut: nothing was sent before this. */
  | {
      readonly type: 'input-scanned';
      readonly rows: number;
      readonly rejected: number;
      readonly skipped: number;
      readonly bytes: number;
      readonly errors: readonly RowErrorCount[];
      /** The first ones. */
      readonly problems?: readonly RowProblem[];
      /** Where there are several, which rows are of which file. */
      readonly files?: readonly InputFile[];
    }
  /** Rows of settled parts were laid into new, smaller parts. */
  | {
      readonly type: 'retry-planned';
      readonly attempt: number;
      readonly from: readonly PartNumber[];
      readonly parts: ReadonlyArray<{
        readonly part: PartNumber;
        readonly rows: number;
        readonly bytes: number;
        /** Its rows were in none of the results before, so that they may have happened. */
        readonly mayHaveHappened?: boolean;
      }>;
      /** From the end of the last of the jobs before. */
      readonly pauseMs: number;
    }
  /** The intent: the org may have made a job whose id we never learn. Without UploadComplete it changes nothing. */
  | { readonly type: 'job-creating'; readonly part: PartNumber }
  | { readonly type: 'job-created'; readonly part: PartNumber; readonly jobId: JobId }
  /** Live. */
  | { readonly type: 'uploading'; readonly part: PartNumber; readonly bytes: number; readonly totalBytes: number }
  | { readonly type: 'part-uploaded'; readonly part: PartNumber }
  /** The job was given up before UploadComplete, so it has changed nothing; the part gets a new one. */
  | { readonly type: 'job-replaced'; readonly part: PartNumber; readonly jobId?: JobId; readonly reason: string }
  /** The intent: from here on the job may act. */
  | { readonly type: 'upload-completing'; readonly part: PartNumber }
  | { readonly type: 'upload-complete'; readonly part: PartNumber }
  | {
      readonly type: 'job-state';
      readonly part: PartNumber;
      readonly jobId: JobId;
      readonly state: JobState;
      readonly processed: number;
      readonly failed: number;
      readonly errorMessage?: string;
      /** What the org says that it took. */
      readonly processingMs?: number;
    }
  | ({
      readonly type: 'part-settled';
      readonly part: PartNumber;
      readonly jobId?: JobId;
      readonly errors: readonly RowErrorCount[];
    } & PartFates)
  /** The load goes no further: what is open is aborted, what is cut is not sent. */
  | { readonly type: 'load-stopping'; readonly reason: StopReason; readonly message: string }
  /** A later run of `resume` takes it up again. */
  | { readonly type: 'load-resumed' }
  | { readonly type: 'warning'; readonly message: string }
  /** What the process that ends now has cost: its requests, and the org's daily API calls as it last told them. A killed process says nothing. */
  | { readonly type: 'calls-counted'; readonly calls: number; readonly orgUsed?: number; readonly orgMax?: number }
  /** success.csv, failed.csv and the others stand under their final names. */
  | { readonly type: 'results-written'; readonly files: LoadFiles; readonly sums?: LoadFileSums };

export type StopReason = 'max-failures' | 'quota' | 'job-refused' | 'needs-a-person';

/** Absolute paths; a file that the run has no use for is not there. */
export type LoadFiles = {
  readonly success?: string;
  readonly failed?: string;
  readonly unaccounted?: string;
  readonly skipped?: string;
  readonly report?: string;
};

/** What these files were when they were written, so that they can be told from others later. */
export type LoadFileSums = {
  readonly [Kind in keyof LoadFiles]?: { readonly bytes: number; readonly sha256: string };
};
