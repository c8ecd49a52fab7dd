import { type BulkError, isBulkError } from './bulkError.js';
import { type Clock } from './clock.js';

/** Between tries: half a second, doubled each time up to 30 s, eight tries in all: a break of a minute and a half is sat out. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const MOST_TRIES = 8;
/** A longer Retry-After is not waited for: the error is shown instead. */
const LONGEST_RETRY_AFTER_MS = 10 * 60_000;

export type RetryTools = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** Default: 8. */
  readonly mostTries?: number;
};

/** An error after which the same call may be tried again; `afterMs` is what the server asked for. */
export class TryAgain extends Error {
  public constructor(
    public readonly error: BulkError,
    public readonly afterMs?: number
  ) {
    super(error.message, { cause: error });
  }
}

/**
 * Calls `attempt` until it gives a result or throws anything but `TryAgain`.
 * @throws the error of the last try; the signal's reason when it aborts while waiting
 */
export async function retrying<T>(
  attempt: () => Promise<T>,
  { clock, random, signal, mostTries = MOST_TRIES }: RetryTools
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error;
      const pauseMs = error.afterMs ?? jittered(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS), random);
      if (tries >= mostTries || pauseMs > LONGEST_RETRY_AFTER_MS) throw error.error;
      await clock.sleep(pauseMs, signal);
    }
  }
}

/** Between half and all of it, so that clients that failed together do not come back together. */
function jittered(ms: number, random: () => number): number {
  return Math.round(ms * (0.5 + random() / 2));
}

/** Milliseconds that a Retry-After header asks for, as seconds or as an HTTP date; undefined when it says neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(seconds, 0) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(at - nowMs, 0);
}

export function isNetworkError(error: unknown): boolean {
  return isBulkError(error) && error.kind === 'network';
}
