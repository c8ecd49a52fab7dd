import { z } from 'zod';
import { type CleanupStatus } from '../apply/applyResult.js';
import { type KnownCleanup } from '../apply/cleanupRun.js';
import { type Applied, openApplied } from './applied.js';
import { HOME_STEP } from './homecoming.js';
import { countRestored } from './restore.js';
import { RECREATE_STEP } from './revive.js';
import { type CleanupUndoResult } from './undoResult.js';

const askedSchema = z.object({ applied: z.string() });

/** The run that an undo takes back. @throws as `openApplied` */
export async function appliedOf({ record }: Pick<KnownCleanup, 'record'>): Promise<Applied> {
  return openApplied(askedSchema.parse(record.asked).applied);
}

export type UndoCounts = CleanupUndoResult['counts'];

/** The result of an undo that was broken off: what its finished steps have come to. */
export async function undoSoFar(run: KnownCleanup, nowMs: number): Promise<CleanupUndoResult> {
  return undoResult(run, await appliedOf(run), await countsSoFar(run), { status: 'Interrupted', nowMs });
}

async function countsSoFar(run: KnownCleanup): Promise<UndoCounts> {
  const { finished, events } = run.state;
  const home = [...finished].filter(([step]) => HOME_STEP.test(step));
  return {
    restored: await countRestored(run),
    undeleted: events.find((event) => event.type === 'undeleted')?.records ?? 0,
    recreated: finished.get(RECREATE_STEP)?.succeeded ?? 0,
    childrenMoved: home.reduce((sum, [, { succeeded }]) => sum + succeeded, 0),
    leftAlone: 0
  };
}

type Ended = { readonly status: CleanupStatus; readonly skipped?: string; readonly nowMs: number };

export function undoResult(
  run: KnownCleanup,
  applied: Applied,
  counts: UndoCounts,
  { status, skipped, nowMs }: Ended
): CleanupUndoResult {
  const { record } = run;
  return {
    runId: record.runId,
    runDir: run.path(),
    status,
    sobject: applied.plan.sobject,
    org: { id: record.org.id, username: record.org.username },
    undoes: applied.record.runId,
    counts,
    warnings: run.warnings,
    durationMs: nowMs - Date.parse(record.startedAt),
    files: { skipped },
    next: status === 'Interrupted' ? `sf bulkops resume --run-id ${record.runId}` : undefined
  };
}
