import { type Ink, inkOf } from './ink.js';
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

/** Where it is drawn, and the clock. */
export type Easel = { readonly screen: Screen; readonly now: () => number };

export type Picture = {
  /** All there is to be seen now; none before anything has begun. */
  lines(ink: Ink): readonly string[];
  /** Which of the lines stands for all of them in a log. */
  main(lines: readonly string[]): string | undefined;
};

/** A redraw of the terminal at most this often. */
const REDRAW_MS = 100;
/** Without an event the picture is drawn again so often, since times go on. */
const TICK_MS = 1000;
/** Without a terminal a line at least this often, so that a log shows that the run lives. */
const HEARTBEAT_MS = 30_000;

/** Some lines that are drawn again in their place on a terminal; without one landmarks as plain lines, and a sign of life. */
export class LiveLines {
  private readonly ink: Ink;
  /** For a line that has to be cut: escape sequences have no width and may not be cut in two. */
  private readonly plain: Ink;
  private drawnLines = 0;
  private drawnMs: number;
  private timer?: NodeJS.Timeout;

  public constructor(
    private readonly easel: Easel,
    private readonly picture: Picture
  ) {
    const { screen, now } = easel;
    this.drawnMs = screen.isTTY ? -Infinity : now();
    this.ink = inkOf(screen);
    this.plain = inkOf({ ...screen, hasColours: false });
  }

  /** Something has changed. @param landmark what a log says of it, where it is worth a line */
  public show(landmark: string | undefined): void {
    if (this.easel.screen.isTTY) this.draw(landmark !== undefined);
    else this.log(landmark);
  }

  /** What is due by the clock, without an event: called by a timer of its own, and by tests. */
  public tick(): void {
    if (this.easel.screen.isTTY) this.draw(true);
    else this.log(undefined);
  }

  /** Leaves the last picture standing. */
  public end(): void {
    if (this.easel.screen.isTTY) this.draw(true);
    clearTimeout(this.timer);
  }

  private draw(isDue: boolean): void {
    const { now, screen } = this.easel;
    if (!isDue && now() - this.drawnMs < REDRAW_MS) return;
    const lines = this.fitting();
    if (lines.length === 0) return;
    this.drawnMs = now();
    // What the last picture had more of is wiped as well.
    const over = this.drawnLines > 0 ? `\u001b[${this.drawnLines}A\u001b[0J` : '';
    screen.write(`${over}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawnLines = lines.length;
    this.wake(TICK_MS);
  }

  private log(landmark: string | undefined): void {
    const { now, screen } = this.easel;
    this.wake(HEARTBEAT_MS);
    if (landmark === undefined && now() - this.drawnMs < HEARTBEAT_MS) return;
    const text = landmark ?? this.picture.main(this.picture.lines(this.ink));
    if (!text) return;
    this.drawnMs = now();
    screen.write(`${new Date(now()).toISOString().slice(11, 19)} ${text}\n`);
  }

  private fitting(): string[] {
    // A pseudo-terminal that nobody gave a size has 0 columns.
    const columns = Math.max((this.easel.screen.columns || 80) - 1, 20);
    const coloured = this.picture.lines(this.ink);
    return this.picture.lines(this.plain).map((line, at) => {
      const cut = cutToWidth(line, columns);
      return cut === line ? (coloured[at] ?? line) : cut;
    });
  }

  private wake(afterMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), afterMs).unref();
  }
}
