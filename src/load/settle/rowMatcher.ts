import { type RowKey } from './rowKey.js';

/**
 * Finds the row of a part that a result speaks of. Results come in any order, without row numbers and re-serialised (BULK_API §1), so rows
 * are known by their key; rows without one, and those of an insert, by all their values.
 */
export type RowMatcher = {
  /** The row that this result is about, which is taken by it; undefined when no row of that key is left. */
  take(key: RowKey): number | undefined;
  /** As `take` for many results, one after the other, by the hashes of their keys; -1 where there is none. Missing where hashes do not tell. */
  takeAll?(hashes: Float64Array, count: number, rows: Int32Array): void;
  /** Whether other rows have the key of the one that was taken last. */
  readonly tookOneOfEquals: boolean;
  /** Leaves the row that was taken last to another result. */
  putBack(row: number): void;
  /** Gives its memory back; nothing can be found any more. */
  close(): void;
};
