import { mkdir } from 'node:fs/promises';
import { Messages } from '@salesforce/core';
import { z } from 'zod';
import { type CleanupEvent } from '../../run/cleanupEvents.js';
import { PRIVATE_DIRECTORY } from '../../run/durably.js';
import { createRun, openRun, type RunRecord } from '../../run/run.js';
import { describeObject, type ObjectDescribe } from '../../schema/describe.js';
import { movesChildren, type OnLoser, plainDefinition } from '../definition/definition.js';
import { checkDefinition } from '../org/checkDefinition.js';
import { type ChildRelations, childRelations } from '../org/childRelations.js';
import { type CleanupApplyResult } from './applyResult.js';
import { backUp, driftOf } from './backup.js';
import { listChildren, refuseListed } from './boundChildren.js';
import { reparent } from './children.js';
import { type CleanupRun, type CleanupWorld } from './cleanupRun.js';
import { carryOn, type CleanupStory } from './conclude.js';
import { warnOfNewChildren } from './newChildren.js';
import { removeLosers } from './removeLosers.js';
import { type Applying, refusedRows, resultOf, resultSoFar } from './result.js';
import { Skips } from './skips.js';
import { runStep } from './step.js';
import { checkPlan, takePlan, type TakenPlan } from './takePlan.js';
import { update, updatedIds, updateLate } from './updates.js';
import { verify } from './verify.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

const askedSchema = z.object({ planDir: z.string() });

/**
 * Does what a plan says, and nothing else: backs up every record it touches, leaves alone what changed since the plan, updates, points children
 * at the survivors, removes the losers, and checks the outcome by query.
 * @param record its `asked` is `{ planDir }`, absolute
 * @throws SfError before anything was changed when the plan, the org or the permissions don't fit; afterwards the run can be resumed
 */
export async function applyPlan(record: RunRecord, runDir: string, world: CleanupWorld): Promise<CleanupApplyResult> {
  const { plan } = await checkPlan(askedSchema.parse(record.asked).planDir, record.org.id);
  const object = await describeObject(world.reads, plan.sobject);
  if (plan.of === 'records') checkDefinition(plainDefinition(plan.definition), object);
  return carryOn(await createRun<CleanupEvent>(record, runDir), world, STORY);
}

/**
 * Takes an apply up where its journal ends; the outcome is that of an undisturbed one.
 * @throws SfError `ApplyUndoneError`
 */
export async function resumeApply(runDir: string, world: CleanupWorld): Promise<CleanupApplyResult> {
  const open = await openRun<CleanupEvent>(runDir);
  const undone = open.entries.find(({ event }) => event.type === 'undo-starting')?.event;
  if (undone?.type === 'undo-starting') {
    await open.close();
    throw messages.createError('applyUndone', [open.record.runId, undone.by]);
  }
  return carryOn(open, world, STORY);
}

/** The way of an apply, from wherever it stands. */
const STORY: CleanupStory<CleanupApplyResult> = {
  tell: async (run) => resultOf(run, await tell(run), run.world.clock.now()),
  soFar: resultSoFar
};

/** The story of an apply from wherever it stands. */
async function tell(run: CleanupRun): Promise<Applying> {
  const taken = await takePlan(run, askedSchema.parse(run.record.asked).planDir);
  await mkdir(run.path('actions'), { recursive: true, mode: PRIVATE_DIRECTORY });
  if (taken.plan.of === 'rows') return upsertRows(run, taken);
  const object = await describeObject(run.world.reads, taken.plan.sobject);
  checkDefinition(taken.definition, object);
  await backUp(run, taken, object);
  const skips = await skipsOf(run, taken, object);
  const { children, onLoser } = taken.definition;
  const isMoving = movesChildren(taken.definition);
  const relations = children === 'ignore' ? NO_RELATIONS : await childRelations(run.world.reads, object);
  if (children === 'refuse') await refuseParents(run, relations, skips);
  if (isMoving) await keepBound(run, relations, skips, onLoser.kind);
  await update(run, taken, object, skips);
  const moved = isMoving ? await reparentAll(run, taken, relations, skips) : 0;
  const removed = await removeLosers(run, taken, object, skips);
  await updateLate(run, taken, object, skips);
  const { checked, wrong } = await verify(run, object, skips, onLoser.kind !== 'flag');
  await run.emit({ type: 'verified', checked, wrong: wrong.size });
  return {
    sobject: object.name,
    clustersSkipped: skips.clusters.size,
    updated: (await updatedIds(run)).size,
    reparented: moved,
    removed,
    skipped: skips.size,
    failed: refusedRows(run),
    wrong: wrong.size,
    skippedPath: await skips.write(run),
    warnings: [...run.warnings, ...[...wrong].slice(0, MOST_NAMED).map(([id, problem]) => `${id} ${problem}`)]
  };
}

const MOST_NAMED = 20;

async function skipsOf(run: CleanupRun, taken: TakenPlan, object: ObjectDescribe): Promise<Skips> {
  const skips = new Skips(taken.clusters);
  for (const [id, reason] of await driftOf(run, taken, object))
    skips.add(id, reason === 'gone' ? 'is gone since the plan' : 'changed since the plan');
  if (!run.has('drift-checked'))
    await run.emit({ type: 'drift-checked', clustersSkipped: skips.clusters.size, recordsSkipped: skips.size });
  return skips;
}

const NO_RELATIONS: ChildRelations = { movable: [], bound: [] };

/** With `children: refuse` a loser that has children is reason enough to leave its cluster to a person. */
async function refuseParents(run: CleanupRun, { movable, bound }: ChildRelations, skips: Skips): Promise<void> {
  await listChildren(run, [...movable, ...bound], skips);
  await refuseListed(run, skips, '');
}

/** Children that we can't move: the platform's merge takes them along, and deleting their parent would lose them. */
async function keepBound(
  run: CleanupRun,
  { bound }: ChildRelations,
  skips: Skips,
  kind: OnLoser['kind']
): Promise<void> {
  await listChildren(run, bound, skips);
  if (kind === 'delete')
    await refuseListed(run, skips, ', which can not be moved ("on-loser: merge" or "children: ignore" would go on)');
}

async function reparentAll(
  run: CleanupRun,
  taken: TakenPlan,
  { movable }: ChildRelations,
  skips: Skips
): Promise<number> {
  const { stuck, moved, steps } = await reparent(run, movable, skips.open());
  for (const [id, child] of stuck) skips.add(id, `keeps a child that could not be moved: ${child}`);
  await warnOfNewChildren(run, taken, steps);
  return moved;
}

/** A file without Ids: its deduplicated rows go up in one load. */
async function upsertRows(run: CleanupRun, taken: TakenPlan): Promise<Applying> {
  const { plan } = taken;
  await runStep(run, {
    name: 'upsert',
    operation: plan.key === null ? 'insert' : 'upsert',
    sobject: plan.sobject,
    externalId: plan.key ?? undefined,
    file: taken.path('updates'),
    rows: plan.counts.updates
  });
  const { succeeded = 0, failed = 0 } = run.state.finished.get('upsert') ?? {};
  const none = { clustersSkipped: 0, reparented: 0, removed: 0, skipped: 0, wrong: 0, warnings: [] };
  return { sobject: plan.sobject, updated: succeeded, failed, ...none };
}
