import { fatesSoFar, type LoadState, type PartState } from '../load/state.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { count, counted, duration, size } from './format.js';

/** Where progress is drawn: stderr, so that stdout stays free for results. */
export type Screen = { readonly isTTY: boolean; readonly columns?: number; write(text: string): void };

type Options = { readonly screen: Screen; readonly now: () => number };

/** A redraw of the terminal at most this often. */
const REDRAW_MS = 100;
/** Without a terminal a line at least this often, so that a log shows that the load lives. */
const HEARTBEAT_MS = 30_000;

/** Shows a load as it goes on: stages with live counts on a terminal, plain lines without one. Draws what it is told and asks nothing. */
export class LoadProgress {
  private readonly startedMs: number;
  private live: LiveCounts = { scannedRows: 0, scannedBytes: 0 };
  private drawnLines = 0;
  private drawnMs = 0;
  private sendingSinceMs?: number;
  private timer?: NodeJS.Timeout;
  private state?: LoadState;

  public constructor(private readonly options: Options) {
    this.startedMs = options.now();
  }

  public show(event: LoadEvent, state: LoadState): void {
    this.state = state;
    if (event.type === 'scanning')
      this.live = { scannedRows: event.rows, scannedBytes: event.bytes, totalBytes: event.totalBytes };
    if (event.type === 'job-creating') this.sendingSinceMs ??= this.options.now();
    if (this.options.screen.isTTY) this.draw(isLandmark(event));
    else this.log(event);
  }

  /** Leaves the last picture standing. */
  public end(): void {
    clearTimeout(this.timer);
    if (this.options.screen.isTTY && this.state) this.draw(true);
  }

  private draw(isDue: boolean): void {
    const { now, screen } = this.options;
    if (!isDue && now() - this.drawnMs < REDRAW_MS) return;
    clearTimeout(this.timer);
    this.drawnMs = now();
    const lines = this.lines().map((line) => line.slice(0, Math.max((screen.columns ?? 80) - 1, 20)));
    const up = this.drawnLines > 0 ? `\u001b[${this.drawnLines}A` : '';
    screen.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
    this.drawnLines = lines.length;
    this.timer = setTimeout(() => this.draw(true), 1000).unref();
  }

  private lines(): string[] {
    const { state } = this;
    return state
      ? loadLines(state, { ...this.live, sendingMs: this.sendingMs(), runningMs: this.options.now() - this.startedMs })
      : [];
  }

  private sendingMs(): number {
    return this.sendingSinceMs === undefined ? 0 : this.options.now() - this.sendingSinceMs;
  }

  private log(event: LoadEvent): void {
    const { now, screen } = this.options;
    const isQuiet = now() - this.drawnMs < HEARTBEAT_MS;
    if (!isLandmark(event) && (isQuiet || !this.state)) return;
    this.drawnMs = now();
    const text = landmarkText(event) ?? this.lines().at(-1);
    if (text) screen.write(`${new Date(now()).toISOString().slice(11, 19)} ${text}\n`);
  }
}

type LiveCounts = { readonly scannedRows: number; readonly scannedBytes: number; readonly totalBytes?: number };
type Times = { readonly sendingMs: number; readonly runningMs: number };

function isLandmark(event: LoadEvent): boolean {
  return landmarkText(event) !== undefined;
}

/** What a log says of an event that is worth a line. */
function landmarkText(event: LoadEvent): string | undefined {
  switch (event.type) {
    case 'input-scanned':
      return `Read ${counted(event.rows, 'row')} (${size(event.bytes)})${event.rejected > 0 ? `, ${count(event.rejected)} rejected` : ''}`;
    case 'job-created':
      return `Part ${event.part}: job ${event.jobId}`;
    case 'job-replaced':
      return `Part ${event.part}: another job in place of ${event.jobId ?? 'one that gave no answer'} (${event.reason})`;
    case 'part-settled':
      return `Part ${event.part}: ${count(event.succeeded)} succeeded, ${count(event.failed)} failed${event.toRetry > 0 ? `, ${count(event.toRetry)} go again` : ''}${event.unaccounted > 0 ? `, ${count(event.unaccounted)} unaccounted` : ''}`;
    case 'retry-planned':
      return `Retry ${event.attempt}: ${counted(
        event.parts.reduce((sum, { rows }) => sum + rows, 0),
        'row'
      )} in ${counted(event.parts.length, 'job')} after ${duration(event.pauseMs)}`;
    case 'load-stopping':
      return `Stopping: ${event.message}`;
    case 'warning':
      return `Warning: ${event.message}`;
    default:
      return undefined;
  }
}

/** The stages of a load, one line each; pure. */
export function loadLines(state: LoadState, live: LiveCounts & Times): string[] {
  const { scanned } = state;
  if (!scanned) return [readingLine(live)];
  const parts = [...state.parts.values()].filter(({ attempt }) => attempt === 0);
  const rejected = scanned.rejected > 0 ? `, ${count(scanned.rejected)} rejected` : '';
  const lines = [
    `✓ Read   ${counted(scanned.rows, 'row')}, ${size(scanned.bytes)}, ${counted(parts.length, 'part')}${rejected}`
  ];
  lines.push(loadingLine(state, live));
  return lines;
}

function readingLine({ scannedRows, scannedBytes, totalBytes }: LiveCounts): string {
  const share = totalBytes ? ` (${Math.min(Math.floor((scannedBytes / totalBytes) * 100), 100)} %)` : '';
  return `▸ Read   ${counted(scannedRows, 'row')}, ${size(scannedBytes)}${share}`;
}

function loadingLine(state: LoadState, { sendingMs }: Times): string {
  const parts = [...state.parts.values()];
  const total = sumRows(parts.filter(({ attempt }) => attempt === 0));
  const fates = fatesSoFar(state);
  const done = fates.succeeded + fates.failed + fates.unaccounted;
  const processed =
    done + parts.reduce((sum, part) => sum + (part.at === 'submitted' ? (part.job?.processed ?? 0) : 0), 0);
  const inFlight = parts.filter(({ at }) => at !== 'cut' && at !== 'settled').length;
  const rate = sendingMs > 0 ? (processed / sendingMs) * 1000 : 0;
  const pieces = [`${count(processed)} of ${counted(total, 'row')}`];
  if (fates.failed > 0) pieces.push(`${count(fates.failed)} failed`);
  if (rate >= 1) pieces.push(`${count(rate)} rows/s`);
  if (inFlight > 0) pieces.push(`${counted(inFlight, 'job')} in flight`);
  const retried = sumRows(parts.filter(({ attempt }) => attempt > 0));
  if (retried > 0) pieces.push(`${count(retried)} retried`);
  // An estimate from less than a tenth of the work would be a guess.
  if (inFlight > 0 && processed >= total / 10 && rate > 0 && processed < total)
    pieces.push(`about ${duration(((total - processed) / rate) * 1000)} left`);
  const isDone = done === total && inFlight === 0;
  return `${isDone ? '✓' : '▸'} Load   ${pieces.join(' · ')}`;
}

function sumRows(parts: readonly PartState[]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}
