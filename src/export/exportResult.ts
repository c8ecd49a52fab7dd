import type { JobId, JobState } from '../bulk/job.js';
import type { RangeNumber } from '../run/exportEvents.js';
import type { RunId } from '../run/runId.js';

/**
 * How an export ended, or where it stands. `InProgress`: `--async`, or `--wait` ran out; `Closed`: whoever read standard output has had
 * enough; `Failed`: for good, with an error in place of a result, so that `run list` and the report alone have it.
 */
export type ExportStatus = 'Success' | 'InProgress' | 'Interrupted' | 'Closed' | 'Failed';

export type ExportJob = {
  readonly id: JobId;
  readonly state: JobState;
  readonly range: RangeNumber;
  /** What of the rows the job gives; missing where it gives all. */
  readonly covers?: string;
  readonly rows: number;
  readonly pages: number;
  readonly errorMessage?: string;
};

/** The `--json` result of export, and what summary.json holds. */
export type ExportResult = {
  readonly runId: RunId;
  readonly runDir: string;
  readonly status: ExportStatus;
  readonly operation: 'export';
  readonly sobject: string;
  readonly query: string;
  readonly allRows: boolean;
  readonly org: { readonly id: string; readonly username: string };
  /**
   * `read`: proven pages hold so many; `written`: so many stand in the output; `dropped`: left out, since the last run of the same export
   * has written them just so. read = written + dropped once it is over.
   */
  readonly rows: { readonly read: number; readonly written: number; readonly dropped: number };
  /** `refused`: answers that were not the page that was asked for, and were asked for again. */
  readonly pages: { readonly listed: number; readonly landed: number; readonly refused: number };
  readonly bytes: number;
  readonly format: 'csv' | 'ndjson' | 'json' | 'parquet';
  readonly jobs: readonly ExportJob[];
  readonly warnings: readonly string[];
  readonly apiCalls: number;
  readonly durationMs: number;
  readonly files: {
    readonly output: ReadonlyArray<{
      readonly path: string;
      readonly rows: number;
      readonly bytes: number;
      readonly sha256: string;
    }>;
    readonly manifest?: string;
    /** The page for people. */
    readonly report?: string;
  };
  /** The command that continues, where there is something to continue. */
  readonly next?: string;
};
