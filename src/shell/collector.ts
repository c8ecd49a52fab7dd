import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Sets how garbage is collected while rows stream by. `sf` alone has a heap of 50 MB that never dies, and V8 holds the room beside it for less than it
 * wants, so that it would mark all of the heap again and again: a third of a load's processor time. While `sf` loads its modules the room for what is
 * young grows to 50 MB, where what a run leaves behind would lie about until it is full: it is given back, and stays small. So small a room is searched
 * soonest by one thread.
 */
export function suitCollector(): void {
  setFlagsFromString('--no-incremental-marking');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-parallel-scavenge');
  collectAll();
}

/** The one collection that also gives memory back; V8 shows it only where it was asked to. Costs about 0.1 s. */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
