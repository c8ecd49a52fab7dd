import { APPLY_COMMAND, resumeApply } from './apply/apply.js';
import { type CleanupApplyResult } from './apply/applyResult.js';
import { type CleanupWorld } from './apply/cleanupRun.js';
import { applySummary, undoSummary } from './cleanupSummary.js';
import { type CleanupUndoResult, resumeUndo, UNDO_COMMAND } from './undo/undo.js';

export type CleanupResult = CleanupApplyResult | CleanupUndoResult;

/** Whether a run of that command is resumed by `resumeCleanup`. */
export function isCleanup(command: string): boolean {
  return command === APPLY_COMMAND || command === UNDO_COMMAND;
}

/** A result and what a person reads of it. */
export type Cleaned<R extends CleanupResult = CleanupResult> = { readonly result: R; readonly summary: string };

/** Takes an apply or an undo up where its journal ends. */
export async function resumeCleanup(command: string, runDir: string, world: CleanupWorld): Promise<Cleaned> {
  if (command === UNDO_COMMAND) {
    const result = await resumeUndo(runDir, world);
    return { result, summary: undoSummary(result) };
  }
  const result = await resumeApply(runDir, world);
  return { result, summary: applySummary(result) };
}
