import { type Clock } from '../bulk/clock.js';
import { isRunHeld } from '../run/lock.js';
import { readEntries } from './runView.js';

/** How often the journal of another process is looked at. */
const LOOK_MS = 1000;

/**
 * Shows what another process does to a run, from its first event to the moment when nobody works on it any more.
 * @param show is given the events as they lie in the journal; which kind of events that is goes by the run's kind
 * @throws the signal's reason when it aborts
 */
export async function followRun<Event>(
  runDir: string,
  show: (event: Event) => void,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal }
): Promise<void> {
  let seen = 0;
  for (let isHeld = true; isHeld;) {
    isHeld = await isRunHeld(runDir);
    const entries = await readEntries<Event>(runDir);
    for (const { event } of entries.slice(seen)) show(event);
    seen = entries.length;
    if (isHeld) await clock.sleep(LOOK_MS, signal);
  }
}
