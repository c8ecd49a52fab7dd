import { readPlanRecord } from '../plan/planFiles.js';
import { onOrg } from '../../run/onOrg.js';
import { type CleanupApplyResult, type CleanupStatus } from './applyResult.js';
import { backupPath } from './backup.js';
import { type KnownCleanup } from './cleanupRun.js';
import { DELETE_STEP } from './removeLosers.js';
import { updatedIds } from './updates.js';

/** What an apply has done; all but `clusters`, which the journal says. */
export type Applying = Omit<CleanupApplyResult['counts'], 'clusters'> & {
  readonly sobject: string;
  readonly skippedPath?: string;
  readonly warnings: readonly string[];
};

/** The result of an apply that came to its end. */
export function resultOf(run: KnownCleanup, done: Applying, nowMs: number): CleanupApplyResult {
  const isWhole = done.skipped + done.failed + done.wrong === 0;
  return applyResult(run, done, { status: isWhole ? 'Success' : 'PartialSuccess', nowMs });
}

/** The result of one that was broken off: what its finished steps have come to. */
export async function resultSoFar(run: KnownCleanup, nowMs: number): Promise<CleanupApplyResult> {
  const { finished, merged, events } = run.state;
  const drift = events.find((event) => event.type === 'drift-checked');
  const moved = [...finished].flatMap(([step, { succeeded }]) => (step.startsWith('reparent-') ? [succeeded] : []));
  const done: Applying = {
    sobject: run.has('plan-taken') ? (await readPlanRecord(run.path('plan'))).sobject : '',
    clustersSkipped: drift?.clustersSkipped ?? 0,
    updated: (await updatedIds(run)).size,
    reparented: sum(moved),
    removed: (finished.get(DELETE_STEP)?.succeeded ?? 0) + merged.flat().length,
    skipped: drift?.recordsSkipped ?? 0,
    failed: refusedRows(run),
    wrong: 0,
    warnings: run.warnings
  };
  return applyResult(run, done, { status: 'Interrupted', nowMs });
}

/** Rows of all steps that the org has refused. */
export function refusedRows(run: KnownCleanup): number {
  return sum([...run.state.finished.values()].map(({ failed }) => failed));
}

function applyResult(
  run: KnownCleanup,
  { sobject, skippedPath, warnings, ...counts }: Applying,
  { status, nowMs }: { readonly status: CleanupStatus; readonly nowMs: number }
): CleanupApplyResult {
  const { record } = run;
  const taken = run.state.events.find((event) => event.type === 'plan-taken');
  return {
    runId: record.runId,
    runDir: run.path(),
    status,
    sobject,
    org: { id: record.org.id, username: record.org.username },
    counts: { clusters: taken?.clusters ?? 0, ...counts },
    warnings,
    durationMs: nowMs - Date.parse(record.startedAt),
    files: { skipped: skippedPath, backup: run.has('backed-up') ? backupPath(run) : undefined },
    next:
      status === 'Interrupted'
        ? `sf bulkops resume --run-id ${record.runId}`
        : canBeUndone(run)
          ? onOrg(`sf bulkops cleanup undo --run ${run.path()}`, record.org.username)
          : undefined
  };
}

/** Of the rows of a file there is no backup, and where nothing was changed there is nothing to undo. */
function canBeUndone(run: KnownCleanup): boolean {
  const { merged, started } = run.state;
  return run.has('backed-up') && (merged.length > 0 || [...started.values()].some((rows) => rows > 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
