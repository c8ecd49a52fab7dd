/** Long enough for jobs that are looked at every half minute, short enough to notice that the org has slowed down. */
const WINDOW_MS = 90_000;
/** Less would be a guess. */
const LEAST_MS = 5000;

type Sample = { readonly atMs: number; readonly done: number };

/** How quick work goes now, from how much of it was done when; what is older than a window is forgotten. */
export class RateEstimator {
  private readonly samples: Sample[] = [];

  /** @param done grows; where it does not, the time that passes counts all the same */
  public add(atMs: number, done: number): void {
    const last = this.samples.at(-1);
    // Standing still is one stretch, however often it is looked at.
    if (last && last.done === done && this.samples.at(-2)?.done === done) this.samples.pop();
    this.samples.push({ atMs, done });
    while (this.samples.length > 2 && atMs - (this.samples[1]?.atMs ?? atMs) >= WINDOW_MS) this.samples.shift();
  }

  /** Per second over the window; undefined while it is too early to say. */
  public perSecond(): number | undefined {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last || last.atMs - first.atMs < LEAST_MS) return undefined;
    return ((last.done - first.done) / (last.atMs - first.atMs)) * 1000;
  }

  /** Milliseconds until all is done if it goes on like this; undefined while that can't be said. */
  public leftMs(total: number): number | undefined {
    const rate = this.perSecond();
    const done = this.samples.at(-1)?.done ?? 0;
    return rate === undefined || rate <= 0 || done === 0 ? undefined : (Math.max(total - done, 0) / rate) * 1000;
  }

  /** Milliseconds since anything was done. */
  public stillMs(nowMs: number): number {
    const last = this.samples.at(-1);
    if (!last) return 0;
    const since = this.samples.find(({ done }) => done === last.done) ?? last;
    return nowMs - since.atMs;
  }
}
