import { type CleanupApplyResult } from './apply/applyResult.js';
import { type CleanupUndoResult } from './undo/undo.js';

/** What a person sees at the terminal when an apply has ended. */
export function applySummary({ status, counts, files, next, warnings, runDir }: CleanupApplyResult): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  return [
    `${status}: ${number(counts.updated)} records updated, ${number(counts.reparented)} children moved, ${number(counts.removed)} duplicates removed.`,
    ...(counts.skipped > 0
      ? [
          `Left alone: ${number(counts.skipped)} records, ${number(counts.clustersSkipped)} clusters. See ${files.skipped ?? runDir}`
        ]
      : []),
    ...(counts.failed > 0 ? [`Refused by the org: ${number(counts.failed)} rows. See ${runDir}`] : []),
    ...warnings.map((warning) => `Warning: ${warning}`),
    ...(next === undefined ? [] : [status === 'Interrupted' ? `Continue with: ${next}` : `Undo it with: ${next}`])
  ].join('\n');
}

/** The same of an undo. */
export function undoSummary({ status, counts, files, next }: CleanupUndoResult): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  return [
    `${status}: ${number(counts.restored)} records have their old values, ${number(counts.undeleted)} are undeleted, ${number(counts.recreated)} made anew, ${number(counts.childrenMoved)} children are home.`,
    ...(counts.leftAlone > 0 ? [`Not as it was: ${number(counts.leftAlone)} records. See ${files.skipped ?? ''}`] : []),
    ...(next === undefined ? [] : [`Continue with: ${next}`])
  ].join('\n');
}
