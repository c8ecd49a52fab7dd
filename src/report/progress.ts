import { type LoadState } from '../load/state.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { landmarkText } from './landmarks.js';
import { type Ink, type LiveCounts, loadLines, type Pace, PLAIN_INK, processedRows, rowsToLoad } from './loadLines.js';
import { RateEstimator } from './rate.js';
import { cutToWidth } from './textWidth.js';

/** Where progress is drawn: stderr, so that stdout stays free for results. */
export type Screen = {
  /** Whether lines can be drawn over. */
  readonly isTTY: boolean;
  readonly hasColours?: boolean;
  /** Whether it has signs beyond ASCII. */
  readonly hasSigns?: boolean;
  /** Asked for anew with each picture: windows are resized. */
  readonly columns?: number;
  write(text: string): void;
};

type Options = { readonly screen: Screen; readonly now: () => number };

/** A redraw of the terminal at most this often. */
const REDRAW_MS = 100;
/** Without an event the picture is drawn again so often, since times go on. */
const TICK_MS = 1000;
/** Without a terminal a line at least this often, so that a log shows that the load lives. */
const HEARTBEAT_MS = 30_000;

/** Shows a load as it goes on: stages with live counts on a terminal, plain lines without one. Draws what it is told and asks nothing. */
export class LoadProgress {
  private readonly rate = new RateEstimator();
  private readonly ink: Ink;
  private live: LiveCounts = { scannedRows: 0, scannedBytes: 0 };
  private drawnLines = 0;
  private drawnMs: number;
  private isSending = false;
  private timer?: NodeJS.Timeout;
  private state?: LoadState;

  public constructor(private readonly options: Options) {
    this.drawnMs = options.screen.isTTY ? -Infinity : options.now();
    this.ink = inkOf(options.screen);
  }

  public show(event: LoadEvent, state: LoadState): void {
    this.state = state;
    if (event.type === 'scanning')
      this.live = { scannedRows: event.rows, scannedBytes: event.bytes, totalBytes: event.totalBytes };
    if (event.type === 'job-creating' || event.type === 'job-state') this.isSending = true;
    if (this.isSending) this.rate.add(this.options.now(), processedRows(state));
    const landmark = landmarkText(event, state);
    if (this.options.screen.isTTY) this.draw(landmark !== undefined);
    else this.log(landmark);
  }

  /** What is due by the clock, without an event: called by a timer of its own, and by tests. */
  public tick(): void {
    if (this.options.screen.isTTY) this.draw(true);
    else this.log(undefined);
  }

  /** Leaves the last picture standing. */
  public end(): void {
    if (this.options.screen.isTTY && this.state) this.draw(true);
    clearTimeout(this.timer);
  }

  private draw(isDue: boolean): void {
    const { now, screen } = this.options;
    if (!isDue && now() - this.drawnMs < REDRAW_MS) return;
    this.drawnMs = now();
    // A pseudo-terminal that nobody gave a size has 0 columns.
    const columns = Math.max((screen.columns || 80) - 1, 20);
    const lines = this.lines(columns);
    // What the last picture had more of is wiped as well.
    const over = this.drawnLines > 0 ? `\u001b[${this.drawnLines}A\u001b[0J` : '';
    screen.write(`${over}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawnLines = lines.length;
    this.wake(TICK_MS);
  }

  private log(landmark: string | undefined): void {
    const { now, screen } = this.options;
    this.wake(HEARTBEAT_MS);
    const isQuiet = now() - this.drawnMs < HEARTBEAT_MS;
    if (!this.state || (landmark === undefined && isQuiet)) return;
    this.drawnMs = now();
    const text =
      landmark ?? loadLines(this.state, this.live, this.pace(this.state), this.ink)[this.state.scanned ? 1 : 0];
    if (text) screen.write(`${new Date(now()).toISOString().slice(11, 19)} ${text}\n`);
  }

  private lines(columns: number): string[] {
    if (!this.state) return [];
    const plain = { ...PLAIN_INK, done: this.ink.done, going: this.ink.going };
    const pace = this.pace(this.state);
    const coloured = loadLines(this.state, this.live, pace, this.ink);
    // Escape sequences have no width and may not be cut in two: a line that is too long goes without colours.
    return loadLines(this.state, this.live, pace, plain).map((line, at) => {
      const cut = cutToWidth(line, columns);
      return cut === line ? (coloured[at] ?? line) : cut;
    });
  }

  private pace(state: LoadState): Pace {
    if (!this.isSending) return { stillMs: 0 };
    const nowMs = this.options.now();
    this.rate.add(nowMs, processedRows(state));
    return {
      rowsPerSecond: this.rate.perSecond(),
      leftMs: this.rate.leftMs(rowsToLoad(state)),
      stillMs: this.rate.stillMs(nowMs)
    };
  }

  private wake(afterMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), afterMs).unref();
  }
}

function inkOf({ isTTY, hasColours = false, hasSigns = false }: Screen): Ink {
  const signs = hasSigns ? { done: '✓', going: '▸' } : {};
  if (!isTTY || !hasColours) return { ...PLAIN_INK, ...signs };
  const colour =
    (code: number) =>
    (text: string): string =>
      `\u001b[${code}m${text}\u001b[39m`;
  const [green, blue, red, grey] = [32, 34, 31, 90].map(colour) as [Paint, Paint, Paint, Paint];
  const { done, going } = { ...PLAIN_INK, ...signs };
  return { done: green(done), going: blue(going), bad: red, soft: grey };
}

type Paint = (text: string) => string;
