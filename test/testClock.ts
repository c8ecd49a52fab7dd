import { type Clock } from '../src/bulk/clock.js';

/** More pauses than any of our loops may make: a loop without end fails its test instead of hanging it. */
const MOST_PAUSES = 5000;
/** After so many, a pause takes a moment in truth: a busy disk may be what is waited for. */
const QUICK_PAUSES = 500;

/** A clock that a test rules: a pause is over at once, and time has passed. */
export class TestClock implements Clock {
  /** Milliseconds of each pause so far. */
  public readonly pauses: number[] = [];
  private time = Date.UTC(2026, 0, 1);

  public now(): number {
    return this.time;
  }

  public async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.pauses.push(ms);
    if (this.pauses.length > MOST_PAUSES) throw new Error('this goes on for ever');
    this.time += ms;
    // What else is under way gets its turn, as it would in a real pause.
    await new Promise((resolve) =>
      this.pauses.length > QUICK_PAUSES ? setTimeout(resolve, 5) : setImmediate(resolve)
    );
    signal?.throwIfAborted();
  }
}
