import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { type CleanupEvent } from '../../run/cleanupEvents.js';
import { readJournal } from '../../run/journal.js';
import { openRun, readRecord, type RunRecord } from '../../run/run.js';
import { APPLY_COMMAND } from '../../run/runKind.js';
import { type CleanupState, fold, NOTHING_DONE } from '../apply/cleanupRun.js';
import { DELETE_STEP } from '../apply/removeLosers.js';
import { succeededIds } from '../apply/step.js';
import { PLAN_FILES, type PlanRecord, readPlanRecord } from '../plan/planFiles.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** A run that has applied a plan, as far as undoing needs to know it. */
export type Applied = {
  readonly record: RunRecord;
  readonly plan: PlanRecord;
  readonly state: CleanupState;
  readonly path: (...parts: readonly string[]) => string;
};

/**
 * Opens a run that applied a plan to undo it.
 * @throws SfError `NotARunError`, `NotAnApplyError`, `ApplyUnfinishedError`, `UndoOfRowsError`
 */
export async function openApplied(directory: string): Promise<Applied> {
  const record = await readRecord(directory);
  if (record.command !== APPLY_COMMAND) throw messages.createError('notAnApply', [directory, record.command]);
  const entries = await readJournal<CleanupEvent>(directory);
  const state = entries.reduce((before, { event }) => fold(before, event), NOTHING_DONE);
  const open = [...state.started.keys()].filter((step) => !state.finished.has(step));
  if (open.length > 0 || state.doubtful.size > 0)
    throw messages.createError('applyUnfinished', [record.runId, open.join(', ')], [record.runId]);
  const plan = await readPlanRecord(join(directory, 'plan'));
  if (plan.of === 'rows') throw messages.createError('undoOfRows', [record.runId, PLAN_FILES.updates]);
  return { record, plan, state, path: (...parts) => join(directory, ...parts) };
}

/** The Ids of the losers that the run removed. */
export async function removedIds(applied: Applied): Promise<Set<string>> {
  const deleted = await succeededIds(applied, DELETE_STEP);
  return new Set([...deleted, ...applied.state.merged.flat()]);
}

/**
 * Notes in the journal of the run that it is being undone, so that no resume goes on with it afterwards.
 * @throws SfError `RunIsLockedError` while it is under way
 */
export async function markUndone(directory: string, by: string): Promise<void> {
  const run = await openRun<CleanupEvent>(directory);
  try {
    await run.journal.append({ type: 'undo-starting', by }, { durable: true });
  } finally {
    await run.close();
  }
}
