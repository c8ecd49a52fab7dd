import type { IngestOperation, JobId, JobState } from '../bulk/job.js';
import type { InputFile } from '../input/input.js';
import type { LoadFiles, PartNumber, RowErrorCount, RowProblem } from '../run/loadEvents.js';
import type { RunId } from '../run/runId.js';

/**
 * How a load ended, or where it stands. `InProgress`: `--async`, or `--wait` ran out; `Stopped`: by `--max-failures` or `--quota`,
 * can be resumed; `Failed`: rows are unaccounted, or the org refused a whole job; `Checked`: `--dry-run`.
 */
export type LoadStatus = 'Success' | 'PartialSuccess' | 'InProgress' | 'Stopped' | 'Failed' | 'Interrupted' | 'Checked';

/** `read` = succeeded + failed + rejected + skipped + unaccounted once a load is over. All in rows of the input. */
export type LoadRows = {
  readonly read: number;
  /** Refused before anything was sent. */
  readonly rejected: number;
  /** Sent at least once. */
  readonly submitted: number;
  readonly succeeded: number;
  readonly created: number;
  readonly updated: number;
  /** Refused by the org. */
  readonly failed: number;
  /** Sent more than once. */
  readonly retried: number;
  /** Not sent on purpose: the loser of a duplicate key, an unchanged row, or what a stopped load had not sent. */
  readonly skipped: number;
  /** In none of the job's result files: may have happened or not. */
  readonly unaccounted: number;
};

export type LoadJob = {
  readonly id: JobId;
  readonly state: JobState;
  readonly part: PartNumber;
  readonly rows: number;
  readonly succeeded: number;
  readonly failed: number;
  /** The attempt whose rows go again in this job: 1 for the first retry; missing for the input's own parts. */
  readonly attempt?: number;
  /** The job whose rows go again in this one; several earlier jobs: the first of them. */
  readonly retryOf?: JobId;
  readonly errorMessage?: string;
};

/** The `--json` result of upsert, insert, update and delete, and what summary.json holds (SPEC §2). */
export type LoadResult = {
  readonly runId: RunId;
  readonly runDir: string;
  readonly status: LoadStatus;
  readonly operation: IngestOperation;
  readonly sobject: string;
  readonly externalId?: string;
  readonly org: { readonly id: string; readonly username: string };
  readonly rows: LoadRows;
  /** Which row numbers are of which file; missing for one file. */
  readonly inputs?: readonly InputFile[];
  readonly jobs: readonly LoadJob[];
  /** Most frequent first. */
  readonly errors: readonly RowErrorCount[];
  /** What is wrong with rows that were not sent: the first 100, all of them are in failed.csv. */
  readonly problems: readonly RowProblem[];
  /** A column that goes to several fields is there several times. */
  readonly mapping: ReadonlyArray<{ readonly column: string; readonly field: string | null }>;
  /** What every row was sent with, whatever the input has. */
  readonly constants?: ReadonlyArray<{ readonly field: string; readonly value: string }>;
  readonly warnings: readonly string[];
  readonly apiCalls: number;
  readonly durationMs: number;
  readonly files: LoadFiles;
  /** The command that continues, where there is something to continue. */
  readonly next?: string;
};
