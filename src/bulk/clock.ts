import { setTimeout as wait } from 'node:timers/promises';

/** Time, passed in so that tests can move it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** @throws the signal's reason, at once, when it aborts */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      await wait(ms, undefined, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }
};
