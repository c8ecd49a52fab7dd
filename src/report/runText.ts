import { cleanupSummary } from './cleanupSummary.js';
import { writtenCleanupResult } from '../cleanup/writtenResult.js';
import { writtenExportResult } from '../export/writtenResult.js';
import { writtenLoadResult } from '../load/writtenResult.js';
import { runKind } from '../run/runKind.js';
import { exportSummary } from './exportSummary.js';
import { count, duration } from './format.js';
import { loadSummary } from './loadSummary.js';
import { type RunOverview } from './runOverview.js';
import { type RunView, type Summary } from './runView.js';
import { type Column, plainText, tableLines } from './table.js';

/** The runs as a table, newest first, with a line below for each that can't be shown. @param cells of the terminal, where there is one */
export function runTable(runs: readonly RunOverview[], cells?: number): string {
  const lines = tableLines(COLUMNS, runs, cells);
  for (const run of runs) {
    if (run.status === 'Gone') lines.push(`The directory of ${run.runId} is gone: ${plainText(run.runDir)}`);
    if (run.reason) lines.push(`${run.runId} can't be read: ${plainText(run.reason)}`);
  }
  return lines.join('\n');
}

const COLUMNS: ReadonlyArray<Column<RunOverview>> = [
  { name: 'RUN', text: ({ runId }) => runId },
  { name: 'STATUS', text: ({ status }) => status },
  { name: 'STARTED', text: ({ startedAt }) => (startedAt ? `${startedAt.slice(0, 19).replace('T', ' ')}Z` : '') },
  { name: 'TOOK', text: ({ durationMs }) => (durationMs === undefined ? '' : duration(durationMs)), isNumber: true },
  { name: 'READ', text: ({ rows }) => number(rows?.read), isNumber: true },
  { name: 'SUCCEEDED', text: ({ rows }) => number(rows?.succeeded), isNumber: true },
  { name: 'FAILED', text: ({ rows }) => number(rows && (rows.failed ?? 0) + (rows.rejected ?? 0)), isNumber: true },
  { name: 'ORG', text: ({ org }) => org ?? '' }
];

function number(n: number | undefined): string {
  return n === undefined ? '' : count(n);
}

/** All that a person wants to know of one run. */
export function runText({ record, summary, isRunning, overview }: RunView): string {
  const lines = [
    `Run ${record.runId}`,
    `  ${record.command} in ${record.org.username}, begun ${record.startedAt}${isRunning ? ', at work now' : ''}`
  ];
  if (!summary) lines.push(`  ${overview.status}; what it has done so far stands in ${overview.runDir}`);
  else lines.push('', summaryText(record, summary, isRunning));
  return lines.join('\n');
}

function summaryText(record: RunView['record'], summary: Summary, isRunning: boolean): string {
  const kind = runKind(record);
  const load = kind === 'load' ? writtenLoadResult(summary) : undefined;
  if (load) return loadSummary(load);
  const exported = kind === 'export' ? writtenExportResult(summary) : undefined;
  if (exported) return exportSummary(exported);
  const cleaned = kind === 'cleanup' ? writtenCleanupResult(summary) : undefined;
  return cleaned ? cleanupSummary(cleaned, { isRunning }) : plainSummary(summary);
}

/** A summary whose kind is not known here: its facts, a line each, lists as their length. */
function plainSummary(summary: Readonly<Record<string, unknown>>): string {
  const facts = Object.entries(summary).flatMap(([name, value]) => factLines(name, value));
  return facts.map((line) => `  ${plainText(line)}`).join('\n');
}

function factLines(name: string, value: unknown): string[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value.length === 0 ? [] : [`${name}: ${value.length}`];
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([inner, more]) => factLines(`${name}.${inner}`, more));
  if (typeof value === 'number') return [`${name}: ${count(value)}`];
  return [`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`];
}
