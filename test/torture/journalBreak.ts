import { Journal } from '../../src/run/journal.js';

/** An event of a run's journals (its own, and those of the loads that are its steps), and on which side of its line the process ends. */
export type BreakPoint = {
  readonly side: 'before' | 'after';
  readonly type: string;
  /** Counts from 1. */
  readonly nth: number;
};

/**
 * Lets a run end at one event as a process does that is killed there: from then on no journal takes a line, and nothing is asked of the org
 * that a line would have to announce.
 */
export class JournalBreak {
  /** The types of the events so far, in their order. */
  public readonly seen: string[] = [];
  /** Where the process ended. */
  public struck: BreakPoint | undefined;

  /** @param strikes whether the process ends there; `n` counts all events from 1 */
  public constructor(private readonly strikes: (point: BreakPoint, n: number) => boolean) {}

  /** Runs the work with journals that break off. */
  public async during<T>(work: () => Promise<T>): Promise<T> {
    // Journals of steps are opened deep within, so the break is put where all of them append.
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the journal that it is of
    const { append } = Journal.prototype;
    const strike = this.strike.bind(this);
    Journal.prototype.append = async function (event, how): Promise<void> {
      const type = (event as { type: string }).type;
      const nth = strike('before', type);
      await append.call(this, event, how);
      strike('after', type, nth);
    };
    try {
      return await work();
    } finally {
      Journal.prototype.append = append;
    }
  }

  private strike(side: BreakPoint['side'], type: string, counted?: number): number {
    if (side === 'before' && !this.struck) this.seen.push(type);
    const nth = counted ?? this.seen.filter((each) => each === type).length;
    const point = { side, type, nth };
    if (!this.struck && this.strikes(point, this.seen.length)) this.struck = point;
    if (this.struck) throw new Error('the process has ended');
    return nth;
  }
}

/** Every event of an undisturbed run, before it and after it. */
export function breakPoints(seen: readonly string[]): BreakPoint[] {
  return seen.flatMap((type, at) => {
    const nth = seen.slice(0, at + 1).filter((each) => each === type).length;
    return [
      { side: 'before', type, nth },
      { side: 'after', type, nth }
    ] as const;
  });
}

/** Every n-th point, and of each kind of event and each side the first one. */
export function someOf(points: readonly BreakPoint[], every: number, offset: number): BreakPoint[] {
  return points.filter((point, at) => point.nth === 1 || at % every === offset % every);
}
