import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type SoqlPlan, runSoql } from '../soql/evaluate.js';
import { type SoqlSource, type SoqlValue } from '../soql/source.js';
import { asJavaDouble } from '../values.js';
import { DELIMITERS } from './bulkJob.js';
import { type QueryJob } from './queryJob.js';
import { type QueryPaths, QueryRows } from './queryRows.js';
import { quotedRow } from './resultFile.js';

export type QueryRun = {
  readonly plan: SoqlPlan;
  readonly source: SoqlSource;
  readonly paths: QueryPaths;
  readonly now: () => number;
  /** Of one job; undefined for as quick as it goes. */
  readonly rowsPerSecond?: number;
  /** Asked before each turn: an errorMessage with which the job fails there. */
  readonly jobError?: (job: QueryJob, processed: number) => string | undefined;
};

// A turn is short, so that other requests of the same process don't wait for it.
const TURN_ROWS = 1000;
const DOUBLES: ReadonlySet<string> = new Set(['double', 'currency', 'percent']);

/** Carries out a query job: its state is terminal when the promise is fulfilled, and its rows are there. */
export async function runQueryJob(job: QueryJob, run: QueryRun): Promise<void> {
  const startedMs = run.now();
  if (job.state === 'UploadComplete') job.state = 'InProgress';
  job.modifiedMs = startedMs;
  try {
    await writeRows(job, run);
    if (job.state === 'InProgress') job.state = 'JobComplete';
  } catch (error) {
    job.state = 'Failed';
    job.errorMessage = error instanceof Error ? error.message : String(error);
  }
  job.processingMs = run.now() - startedMs;
  job.modifiedMs = run.now();
}

async function writeRows(job: QueryJob, run: QueryRun): Promise<void> {
  const file = new QueryRows(run.paths);
  const line = rowWriter(job, run.plan);
  const startedMs = Date.now();
  try {
    let lines: string[] = [];
    const turn = async (): Promise<void> => {
      const message = run.jobError?.(job, job.processed);
      if (message !== undefined) throw new Error(message);
      await file.add(lines);
      job.processed += lines.length;
      lines = [];
      await pace(job.processed, startedMs, run.rowsPerSecond);
    };
    const { rows } = runSoql(run.plan, run.source, { includeDeleted: job.operation === 'queryAll', nowMs: run.now() });
    for (const row of rows) {
      lines.push(line(row));
      if (lines.length === TURN_ROWS) await turn();
      if (job.state !== 'InProgress') return;
    }
    await turn();
  } finally {
    await file.close();
  }
}

/** Lets others have their turn, and keeps to the rate. */
async function pace(processed: number, startedMs: number, rowsPerSecond: number | undefined): Promise<void> {
  const aheadMs = rowsPerSecond ? (processed / rowsPerSecond) * 1000 - (Date.now() - startedMs) : 0;
  if (aheadMs > 1) await sleep(aheadMs);
  else await setImmediate();
}

/** The header line of each page. */
export function headerLine(job: QueryJob, plan: SoqlPlan): string {
  return quotedRow(plan.columns, DELIMITERS[job.columnDelimiter], lineEnd(job));
}

function rowWriter(job: QueryJob, plan: SoqlPlan): (row: readonly SoqlValue[]) => string {
  const isDouble = plan.types.map((type) => DOUBLES.has(type));
  const texts = (value: SoqlValue, at: number): string => {
    if (value === null) return '';
    return isDouble[at] ? asJavaDouble(String(value)) : String(value);
  };
  return (row) => quotedRow(row.map(texts), DELIMITERS[job.columnDelimiter], lineEnd(job));
}

function lineEnd({ lineEnding }: QueryJob): string {
  return lineEnding === 'CRLF' ? '\r\n' : '\n';
}
