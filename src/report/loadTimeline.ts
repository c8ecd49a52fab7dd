import { isTerminal, type JobId, type JobState } from '../bulk/job.js';
import { type LoadEvent, type PartNumber } from '../run/loadEvents.js';
import { type JournalEntry } from '../run/journal.js';

/** One job of a part, from the call that makes it to the fate of its rows; times are milliseconds of the epoch. */
export type JobSpan = {
  readonly part: PartNumber;
  readonly attempt: number;
  readonly startMs: number;
  jobId?: JobId;
  /** When the org had all of it. */
  uploadedMs?: number;
  /** When it was seen to have ended, and how. */
  endedMs?: number;
  state?: JobState;
  processed: number;
  settledMs?: number;
  failed: number;
  unaccounted: number;
  /** Given up before it acted, and why. */
  replaced?: { readonly atMs: number; readonly reason: string };
};

/** Rows that the org was seen to have processed between two looks. */
export type Progress = { readonly fromMs: number; readonly toMs: number; readonly rows: number };

export type RetryWave = {
  readonly atMs: number;
  readonly attempt: number;
  readonly rows: number;
  readonly jobs: number;
  readonly pauseMs: number;
};

/** When which process worked on the run: from its first event to its last. */
export type ProcessSpan = { readonly startMs: number; readonly endMs: number };

export type LoadTimeline = {
  readonly processes: readonly ProcessSpan[];
  readonly jobs: readonly JobSpan[];
  readonly progress: readonly Progress[];
  readonly retries: readonly RetryWave[];
};

/** How a load went in time, folded from its journal: one pass, whatever its number of processes. */
export function loadTimeline(entries: ReadonlyArray<JournalEntry<LoadEvent>>, startedMs: number): LoadTimeline {
  const folding = new Folding(startedMs);
  for (const { at, event } of entries) folding.add(event, Date.parse(at));
  return folding;
}

class Folding implements LoadTimeline {
  public readonly processes: Array<{ startMs: number; endMs: number }>;
  public jobs: JobSpan[] = [];
  public progress: Progress[] = [];
  public retries: RetryWave[] = [];
  private readonly attempts = new Map<PartNumber, number>();
  private readonly current = new Map<PartNumber, JobSpan>();
  /** When a job was last looked at, and how far it was. */
  private readonly seen = new Map<JobSpan, { atMs: number; rows: number }>();

  public constructor(startedMs: number) {
    this.processes = [{ startMs: startedMs, endMs: startedMs }];
  }

  public add(event: LoadEvent, atMs: number): void {
    if (event.type === 'load-resumed') this.processes.push({ startMs: atMs, endMs: atMs });
    const process = this.processes.at(-1);
    if (process) process.endMs = Math.max(process.endMs, atMs);
    if (event.type === 'retry-planned') this.planRetry(event, atMs);
    else if (event.type === 'job-creating') this.begin(event.part, atMs);
    else if ('part' in event) this.addTo(this.current.get(event.part), event, atMs);
  }

  private begin(part: PartNumber, atMs: number): void {
    const span: JobSpan = {
      part,
      attempt: this.attempts.get(part) ?? 0,
      startMs: atMs,
      processed: 0,
      failed: 0,
      unaccounted: 0
    };
    this.current.set(part, span);
    this.jobs.push(span);
  }

  private addTo(span: JobSpan | undefined, event: LoadEvent, atMs: number): void {
    if (!span) return;
    switch (event.type) {
      case 'job-created':
        span.jobId = event.jobId;
        break;
      case 'upload-complete':
        span.uploadedMs = atMs;
        this.seen.set(span, { atMs, rows: 0 });
        break;
      case 'job-replaced':
        span.replaced = { atMs, reason: event.reason };
        break;
      case 'job-state':
        span.uploadedMs ??= atMs;
        span.state = event.state;
        span.processed = event.processed;
        if (isTerminal(event.state)) span.endedMs = atMs;
        this.note(span, event.processed, atMs);
        break;
      case 'part-settled':
        span.settledMs = atMs;
        span.failed = event.failed + event.toRetry;
        span.unaccounted = event.unaccounted;
        break;
      default: // the others say nothing of time
    }
  }

  private note(span: JobSpan, processed: number, atMs: number): void {
    const before = this.seen.get(span);
    if (before && processed > before.rows)
      this.progress.push({ fromMs: before.atMs, toMs: atMs, rows: processed - before.rows });
    this.seen.set(span, { atMs, rows: processed });
  }

  private planRetry(event: Extract<LoadEvent, { type: 'retry-planned' }>, atMs: number): void {
    const { attempt, parts, pauseMs } = event;
    for (const { part } of parts) this.attempts.set(part, attempt);
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    this.retries.push({ atMs, attempt, rows, jobs: parts.length, pauseMs });
  }
}
