import { isBulkError } from './bulkError.js';
import { type Clock } from './clock.js';

export type Waiting = { readonly clock: Clock; readonly signal?: AbortSignal };

/** Before each further look. A node of the org that lags behind has caught up by then. */
const PAUSES_MS = [1000, 4000];

/**
 * Asks for what has been there before: a single answer of "not found" does not prove that it is gone.
 * @throws BulkError `gone` when the org says so three times
 */
export async function surelyGone<T>(ask: () => Promise<T>, { clock, signal }: Waiting): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!isBulkError(error) || error.kind !== 'gone') throw error;
    }
    await clock.sleep(pauseMs, signal);
  }
  return ask();
}
