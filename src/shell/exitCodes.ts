import { type LoadStatus } from '../load/loadResult.js';

/** The exit codes of all commands (SPEC §1). */
export const EXIT = { done: 0, failed: 1, usage: 2, partial: 68, inProgress: 69, interrupted: 130 } as const;

const OF_STATUS: Readonly<Record<LoadStatus, number>> = {
  Success: EXIT.done,
  Checked: EXIT.done,
  PartialSuccess: EXIT.partial,
  InProgress: EXIT.inProgress,
  Stopped: EXIT.failed,
  Failed: EXIT.failed,
  Interrupted: EXIT.interrupted
};

/** Nobody waited for an asynchronous load, so that it goes on is no news. */
export function loadExitCode(
  result: { readonly status: LoadStatus; readonly rows: { readonly failed: number; readonly rejected: number } },
  isAsync: boolean
): number {
  if (result.status === 'InProgress' && isAsync) return EXIT.done;
  if (result.status === 'Checked' && result.rows.rejected > 0) return EXIT.partial;
  return OF_STATUS[result.status];
}
