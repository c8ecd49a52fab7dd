import { exportAsked } from '../export/asked.js';
import { type ExportResult } from '../export/exportResult.js';
import { exportResult } from '../export/result.js';
import { fold, NOTHING_YET } from '../export/state.js';
import { type ExportEvent } from '../run/exportEvents.js';
import { type JournalEntry } from '../run/journal.js';
import { type RunRecord } from '../run/run.js';

type Standing = { readonly isRunning: boolean; readonly apiCalls: number; readonly nowMs: number };

/** The result of an export that is not over, folded from its journal. */
export function exportSoFar(
  run: { readonly record: RunRecord; readonly directory: string },
  entries: ReadonlyArray<JournalEntry<unknown>>,
  { isRunning, apiCalls, nowMs }: Standing
): ExportResult {
  const asked = exportAsked(run.record.asked);
  const state = entries.reduce((before, { event }) => fold(before, event as ExportEvent), NOTHING_YET);
  return exportResult({ run, asked, state, ended: isRunning ? 'async' : 'interrupt', apiCalls, nowMs });
}
