import { type RunId } from '../../run/runId.js';

/** How an apply or an undo ended. `PartialSuccess`: something was left alone or refused; it is listed in skipped.csv. */
export type CleanupStatus = 'Success' | 'PartialSuccess' | 'Interrupted';

/** The `--json` result of `cleanup apply`, and what summary.json holds. */
export type CleanupApplyResult = {
  readonly runId: RunId;
  readonly runDir: string;
  readonly status: CleanupStatus;
  readonly sobject: string;
  readonly org: { readonly id: string; readonly username: string };
  readonly counts: {
    readonly clusters: number;
    readonly clustersSkipped: number;
    readonly updated: number;
    readonly reparented: number;
    readonly removed: number;
    readonly skipped: number;
    readonly failed: number;
    /** Records that are not as they should be by a query at the end. */
    readonly wrong: number;
  };
  readonly warnings: readonly string[];
  readonly durationMs: number;
  readonly files: { readonly skipped?: string; readonly backup?: string; readonly report?: string };
  readonly next?: string;
};

/** A record that was left alone, and why. */
export type Skip = { readonly id: string; readonly cluster: string; readonly reason: string };
