import { type ExportState, hasPages, landedPages, landedRows } from '../export/state.js';
import { type ExportEvent } from '../run/exportEvents.js';
import { count, counted, duration, size } from './format.js';
import { type Ink } from './ink.js';
import { type Easel, LiveLines } from './liveLines.js';
import { plainText } from './table.js';

/** Shows an export as it goes on. Draws what it is told and asks nothing. */
export class ExportProgress {
  private readonly lines: LiveLines;
  private live: Live = { bytes: 0, downloadingMs: 0, written: 0 };
  private downloadingSinceMs?: number;
  private state?: ExportState;

  public constructor(private readonly easel: Easel) {
    this.lines = new LiveLines(easel, {
      lines: (ink) => (this.state ? exportLines(this.state, this.live, ink) : []),
      main: (lines) => lines.at(-1)
    });
  }

  public show(event: ExportEvent, state: ExportState): void {
    this.state = state;
    const nowMs = this.easel.now();
    if (event.type === 'downloading') {
      this.downloadingSinceMs ??= nowMs;
      const downloadingMs = nowMs - this.downloadingSinceMs;
      this.live = { ...this.live, bytes: this.live.bytes + event.bytes, downloadingMs };
    }
    if (event.type === 'writing') this.live = { ...this.live, written: event.rows };
    const landmark = landmarkText(event);
    this.lines.show(landmark === undefined ? undefined : plainText(landmark));
  }

  /** What is due by the clock, without an event. */
  public tick(): void {
    this.lines.tick();
  }

  /** Leaves the last picture standing. */
  public end(): void {
    this.lines.end();
  }
}

type Live = {
  /** Of this process, pages that were refused included. */
  readonly bytes: number;
  readonly downloadingMs: number;
  /** Rows in the output. */
  readonly written: number;
};

/** What a log says of an event that is worth a line. */
function landmarkText(event: ExportEvent): string | undefined {
  switch (event.type) {
    case 'query-created':
      return `Query ${event.range}: job ${event.jobId}`;
    case 'query-state':
      return event.state === 'JobComplete' ? `Job ${event.jobId} has ${counted(event.processed, 'row')}` : undefined;
    case 'query-replaced':
      return `Query ${event.range}: another job, because ${event.reason}`;
    case 'range-halved':
      return `Query ${event.range} took too long and is halved`;
    case 'page-refused':
      return `Page ${event.page} of query ${event.range} was refused and goes again: ${event.reason}`;
    case 'page-dropped':
      return `Page ${event.page} of query ${event.range} goes again: ${event.reason}`;
    case 'pages-relisted':
      return `All pages of query ${event.range} go again: ${event.reason}`;
    case 'range-complete':
      return `Query ${event.range}: all ${counted(event.rows, 'row')} fetched and proven`;
    case 'output-written':
      return `Wrote ${counted(event.rows, 'row')} to ${counted(event.files.length, 'file')}`;
    case 'warning':
      return `Warning: ${event.message}`;
    default:
      return undefined;
  }
}

/** The stages of an export, one line each; pure. */
function exportLines(
  state: ExportState,
  { bytes, downloadingMs, written }: Live,
  { done, going, soft }: Ink
): string[] {
  const ranges = state.ranges ?? [];
  const fetching = ranges.filter(hasPages);
  const isQueried = ranges.length > 0 && fetching.length === ranges.length;
  const total = fetching.reduce((sum, { job }) => sum + job.processed, 0);
  const lines = [
    `${isQueried ? done : going} Query  ${fetching.length} of ${counted(ranges.length, 'job')} done, ${counted(total, 'row')}`
  ];
  if (fetching.length === 0) return lines;
  const rows = landedRows(state);
  const pages = fetching.reduce((sum, range) => sum + landedPages(range).length, 0);
  const rate = downloadingMs > 0 ? (bytes / downloadingMs) * 1000 : 0;
  const pieces = [`${count(rows)} of ${counted(total, 'row')}`, counted(pages, 'page')];
  if (bytes > 0) pieces.push(size(bytes));
  if (rate > 0) pieces.push(`${size(rate)}/s`);
  if (state.refused > 0) pieces.push(`${count(state.refused)} refused`);
  // An estimate from less than a tenth of the rows would be a guess.
  if (isQueried && rows >= total / 10 && rows < total && downloadingMs > 0)
    pieces.push(soft(`about ${duration(((total - rows) / rows) * downloadingMs)} left`));
  lines.push(`${isQueried && rows === total ? done : going} Fetch  ${pieces.join(' · ')}`);
  if (written > 0) lines.push(`${state.output ? done : going} Write  ${counted(written, 'row')}`);
  return lines;
}
