import { type RunId } from '../../run/runId.js';
import { type CleanupStatus } from '../apply/applyResult.js';

/** The `--json` result of `cleanup undo`, and what summary.json holds. */
export type CleanupUndoResult = {
  readonly runId: RunId;
  readonly runDir: string;
  readonly status: CleanupStatus;
  readonly sobject: string;
  readonly org: { readonly id: string; readonly username: string };
  readonly undoes: RunId;
  readonly counts: {
    readonly restored: number;
    readonly undeleted: number;
    readonly recreated: number;
    readonly childrenMoved: number;
    /** Records that were left alone, or are not as they were; see skipped.csv. */
    readonly leftAlone: number;
  };
  readonly warnings: readonly string[];
  readonly durationMs: number;
  readonly files: { readonly skipped?: string; readonly report?: string };
  readonly next?: string;
};
