import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { isThere } from '../../run/isThere.js';
import { type Definition, plainDefinition } from '../definition/definition.js';
import { planToApply } from '../plan/checkFiles.js';
import { copyPlan } from '../plan/copyPlan.js';
import { readEdited } from '../plan/edits.js';
import { PLAN_FILES, type PlanRecord, readPlanRecord } from '../plan/planFiles.js';
import { isEdited, recheck } from '../plan/recheck.js';
import { type CleanupRun } from './cleanupRun.js';
import { id18 } from '../../bulk/recordId.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

export type PlannedCluster = {
  readonly cluster: string;
  readonly survivor: string;
  readonly losers: readonly string[];
};

/** A plan as a run has it: a copy of its own, with a person's edits worked in. */
export type TakenPlan = {
  readonly plan: PlanRecord;
  readonly definition: Definition;
  /** Of records; none for a plan of rows. */
  readonly clusters: readonly PlannedCluster[];
  /** Of the plan's files in the run directory. */
  readonly path: (file: keyof typeof PLAN_FILES) => string;
};

/**
 * Copies the plan into the run and works edits in, once.
 * @throws SfError `NotAPlanError`, `PlanOfOtherOrgError`, `PlanEditedError`
 */
export async function takePlan(run: CleanupRun, planDir: string): Promise<TakenPlan> {
  const directory = run.path('plan');
  if (!run.has('plan-taken')) await copyPlan(planDir, directory);
  let plan = await readPlanRecord(directory);
  if (!run.has('plan-taken')) {
    if (await isEdited(directory, plan))
      plan = await recheck(directory, { nowMs: () => run.world.clock.now(), onStage: () => undefined });
    const { clusters, updates, deletes } = plan.counts;
    await run.emit({ type: 'plan-taken', clusters, updates, deletes });
  }
  const path = (file: keyof typeof PLAN_FILES): string => join(directory, PLAN_FILES[file]);
  return {
    plan,
    definition: plainDefinition(plan.definition),
    clusters: plan.of === 'rows' ? [] : await plannedClusters(path('clusters')),
    path
  };
}

export type CheckedPlan = {
  /** As it would be applied: a person's edits are worked in. */
  readonly plan: PlanRecord;
  readonly warnings: readonly string[];
  readonly plannedAtMs: number | undefined;
};

/**
 * Looks at a plan before there is any trace of a run.
 * @throws SfError `NotAPlanError`, `PlanOfOtherOrgError`, `PlanEditedError`, `PlanColumnsError`
 */
export async function checkPlan(planDir: string, orgId: string): Promise<CheckedPlan> {
  const { org } = await readPlanRecord(planDir);
  if (org && id18(org.id) !== id18(orgId))
    throw messages.createError('planOfOtherOrg', [planDir, org.username, org.id, orgId]);
  const { plan, warnings } = await planToApply(planDir);
  const made = join(planDir, PLAN_FILES.made);
  if (!(await isThere(made))) return { plan, warnings, plannedAtMs: undefined };
  const { plannedAt } = JSON.parse(await readFile(made, 'utf8')) as { plannedAt?: unknown };
  const ms = typeof plannedAt === 'string' ? Date.parse(plannedAt) : NaN;
  return { plan, warnings, plannedAtMs: Number.isNaN(ms) ? undefined : ms };
}

async function plannedClusters(path: string): Promise<PlannedCluster[]> {
  const clusters = new Map<string, { survivor: string; losers: string[] }>();
  for (const { cluster, role, key } of await readEdited(path, 'Id')) {
    const known = clusters.get(cluster) ?? { survivor: '', losers: [] };
    clusters.set(cluster, known);
    if (role === 'survivor') known.survivor = id18(key);
    else known.losers.push(id18(key));
  }
  return [...clusters]
    .filter(([, { losers }]) => losers.length > 0)
    .map(([cluster, members]) => ({ cluster, ...members }));
}
