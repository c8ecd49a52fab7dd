import { type CleanupApplyResult } from './apply/applyResult.js';
import { type CleanupUndoResult } from './undo/undoResult.js';

/** What `cleanup apply` or `cleanup undo` has come to. */
export type CleanupResult = CleanupApplyResult | CleanupUndoResult;

export function isUndo(result: CleanupResult): result is CleanupUndoResult {
  return 'undoes' in result;
}
