import { mkdir } from 'node:fs/promises';
import { Messages } from '@salesforce/core';
import { type CleanupEvent } from '../../run/cleanupEvents.js';
import { PRIVATE_DIRECTORY } from '../../run/durably.js';
import { createRun, openRun, type RunRecord } from '../../run/run.js';
import { describeObject } from '../../schema/describe.js';
import { boundPath } from '../apply/boundChildren.js';
import { type CleanupRun, type CleanupWorld } from '../apply/cleanupRun.js';
import { carryOn, type CleanupStory } from '../apply/conclude.js';
import { tableRows } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { type Applied, markUndone, removedIds } from './applied.js';
import { bringChildrenHome } from './homecoming.js';
import { LeftAlone } from './leftAlone.js';
import { relink } from './relink.js';
import { restoreValues } from './restore.js';
import { revive } from './revive.js';
import { appliedOf, type UndoCounts, undoResult, undoSoFar } from './result.js';
import { type CleanupUndoResult } from './undoResult.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/**
 * Undoes what a run of apply has done, from its backup: old values, deleted records, children. What was edited since stays, and is listed.
 * @param record its `asked` is `{ applied }`, the absolute run directory of the apply
 * @throws SfError before anything was changed when the run can't be undone; afterwards the undo can be resumed
 */
export async function undoApply(record: RunRecord, runDir: string, world: CleanupWorld): Promise<CleanupUndoResult> {
  const applied = await appliedOf({ record });
  if (id18(applied.record.org.id) !== id18(record.org.id))
    throw messages.createError('applyOfOtherOrg', [applied.record.runId, applied.record.org.username]);
  await describeObject(world.reads, applied.plan.sobject);
  const open = await createRun<CleanupEvent>(record, runDir);
  try {
    await markUndone(applied.path(), record.runId);
  } catch (error) {
    await open.close();
    throw error;
  }
  return carryOn(open, world, STORY);
}

/** Takes an undo up where its journal ends. */
export async function resumeUndo(runDir: string, world: CleanupWorld): Promise<CleanupUndoResult> {
  return carryOn(await openRun<CleanupEvent>(runDir), world, STORY);
}

/** The way of an undo, from wherever it stands. */
const STORY: CleanupStory<CleanupUndoResult> = {
  tell: async (run) => {
    const applied = await appliedOf(run);
    const left = new LeftAlone();
    const counts = await tell(run, applied, left);
    const skipped = await left.write(run);
    const status = left.size === 0 ? 'Success' : 'PartialSuccess';
    return undoResult(run, applied, counts, { status, skipped, nowMs: run.world.clock.now() });
  },
  soFar: undoSoFar
};

/** Values first: a loser may hold a unique one that its survivor was given. Children last: they need their parents. */
async function tell(run: CleanupRun, applied: Applied, left: LeftAlone): Promise<UndoCounts> {
  await mkdir(run.path('actions'), { recursive: true, mode: PRIVATE_DIRECTORY });
  const object = await describeObject(run.world.reads, applied.plan.sobject);
  const restored = await restoreValues(run, applied, object, left);
  const { undeleted, recreated } = await revive(run, applied, object, left);
  await relink(run, applied, { object, recreated, left });
  const childrenMoved = await bringChildrenHome(run, applied, recreated, left);
  await noteMergedAlong(applied, left);
  return { restored, undeleted, recreated: recreated.size, childrenMoved, leftAlone: left.size };
}

/** The platform's merge has moved what nobody else can move, and nobody can move it back. */
async function noteMergedAlong(applied: Applied, left: LeftAlone): Promise<void> {
  if (applied.state.merged.length === 0) return;
  const removed = await removedIds(applied);
  for await (const [sobject = '', id = '', from = ''] of tableRows(boundPath(applied), ['object', 'Id', 'from']))
    if (removed.has(from))
      left.add(sobject, id, `was of ${from}; the merge has moved it, and it can not be moved back`);
}
