const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const MOST_KNOWN = 100_000;

/** Whether this is the name of a zone: `Europe/Berlin`, `UTC`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Clocks of a zone. Each change of them is at a quarter of an hour, so what was found for one is kept. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;
  private readonly known = new Map<number, number | undefined>();

  public constructor(name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }
    });
  }

  /**
   * The moment at which clocks show a time, in UTC: the first of two where they are put back; undefined for a time that they skip, or that no calendar has.
   * @param clock as `2026-01-31T14:30:00.000`, with or without the fraction
   */
  public instant(clock: string): string | undefined {
    const shown = Date.parse(`${clock}Z`);
    if (Number.isNaN(shown) || !new Date(shown).toISOString().startsWith(clock)) return undefined;
    const quarter = Math.floor(shown / QUARTER_MS);
    if (!this.known.has(quarter)) {
      if (this.known.size >= MOST_KNOWN) this.known.clear();
      this.known.set(quarter, this.offsetOf(quarter * QUARTER_MS));
    }
    const offset = this.known.get(quarter);
    return offset === undefined ? undefined : new Date(shown - offset).toISOString();
  }

  /** How far clocks that show a time are ahead of UTC. */
  private offsetOf(shown: number): number | undefined {
    // Clocks differ by less than a day from UTC, so that those of the day before and of the day after are the ones there may be.
    const offsets = [this.offsetAt(shown - DAY_MS), this.offsetAt(shown + DAY_MS)];
    return offsets.find((offset) => this.offsetAt(shown - offset) === offset);
  }

  private offsetAt(moment: number): number {
    const parts = new Map(this.format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? NaN;
    const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return shown - Math.floor(moment / 1000) * 1000;
  }
}
