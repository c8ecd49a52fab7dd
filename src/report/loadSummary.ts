import { basename } from 'node:path';
import { remedyFor } from '../bulk/rowError.js';
import { columnName } from '../input/columnName.js';
import { sourceName } from '../input/rawSource.js';
import { type LoadResult, type LoadStatus } from '../load/loadResult.js';
import { count, counted, duration } from './format.js';
import { plainText } from './table.js';

export const LOAD_HEADLINES: Readonly<Record<LoadStatus, string>> = {
  Success: 'done',
  PartialSuccess: 'done, but some rows failed',
  InProgress: 'not over: the org goes on with it',
  Stopped: 'stopped before its end',
  Failed: 'failed',
  Interrupted: 'interrupted',
  Checked: 'checked, nothing was sent'
};

const MOST_ERRORS = 10;
/** Of a constant. */
const MOST_SHOWN = 40;

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
    `The ${result.operation} of ${result.sobject} is ${LOAD_HEADLINES[result.status]}.`,
    `  ${fates.join(', ')}`,
    `  ${work.join(', ')}`,
    ...inputLines(result),
    ...mappingLines(result),
    ...errorLines(result),
    ...problemLines(result),
    ...result.warnings.map((warning) => `Warning: ${plainText(warning)}`),
    ...fileLines(result)
  ];
  if (result.next) lines.push('', `Continue with: ${result.next}`);
  return lines.join('\n');
}

/** Rows have one count over all files: this tells of which one a row is. */
function inputLines({ inputs = [] }: LoadResult): string[] {
  const lines = inputs.slice(0, MOST_INPUTS).map(({ path, firstRow, rows }) => {
    const numbers = rows === 0 ? 'No rows' : `Rows ${count(firstRow)} to ${count(firstRow + rows - 1)}`;
    return plainText(`  ${numbers}: ${sourceName(path)}`);
  });
  return inputs.length > MOST_INPUTS ? [...lines, `  and ${inputs.length - MOST_INPUTS} other files`] : lines;
}

const MOST_INPUTS = 20;

/** Which columns went where: those that go by their own name are only counted. */
function mappingLines({ mapping, constants = [] }: LoadResult): string[] {
  const isOwnName = ({ column, field }: LoadResult['mapping'][number]): boolean => columnName(column) === field;
  const others = mapping.filter((column) => column.field !== null && !isOwnName(column));
  const unsent = mapping.filter(({ field }) => field === null);
  const told = others.map(({ column, field }) => `${column} → ${field}`);
  told.push(
    ...constants.map(
      ({ field, value }) => `"${value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}…` : value}" → ${field}`
    )
  );
  const own = mapping.filter(isOwnName).length;
  if (own > 0) told.push(`${counted(own, 'column')} by API name`);
  if (unsent.length > 0) told.push(`not sent: ${unsent.map(({ column }) => column).join(', ')}`);
  return told.length === 0 ? [] : [`  Columns: ${plainText(told.join('; '))}`];
}

/** A row by its number, and where several files were read by that in its own. */
function rowName(row: number, { inputs = [] }: LoadResult): string {
  const file = inputs.findLast(({ firstRow, rows }) => firstRow <= row && row < firstRow + rows);
  return file ? `${row} (row ${row - file.firstRow + 1} of ${sourceName(basename(file.path))})` : String(row);
}

function errorLines(result: LoadResult): string[] {
  const { errors } = result;
  if (errors.length === 0) return [];
  const lines = ['', 'Errors, most frequent first:'];
  for (const error of errors.slice(0, MOST_ERRORS)) {
    const text = plainText(`${error.code}: ${error.message}`);
    lines.push(`  ${count(error.count)} × ${text} (for example row ${plainText(rowName(error.exampleRow, result))})`);
    const remedy = remedyFor(error.code);
    if (remedy) lines.push(`      ${remedy}`);
  }
  if (errors.length > MOST_ERRORS) lines.push(`  and ${errors.length - MOST_ERRORS} other kinds`);
  return lines;
}

/** A check shows what it found; a load that went on has it in failed.csv. The summary of an older run may have none. */
function problemLines(result: LoadResult): string[] {
  const { status, problems = [], rows } = result;
  if (status !== 'Checked' || problems.length === 0) return [];
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ row, column, value, reason }) =>
      plainText(
        `  row ${rowName(row, result)}${column ? `, ${column}` : ''}: ${value === '' ? '' : `"${value}" `}${reason}`
      )
    );
  const isAll = problems.length <= MOST_PROBLEMS && new Set(problems.map(({ row }) => row)).size === rows.rejected;
  return ['', isAll ? 'Rows that would not be sent:' : 'The first rows that would not be sent:', ...lines];
}

const MOST_PROBLEMS = 20;

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
