import { type LoadState } from '../load/state.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { landmarkText } from './landmarks.js';
import { type Easel, LiveLines } from './liveLines.js';
import { type LiveCounts, loadLines, type Pace, processedRows, rowsToLoad } from './loadLines.js';
import { RateEstimator } from './rate.js';

/** Shows a load as it goes on: stages with live counts on a terminal, plain lines without one. Draws what it is told and asks nothing. */
export class LoadProgress {
  private readonly rate = new RateEstimator();
  private readonly lines: LiveLines;
  private live: LiveCounts = { scannedRows: 0, scannedBytes: 0 };
  private isSending = false;
  private state?: LoadState;

  public constructor(private readonly easel: Easel) {
    this.lines = new LiveLines(easel, {
      lines: (ink) => (this.state ? loadLines(this.state, this.live, this.pace(this.state), ink) : []),
      main: (lines) => lines[this.state?.scanned ? 1 : 0]
    });
  }

  public show(event: LoadEvent, state: LoadState): void {
    this.state = state;
    if (event.type === 'scanning')
      this.live = { scannedRows: event.rows, scannedBytes: event.bytes, totalBytes: event.totalBytes };
    if (event.type === 'job-creating' || event.type === 'job-state') this.isSending = true;
    if (this.isSending) this.rate.add(this.easel.now(), processedRows(state));
    this.lines.show(landmarkText(event, state));
  }

  /** What is due by the clock, without an event. */
  public tick(): void {
    this.lines.tick();
  }

  /** Leaves the last picture standing. */
  public end(): void {
    this.lines.end();
  }

  private pace(state: LoadState): Pace {
    if (!this.isSending) return { stillMs: 0 };
    const nowMs = this.easel.now();
    this.rate.add(nowMs, processedRows(state));
    return {
      rowsPerSecond: this.rate.perSecond(),
      leftMs: this.rate.leftMs(rowsToLoad(state)),
      stillMs: this.rate.stillMs(nowMs)
    };
  }
}
