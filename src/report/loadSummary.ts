import { remedyFor } from '../bulk/rowError.js';
import { type LoadResult, type LoadStatus } from '../load/loadResult.js';
import { count, counted, duration } from './format.js';
import { plainText } from './table.js';

const HEADLINES: Readonly<Record<LoadStatus, string>> = {
  Success: 'done',
  PartialSuccess: 'done, but some rows failed',
  InProgress: 'goes on in the org',
  Stopped: 'stopped before its end',
  Failed: 'failed',
  Interrupted: 'interrupted',
  Checked: 'checked, nothing was sent'
};

const MOST_ERRORS = 10;

/** What a person reads when a load has ended. */
export function loadSummary(result: LoadResult): string {
  const { rows } = result;
  const fates = [
    `${counted(rows.read, 'row')} read`,
    `${count(rows.succeeded)} succeeded (${count(rows.created)} created, ${count(rows.updated)} updated)`,
    `${count(rows.failed)} failed`,
    `${count(rows.rejected)} rejected`
  ];
  if (rows.skipped > 0) fates.push(`${count(rows.skipped)} skipped`);
  if (rows.unaccounted > 0) fates.push(`${count(rows.unaccounted)} unaccounted`);
  if (rows.retried > 0) fates.push(`${count(rows.retried)} retried`);
  const work = [counted(result.jobs.length, 'job'), counted(result.apiCalls, 'API call'), duration(result.durationMs)];
  const lines = [
    `The ${result.operation} of ${result.sobject} is ${HEADLINES[result.status]}.`,
    `  ${fates.join(', ')}`,
    `  ${work.join(', ')}`,
    ...errorLines(result),
    ...result.warnings.map((warning) => `Warning: ${plainText(warning)}`),
    ...fileLines(result)
  ];
  if (result.next) lines.push('', `Continue with: ${result.next}`);
  return lines.join('\n');
}

function errorLines({ errors }: LoadResult): string[] {
  if (errors.length === 0) return [];
  const lines = ['', 'Errors, most frequent first:'];
  for (const error of errors.slice(0, MOST_ERRORS)) {
    const text = plainText(`${error.code}: ${error.message}`);
    lines.push(`  ${count(error.count)} × ${text} (for example row ${error.exampleRow})`);
    const remedy = remedyFor(error.code);
    if (remedy) lines.push(`      ${remedy}`);
  }
  if (errors.length > MOST_ERRORS) lines.push(`  and ${errors.length - MOST_ERRORS} other kinds`);
  return lines;
}

function fileLines({ files, runDir, rows }: LoadResult): string[] {
  const lines = ['', `Run directory: ${runDir}`];
  if (files.success) lines.push(`Succeeded rows: ${files.success}`);
  if (files.failed && rows.failed + rows.rejected > 0)
    lines.push(`Failed rows, to be mended and loaded again: ${files.failed}`);
  if (files.skipped) lines.push(`Skipped rows: ${files.skipped}`);
  if (files.unaccounted) lines.push(`Unaccounted rows: ${files.unaccounted}`);
  if (files.report) lines.push(`Report: ${files.report}`);
  return lines;
}
