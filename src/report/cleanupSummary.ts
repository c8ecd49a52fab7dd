import { type CleanupApplyResult, type CleanupStatus } from '../cleanup/apply/applyResult.js';
import { type CleanupResult, isUndo } from '../cleanup/cleanupResult.js';
import { type CleanupUndoResult } from '../cleanup/undo/undoResult.js';
import { count, counted } from './format.js';
import { plainText } from './table.js';

export const CLEANUP_HEADLINES: Readonly<Record<CleanupStatus, string>> = {
  Success: 'done',
  PartialSuccess: 'done, but some of it was left alone or refused',
  Interrupted: 'interrupted'
};

/** What a person reads when an apply or an undo has ended, or of one that is at work. */
export function cleanupSummary(result: CleanupResult, { isRunning = false } = {}): string {
  const { warnings, files, runDir, status } = result;
  const next = isRunning ? undefined : result.next;
  const head = isRunning ? 'So far' : status;
  const lines = [
    ...(isUndo(result) ? undoLines(result, head) : applyLines(result, head)),
    ...warnings.map((warning) => `Warning: ${plainText(warning)}`),
    `Run directory: ${runDir}`
  ];
  if (files.report) lines.push(`Report: ${files.report}`);
  if (next) lines.push(`${status === 'Interrupted' ? 'Continue' : 'Undo it'} with: ${next}`);
  return lines.join('\n');
}

function applyLines({ counts, files, runDir }: CleanupApplyResult, head: string): string[] {
  // Records are not touched without a backup of them: these are the rows of a file.
  const isOfRows = counts.updated > 0 && files.backup === undefined;
  const lines = [
    isOfRows
      ? `${head}: ${counted(counts.updated, 'row')} of the file ${counts.updated === 1 ? 'is' : 'are'} in the org.`
      : `${head}: ${counted(counts.updated, 'record')} updated, ${children(counts.reparented)} moved, ${counted(counts.removed, 'duplicate')} removed.`
  ];
  if (counts.skipped > 0)
    lines.push(
      `Left alone: ${counted(counts.skipped, 'record')}, ${counted(counts.clustersSkipped, 'cluster')}. See ${files.skipped ?? runDir}`
    );
  if (counts.failed > 0)
    lines.push(`Refused by the org: ${counted(counts.failed, 'row')}. See ${files.report ?? runDir}`);
  return lines;
}

function undoLines({ counts, files, runDir }: CleanupUndoResult, head: string): string[] {
  const lines = [
    `${head}: ${restored(counts.restored)}, ${count(counts.undeleted)} undeleted, ${count(counts.recreated)} made anew, ${children(counts.childrenMoved)} home.`
  ];
  if (counts.leftAlone > 0)
    lines.push(`Not as it was: ${counted(counts.leftAlone, 'record')}. See ${files.skipped ?? runDir}`);
  return lines;
}

function children(n: number): string {
  return n === 1 ? '1 child' : `${count(n)} children`;
}

function restored(n: number): string {
  return n === 1 ? '1 record has its old values' : `${count(n)} records have their old values`;
}
