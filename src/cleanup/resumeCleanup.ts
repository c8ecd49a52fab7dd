import { UNDO_COMMAND } from '../run/runKind.js';
import { resumeApply } from './apply/apply.js';
import { type CleanupWorld } from './apply/cleanupRun.js';
import { type CleanupResult } from './cleanupResult.js';
import { resumeUndo } from './undo/undo.js';

/** Takes an apply or an undo up where its journal ends. */
export async function resumeCleanup(command: string, runDir: string, world: CleanupWorld): Promise<CleanupResult> {
  return command === UNDO_COMMAND ? resumeUndo(runDir, world) : resumeApply(runDir, world);
}
