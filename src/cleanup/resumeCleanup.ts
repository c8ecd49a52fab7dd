import { resumeApply } from './apply/apply.js';
import { type CleanupApplyResult } from './apply/applyResult.js';
import { type CleanupWorld } from './apply/cleanupRun.js';
import { applySummary, undoSummary } from './cleanupSummary.js';
import { type CleanupUndoResult, resumeUndo } from './undo/undo.js';
import { UNDO_COMMAND } from '../run/runKind.js';

export type CleanupResult = CleanupApplyResult | CleanupUndoResult;

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
