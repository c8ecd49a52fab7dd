import { setFlagsFromString } from 'node:v8';

/**
 * Lets garbage be collected only when the heap is full. `sf` alone has a heap of 50 MB that never dies, and beside it V8 holds the room that it leaves
 * for less than it wants, so that it marks all of the heap again and again while rows stream by: a third of a load's processor time. Takes some 10 MB.
 */
export function collectWhenFull(): void {
  setFlagsFromString('--no-incremental-marking');
}
