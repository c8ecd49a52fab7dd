import { mkdir } from 'node:fs/promises';
import { Messages } from '@salesforce/core';
import { z } from 'zod';
import { type CleanupEvent } from '../../run/cleanupEvents.js';
import { PRIVATE_DIRECTORY, writeDurably } from '../../run/durably.js';
import { createRun, type OpenRun, openRun, type RunRecord } from '../../run/run.js';
import { type RunId } from '../../run/runId.js';
import { describeObject } from '../../schema/describe.js';
import { type CleanupStatus } from '../apply/applyResult.js';
import { boundPath } from '../apply/boundChildren.js';
import { CleanupRun, type CleanupWorld } from '../apply/cleanupRun.js';
import { tableRows } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { type Applied, markUndone, openApplied, removedIds } from './applied.js';
import { bringChildrenHome } from './homecoming.js';
import { LeftAlone } from './leftAlone.js';
import { relink } from './relink.js';
import { restoreValues } from './restore.js';
import { revive } from './revive.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

const askedSchema = z.object({ applied: z.string() });

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
  readonly durationMs: number;
  readonly files: { readonly skipped?: string };
  readonly next?: string;
};

/**
 * Undoes what a run of apply has done, from its backup: old values, deleted records, children. What was edited since stays, and is listed.
 * @param record its `asked` is `{ applied }`, the absolute run directory of the apply
 * @throws SfError before anything was changed when the run can't be undone; afterwards the undo can be resumed
 */
export async function undoApply(record: RunRecord, runDir: string, world: CleanupWorld): Promise<CleanupUndoResult> {
  const applied = await openApplied(askedSchema.parse(record.asked).applied);
  if (id18(applied.record.org.id) !== id18(record.org.id))
    throw messages.createError('applyOfOtherOrg', [applied.record.runId, applied.record.org.username]);
  await describeObject(world.connection, applied.plan.sobject);
  const open = await createRun<CleanupEvent>(record, runDir);
  try {
    await markUndone(askedSchema.parse(record.asked).applied, record.runId);
  } catch (error) {
    await open.close();
    throw error;
  }
  return carryOn(open, world);
}

/** Takes an undo up where its journal ends. */
export async function resumeUndo(runDir: string, world: CleanupWorld): Promise<CleanupUndoResult> {
  return carryOn(await openRun<CleanupEvent>(runDir), world);
}

async function carryOn(open: OpenRun<CleanupEvent>, world: CleanupWorld): Promise<CleanupUndoResult> {
  const run = new CleanupRun(open, world);
  try {
    world.onRun(open.record, open.directory);
    const result = await tell(run, open);
    await writeDurably(run.path('summary.json'), `${JSON.stringify(result, undefined, 2)}\n`);
    if (result.status !== 'Interrupted' && !run.has('cleanup-finished')) await run.emit({ type: 'cleanup-finished' });
    return result;
  } finally {
    await run.close();
  }
}

/** Values first: a loser may hold a unique one that its survivor was given. Children last: they need their parents. */
async function tell(run: CleanupRun, open: OpenRun<CleanupEvent>): Promise<CleanupUndoResult> {
  const applied = await openApplied(askedSchema.parse(run.record.asked).applied);
  await mkdir(run.path('actions'), { recursive: true, mode: PRIVATE_DIRECTORY });
  const left = new LeftAlone();
  let counts = { restored: 0, undeleted: 0, recreated: 0, childrenMoved: 0, leftAlone: 0 };
  let isInterrupted = false;
  try {
    const object = await describeObject(run.world.connection, applied.plan.sobject);
    const restored = await restoreValues(run, applied, object, left);
    const { undeleted, recreated } = await revive(run, applied, object, left);
    await relink(run, applied, { object, recreated, left });
    const childrenMoved = await bringChildrenHome(run, applied, recreated, left);
    await noteMergedAlong(applied, left);
    counts = { restored, undeleted, recreated: recreated.size, childrenMoved, leftAlone: left.size };
  } catch (error) {
    if (!run.world.interrupt.aborted) throw error;
    isInterrupted = true;
  }
  const { record, directory } = open;
  const skipped = await left.write(run);
  return {
    runId: record.runId,
    runDir: directory,
    status: isInterrupted ? 'Interrupted' : left.size === 0 ? 'Success' : 'PartialSuccess',
    sobject: applied.plan.sobject,
    org: { id: record.org.id, username: record.org.username },
    undoes: applied.record.runId,
    counts,
    durationMs: run.world.clock.now() - Date.parse(record.startedAt),
    files: { skipped },
    next: isInterrupted ? `sf bulkops resume --run-id ${record.runId}` : undefined
  };
}

/** The platform's merge has moved what nobody else can move, and nobody can move it back. */
async function noteMergedAlong(applied: Applied, left: LeftAlone): Promise<void> {
  if (applied.state.merged.length === 0) return;
  const removed = await removedIds(applied);
  for await (const [sobject = '', id = '', from = ''] of tableRows(boundPath(applied), ['object', 'Id', 'from']))
    if (removed.has(from))
      left.add(sobject, id, `was of ${from}; the merge has moved it, and it can not be moved back`);
}
