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
  const lines = [
    `${head}: ${count(counts.updated)} records updated, ${count(counts.reparented)} children moved, ${count(counts.removed)} duplicates removed.`
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
    `${head}: ${count(counts.restored)} records have their old values, ${count(counts.undeleted)} are undeleted, ${count(counts.recreated)} made anew, ${count(counts.childrenMoved)} children are home.`
  ];
  if (counts.leftAlone > 0)
    lines.push(`Not as it was: ${counted(counts.leftAlone, 'record')}. See ${files.skipped ?? runDir}`);
  return lines;
}
