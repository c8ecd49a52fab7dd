import { KnownCleanup } from '../cleanup/apply/cleanupRun.js';
import { resultSoFar } from '../cleanup/apply/result.js';
import { type CleanupResult } from '../cleanup/cleanupResult.js';
import { undoSoFar } from '../cleanup/undo/result.js';
import { type CleanupEvent } from '../run/cleanupEvents.js';
import { type JournalEntry } from '../run/journal.js';
import { type RunRecord } from '../run/run.js';
import { UNDO_COMMAND } from '../run/runKind.js';

/** The result of an apply or an undo that is not over: what its finished steps have come to. */
export async function cleanupSoFar(
  { record, directory }: { readonly record: RunRecord; readonly directory: string },
  entries: ReadonlyArray<JournalEntry<unknown>>,
  nowMs: number
): Promise<CleanupResult> {
  const known = new KnownCleanup(record, directory, entries as ReadonlyArray<JournalEntry<CleanupEvent>>);
  return record.command === UNDO_COMMAND ? undoSoFar(known, nowMs) : resultSoFar(known, nowMs);
}
