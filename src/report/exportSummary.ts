import { type ExportResult, type ExportStatus } from '../export/exportResult.js';
import { count, counted, duration, size } from './format.js';
import { plainText } from './table.js';

export const EXPORT_HEADLINES: Readonly<Record<ExportStatus, string>> = {
  Success: 'complete',
  InProgress: 'not over: the org goes on with it',
  Interrupted: 'interrupted',
  Closed: 'ended: its reader has had enough',
  Failed: 'broken off for good'
};

const MOST_FILES = 10;

/** What a person reads when an export has ended. */
export function exportSummary(result: ExportResult): string {
  const { rows, pages, jobs, files } = result;
  const proof = [`${counted(rows.read, 'row')} in ${counted(pages.landed, 'page')}, each counted on its bytes`];
  if (pages.refused > 0) proof.push(`${count(pages.refused)} answers refused and asked for again`);
  if (rows.dropped > 0) proof.push(`${count(rows.dropped)} left out, since the last run wrote them just so`);
  const work = [counted(jobs.length, 'job'), counted(result.apiCalls, 'API call'), duration(result.durationMs)];
  const lines = [
    `The export of ${result.sobject} is ${EXPORT_HEADLINES[result.status]}.`,
    `  ${proof.join(', ')}`,
    `  ${work.join(', ')}`,
    ...result.warnings.map((warning) => `Warning: ${plainText(warning)}`),
    ''
  ];
  for (const { path, rows: own, bytes } of files.output.slice(0, MOST_FILES))
    if (path !== '-') lines.push(`${path}: ${counted(own, 'row')}, ${size(bytes)}`);
  if (files.output.length > MOST_FILES) lines.push(`and ${files.output.length - MOST_FILES} other files`);
  if (files.manifest) lines.push(`Manifest: ${files.manifest}`);
  if (files.report) lines.push(`Report: ${files.report}`);
  lines.push(`Run directory: ${result.runDir}`);
  if (result.next) lines.push('', `Continue with: ${result.next}`);
  return lines.join('\n');
}
