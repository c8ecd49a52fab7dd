import { tableRows } from '../csvTable.js';
import { PLAN_FILES } from '../plan/planFiles.js';
import { CHILD_COLUMNS as PLANNED_COLUMNS } from '../plan/plannedChildren.js';
import { childBackupPath } from './backup.js';
import { type ReparentStep } from './children.js';
import { type CleanupRun } from './cleanupRun.js';
import { failedIds } from './step.js';
import { type TakenPlan } from './takePlan.js';

/** Children that came after the plan go along, or they would be lost with their parents; but nobody was shown them, so it is said. */
export async function warnOfNewChildren(
  run: CleanupRun,
  { plan, path }: TakenPlan,
  steps: readonly ReparentStep[]
): Promise<void> {
  // A plan without an org knows of no children at all, and has said so.
  if (plan.files[PLAN_FILES.children] === undefined) return;
  for (const step of steps) {
    const known = await failedIds(run, step.name);
    const planned = await plannedIds(path('children'), step);
    let added = 0;
    for await (const [id = ''] of tableRows(childBackupPath(run, step.name), ['Id']))
      if (!planned.has(id) && !known.has(id)) added += 1;
    if (added > 0)
      await run.warn(
        `${added} ${step.sobject} record(s) that came since the plan were moved to the surviving records too (${step.field})`
      );
  }
}

async function plannedIds(path: string, { sobject, field }: ReparentStep): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const [object, id = '', by] of tableRows(path, PLANNED_COLUMNS))
    if (object === sobject && by === field) ids.add(id);
  return ids;
}
