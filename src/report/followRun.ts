import { type Clock } from '../bulk/clock.js';
import { fold, type LoadState, NOTHING_YET } from '../load/state.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { isRunHeld } from '../run/lock.js';
import { readEntries } from './runView.js';

/** How often the journal of another process is looked at. */
const LOOK_MS = 1000;

/**
 * Shows a load that another process works on, from its first event to the moment when nobody works on it any more.
 * @throws the signal's reason when it aborts
 */
export async function followRun(
  runDir: string,
  show: (event: LoadEvent, state: LoadState) => void,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal }
): Promise<void> {
  let state = NOTHING_YET;
  let seen = 0;
  for (let isHeld = true; isHeld;) {
    isHeld = await isRunHeld(runDir);
    const entries = await readEntries(runDir);
    for (const { event } of entries.slice(seen)) {
      state = fold(state, event as LoadEvent);
      show(event as LoadEvent, state);
    }
    seen = entries.length;
    if (isHeld) await clock.sleep(LOOK_MS, signal);
  }
}
