/** Where progress is drawn: stderr, so that stdout stays free for results. */
export type Screen = { readonly isTTY: boolean; readonly columns?: number; write(text: string): void };

/** A redraw of the terminal at most this often. */
const REDRAW_MS = 100;
/** Without a terminal a line at least this often, so that a log shows that the run lives. */
const HEARTBEAT_MS = 30_000;

/** Some lines that are drawn again in their place on a terminal, and landmarks as plain lines without one. */
export class LiveLines {
  private drawnLines = 0;
  private drawnMs = 0;
  private timer?: NodeJS.Timeout;

  /** @param lines as they are to be seen now */
  public constructor(
    private readonly options: { readonly screen: Screen; readonly now: () => number },
    private readonly lines: () => readonly string[]
  ) {}

  /** Something has changed. @param landmark what a log says of it, where it is worth a line */
  public show(landmark: string | undefined): void {
    if (this.options.screen.isTTY) this.draw(landmark !== undefined);
    else this.log(landmark);
  }

  /** Leaves the last picture standing. */
  public end(): void {
    clearTimeout(this.timer);
    if (this.options.screen.isTTY) this.draw(true);
    clearTimeout(this.timer);
  }

  private draw(isDue: boolean): void {
    const { now, screen } = this.options;
    if (!isDue && now() - this.drawnMs < REDRAW_MS) return;
    clearTimeout(this.timer);
    this.drawnMs = now();
    const width = Math.max((screen.columns ?? 80) - 1, 20);
    const lines = this.lines().map((line) => line.slice(0, width));
    const up = this.drawnLines > 0 ? `\u001b[${this.drawnLines}A` : '';
    screen.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
    this.drawnLines = lines.length;
    this.timer = setTimeout(() => this.draw(true), 1000).unref();
  }

  private log(landmark: string | undefined): void {
    const { now, screen } = this.options;
    if (landmark === undefined && now() - this.drawnMs < HEARTBEAT_MS) return;
    this.drawnMs = now();
    const text = landmark ?? this.lines().at(-1);
    if (text) screen.write(`${new Date(now()).toISOString().slice(11, 19)} ${text}\n`);
  }
}
