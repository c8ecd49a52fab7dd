import { type RunRecord } from '../run/run.js';
import { type ExportAsked } from './asked.js';
import { type ExportJob, type ExportResult, type ExportStatus } from './exportResult.js';
import { type ExportState, hasPages, landedPages, landedRows, type RangeState } from './state.js';

/** How the process came to its end. `closed`: whoever read standard output has had enough. */
export type Ended = 'by-itself' | 'async' | 'wait' | 'interrupt' | 'closed';

export type Summing = {
  readonly run: { readonly record: RunRecord; readonly directory: string };
  readonly asked: ExportAsked;
  readonly state: ExportState;
  readonly ended: Ended;
  readonly apiCalls: number;
  readonly nowMs: number;
};

const STATUS: Readonly<Record<Ended, ExportStatus>> = {
  'by-itself': 'Success',
  async: 'InProgress',
  wait: 'InProgress',
  interrupt: 'Interrupted',
  closed: 'Closed'
};

/**
 * The `--json` result of an export, folded from its events.
 * @throws Error when the rows of a finished export do not add up (a defect of ours, and the one that must never pass)
 */
export function exportResult({ run, asked, state, ended, apiCalls, nowMs }: Summing): ExportResult {
  const { record, directory } = run;
  const ranges = state.ranges ?? [];
  const withPages = ranges.filter(hasPages);
  const read = landedRows(state);
  const written = state.output?.rows ?? 0;
  const dropped = state.output?.dropped ?? 0;
  if (state.output && written + dropped !== read)
    throw new Error(`the rows do not add up: ${read} were fetched, ${written} were written and ${dropped} left out`);
  const status = state.failure === undefined ? STATUS[ended] : 'Failed';
  return {
    runId: record.runId,
    runDir: directory,
    status,
    operation: 'export',
    sobject: asked.sobject,
    query: asked.soql,
    allRows: asked.operation === 'queryAll',
    org: { id: record.org.id, username: record.org.username },
    rows: { read, written, dropped },
    pages: {
      listed: sum(withPages.map(({ pages }) => pages.size)),
      landed: sum(withPages.map((range) => landedPages(range).length)),
      refused: state.refused
    },
    bytes: sum((state.output?.files ?? []).map(({ bytes }) => bytes)),
    format: asked.output.format,
    jobs: ranges.flatMap((range) => exportJob(range)),
    warnings: [...state.warnings, ...(state.failure === undefined ? [] : [state.failure])],
    apiCalls,
    durationMs: nowMs - Date.parse(record.startedAt),
    files: { output: state.output?.files ?? [], manifest: state.output?.manifest },
    next: status === 'Success' || status === 'Failed' ? undefined : `sf bulkops resume --run-id ${record.runId}`
  };
}

function exportJob(range: RangeState): ExportJob[] {
  if (range.at === 'planned' || range.at === 'creating') return [];
  const { job } = range;
  return [
    {
      id: range.jobId,
      state: job?.state ?? 'UploadComplete',
      range: range.range,
      covers: range.label,
      rows: job?.processed ?? 0,
      pages: hasPages(range) ? range.pages.size : 0,
      errorMessage: job?.errorMessage
    }
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
