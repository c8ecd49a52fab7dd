import { fatesSoFar, type LoadState, type PartState } from '../load/state.js';
import { type PartNumber } from '../run/loadEvents.js';
import { count, counted, duration, size } from './format.js';
import { type Ink } from './ink.js';
import { plainText } from './table.js';

/** How far the reading of the input is. */
export type LiveCounts = { readonly scannedRows: number; readonly scannedBytes: number; readonly totalBytes?: number };

/** What the clock has to say of a load; pieces that are not known yet are left out. */
export type Pace = { readonly rowsPerSecond?: number; readonly leftMs?: number; readonly stillMs: number };

/** A line for each job while they are so few that all can be seen. */
const MOST_JOB_LINES = 8;
/** The org may be silent for a while between two looks at its jobs; longer is worth a word. */
const STILL_MS = 120_000;

/** The stages of a load, one line each, and below them its jobs when they are few. */
export function loadLines(state: LoadState, live: LiveCounts, pace: Pace, ink: Ink): string[] {
  const { scanned } = state;
  if (!scanned) return [readingLine(live, ink)];
  const parts = [...state.parts.values()].filter(({ attempt }) => attempt === 0);
  const rejected = scanned.rejected > 0 ? `, ${ink.bad(`${count(scanned.rejected)} rejected`)}` : '';
  return [
    `${ink.done} Read   ${counted(scanned.rows, 'row')}, ${size(scanned.bytes)}, ${counted(parts.length, 'part')}${rejected}`,
    loadingLine(state, pace, ink),
    ...jobLines(state, ink)
  ];
}

/** Rows whose fate is known or that the org was seen to have processed. */
export function processedRows(state: LoadState): number {
  const { succeeded, failed, unaccounted } = fatesSoFar(state);
  const underWay = [...state.parts.values()].reduce((sum, part) => sum + processedOf(part), 0);
  return succeeded + failed + unaccounted + underWay;
}

export function rowsToLoad(state: LoadState): number {
  return sumRows([...state.parts.values()].filter(({ attempt }) => attempt === 0));
}

function readingLine({ scannedRows, scannedBytes, totalBytes }: LiveCounts, ink: Ink): string {
  const share = totalBytes ? ` (${Math.min(Math.floor((scannedBytes / totalBytes) * 100), 100)} %)` : '';
  return `${ink.going} Read   ${counted(scannedRows, 'row')}, ${size(scannedBytes)}${share}`;
}

function loadingLine(state: LoadState, { rowsPerSecond, leftMs, stillMs }: Pace, ink: Ink): string {
  const parts = [...state.parts.values()];
  const total = rowsToLoad(state);
  const { failed, succeeded, unaccounted } = fatesSoFar(state);
  const inFlight = parts.filter(({ at }) => at !== 'cut' && at !== 'settled').length;
  const isDone = succeeded + failed + unaccounted === total && inFlight === 0;
  const pieces = [`${count(Math.min(processedRows(state), total))} of ${counted(total, 'row')}`];
  if (failed > 0) pieces.push(ink.bad(`${count(failed)} failed`));
  if (unaccounted > 0) pieces.push(ink.bad(`${count(unaccounted)} unaccounted`));
  if (rowsPerSecond !== undefined && rowsPerSecond >= 1) pieces.push(`${count(rowsPerSecond)} rows/s`);
  if (inFlight > 0) pieces.push(`${counted(inFlight, 'job')} in flight`);
  const retried = sumRows(parts.filter(({ attempt }) => attempt > 0));
  if (retried > 0) pieces.push(`${count(retried)} sent again`);
  if (!isDone && stillMs >= STILL_MS) pieces.push(`nothing new for ${duration(stillMs)}`);
  else if (!isDone && leftMs !== undefined && leftMs > 0) pieces.push(ink.soft(`about ${duration(leftMs)} left`));
  return `${isDone ? ink.done : ink.going} Load   ${pieces.join(' · ')}`;
}

function jobLines(state: LoadState, ink: Ink): string[] {
  const jobs = [...state.parts].filter(([, { at }]) => at !== 'cut' && at !== 'settled');
  return jobs.length > MOST_JOB_LINES ? [] : jobs.map(([number, part]) => ink.soft(`    ${jobLine(number, part)}`));
}

function jobLine(number: PartNumber, part: PartState): string {
  const start = `part ${number}${part.attempt > 0 ? `, retry ${part.attempt}` : ''}`;
  switch (part.at) {
    case 'creating':
      return `${start}: asking for a job`;
    case 'open':
      return `${start}: ${part.jobId} sending ${size(part.bytes)}`;
    case 'submitted': {
      const { state = 'UploadComplete', processed = 0, errorMessage } = part.job ?? {};
      const said = errorMessage === undefined ? '' : ` · ${plainText(errorMessage)}`;
      return `${start}: ${part.jobId} ${state} · ${count(processed)} of ${counted(part.rows, 'row')}${said}`;
    }
    case 'completing':
      return `${start}: ${part.jobId} sent`;
    default:
      return start;
  }
}

function processedOf(part: PartState): number {
  // What goes again is counted where it went the first time, until its fate is known.
  return part.at === 'submitted' && part.attempt === 0 ? (part.job?.processed ?? 0) : 0;
}

function sumRows(parts: readonly PartState[]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}
