import { isTerminal, type JobId, type JobState } from '../bulk/job.js';
import { type ExportEvent, type PageNumber, type RangeNumber } from '../run/exportEvents.js';
import { type JournalEntry } from '../run/journal.js';
import { type ProcessSpan, type Progress } from './loadTimeline.js';

/** One query job of a range, from the call that makes it to the proof of its rows; times are milliseconds of the epoch. */
export type QuerySpan = {
  readonly range: RangeNumber;
  readonly startMs: number;
  /** What of the rows it gives; missing where it gives all. */
  readonly covers?: string;
  jobId?: JobId;
  state?: JobState;
  /** When it was seen to have ended. */
  endedMs?: number;
  rows: number;
  /** When all of its rows were there and proven. */
  provenMs?: number;
  /** Given up, and why. */
  dropped?: { readonly atMs: number; readonly reason: string };
};

/** What had to be asked for again. */
export type Again = {
  readonly atMs: number;
  readonly range: RangeNumber;
  /** Missing for all of them. */
  readonly page?: PageNumber;
  readonly reason: string;
};

export type ExportTimeline = {
  readonly processes: readonly ProcessSpan[];
  readonly queries: readonly QuerySpan[];
  /** Rows that landed. */
  readonly progress: readonly Progress[];
  readonly again: readonly Again[];
  readonly writing?: { readonly startMs: number; readonly endMs: number };
};

/** How an export went in time, folded from its journal: one pass, whatever its number of processes. */
export function exportTimeline(entries: ReadonlyArray<JournalEntry<ExportEvent>>, startedMs: number): ExportTimeline {
  const folding = new Folding(startedMs);
  for (const { at, event } of entries) folding.add(event, Date.parse(at));
  return folding;
}

class Folding implements ExportTimeline {
  public readonly processes: Array<{ startMs: number; endMs: number }>;
  public readonly queries: QuerySpan[] = [];
  public readonly progress: Progress[] = [];
  public readonly again: Again[] = [];
  public writing?: { startMs: number; endMs: number };
  private readonly current = new Map<RangeNumber, QuerySpan>();
  private readonly labels = new Map<RangeNumber, string | undefined>();
  /** When rows were last seen to come, of any range. */
  private landedMs: number;

  public constructor(startedMs: number) {
    this.processes = [{ startMs: startedMs, endMs: startedMs }];
    this.landedMs = startedMs;
  }

  public add(event: ExportEvent, atMs: number): void {
    if (event.type === 'export-resumed') {
      this.processes.push({ startMs: atMs, endMs: atMs });
      this.landedMs = atMs;
    }
    const process = this.processes.at(-1);
    if (process) process.endMs = Math.max(process.endMs, atMs);
    switch (event.type) {
      case 'ranges-planned':
        for (const { range, label } of event.ranges) this.labels.set(range, label);
        break;
      case 'range-halved':
        for (const { range, label } of event.into) this.labels.set(range, label);
        this.give(event.range, atMs, 'it took too long, and was halved');
        break;
      case 'query-creating':
        this.begin(event.range, atMs);
        break;
      case 'query-replaced':
        this.give(event.range, atMs, event.reason);
        break;
      case 'output-whole':
        this.writing = { startMs: this.writingSince(process?.startMs ?? atMs), endMs: atMs };
        break;
      case 'output-written':
        if (this.writing) this.writing.endMs = atMs;
        break;
      default:
        if ('range' in event) this.addTo(this.current.get(event.range), event, atMs);
    }
  }

  /** Since the last rows were proven, or this process took the export up. */
  private writingSince(processMs: number): number {
    return this.queries.reduce((last, { provenMs = 0 }) => Math.max(last, provenMs), processMs);
  }

  private begin(range: RangeNumber, atMs: number): void {
    const span: QuerySpan = { range, startMs: atMs, covers: this.labels.get(range), rows: 0 };
    this.current.set(range, span);
    this.queries.push(span);
  }

  private give(range: RangeNumber, atMs: number, reason: string): void {
    const span = this.current.get(range);
    if (span) span.dropped = { atMs, reason };
  }

  private addTo(span: QuerySpan | undefined, event: RangeEvent, atMs: number): void {
    if (!span) return;
    switch (event.type) {
      case 'query-created':
        span.jobId = event.jobId;
        break;
      case 'query-state':
        span.state = event.state;
        span.rows = event.processed;
        if (isTerminal(event.state)) span.endedMs ??= atMs;
        break;
      case 'page-landed':
        this.progress.push({ fromMs: Math.max(this.landedMs, span.endedMs ?? 0), toMs: atMs, rows: event.rows });
        this.landedMs = atMs;
        break;
      case 'page-refused':
      case 'page-dropped':
        this.again.push({ atMs, range: event.range, page: event.page, reason: event.reason });
        break;
      case 'pages-relisted':
        this.again.push({ atMs, range: event.range, reason: event.reason });
        break;
      case 'range-complete':
        span.provenMs = atMs;
        break;
      default: // the others say nothing of time
    }
  }
}

type RangeEvent = Extract<ExportEvent, { readonly range: RangeNumber }>;
