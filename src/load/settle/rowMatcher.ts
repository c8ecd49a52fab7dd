import { type RowKey } from './rowKey.js';

const NONE = -1;

/**
 * Finds the row of a part that a result speaks of. Results come in any order, without row numbers and re-serialised (BULK_API §1), so rows
 * are known by their key; rows without one, and those of an insert, by all their values. Equal rows are told apart by nothing, so
 * each result takes one of them, in the order of the part.
 *
 * A hash table over bytes: a Map of a hundred thousand strings is what the heap of a load would mostly consist of.
 */
export class RowMatcher {
  /** For each slot of the table the first row of its key that is not taken, or NONE; a key that is all taken keeps its slot. */
  private readonly slots: Int32Array;
  /** For each slot the row whose key stands for it, so that it can be compared. */
  private readonly owners: Int32Array;
  /** For each row the next one of the same key. */
  private readonly nextOf: Int32Array;
  /** For each owner the last row of its key. */
  private readonly lastOf: Int32Array;
  private readonly keyEnds: Uint32Array;
  private keys: Buffer = Buffer.allocUnsafe(64 * 1024);
  private rows = 0;
  private takenSlot = NONE;

  public constructor(rows: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(rows, 8) * 2));
    this.slots = new Int32Array(size).fill(NONE);
    this.owners = new Int32Array(size).fill(NONE);
    this.nextOf = new Int32Array(rows).fill(NONE);
    this.lastOf = new Int32Array(rows).fill(NONE);
    this.keyEnds = new Uint32Array(rows + 1);
  }

  /** Makes the next row of the part known. */
  public add(key: RowKey): void {
    const row = this.rows;
    this.rows += 1;
    const slot = this.slotOf(key);
    const owner = this.owners[slot] ?? NONE;
    this.keep(row, key, owner === NONE ? key.length : 0);
    if (owner === NONE) {
      this.owners[slot] = row;
      this.slots[slot] = row;
      this.lastOf[row] = row;
      return;
    }
    this.nextOf[this.lastOf[owner] ?? owner] = row;
    this.lastOf[owner] = row;
  }

  /** The row that this result is about, which is taken by it; undefined when no row of that key is left. */
  public take(key: RowKey): number | undefined {
    const slot = this.slotOf(key);
    const row = this.slots[slot] ?? NONE;
    if (row === NONE) return undefined;
    this.slots[slot] = this.nextOf[row] ?? NONE;
    this.takenSlot = slot;
    return row;
  }

  /** Whether other rows have the key of the one that was taken last. */
  public get tookOneOfEquals(): boolean {
    const owner = this.owners[this.takenSlot] ?? NONE;
    return this.lastOf[owner] !== owner;
  }

  /** Leaves the row that was taken last to another result. */
  public putBack(row: number): void {
    this.slots[this.takenSlot] = row;
  }

  /** The slot of the key, or the free one where it belongs. */
  private slotOf(key: RowKey): number {
    const mask = this.slots.length - 1;
    for (let slot = key.hash & mask; ; slot = (slot + 1) & mask) {
      const owner = this.owners[slot] ?? NONE;
      if (owner === NONE || this.hasKey(owner, key)) return slot;
    }
  }

  private hasKey(owner: number, { bytes, length }: RowKey): boolean {
    const start = this.keyEnds[owner] ?? 0;
    const end = this.keyEnds[owner + 1] ?? 0;
    if (end - start !== length) return false;
    const { keys } = this;
    // Keys are short: a call into native code would take longer than this.
    for (let at = 0; at < length; at += 1) if (keys[start + at] !== bytes[at]) return false;
    return true;
  }

  private keep(row: number, { bytes }: RowKey, length: number): void {
    const start = this.keyEnds[row] ?? 0;
    if (start + length > this.keys.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.keys.length * 2, start + length));
      this.keys.copy(larger, 0, 0, start);
      this.keys = larger;
    }
    const { keys } = this;
    for (let at = 0; at < length; at += 1) keys[start + at] = bytes[at] ?? 0;
    this.keyEnds[row + 1] = start + length;
  }
}
