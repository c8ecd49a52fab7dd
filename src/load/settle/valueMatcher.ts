import { free } from '../../input/freed.js';
import { type RowKey } from './rowKey.js';
import { type RowMatcher } from './rowMatcher.js';

const NONE = -1;

/** What is kept of a row, side by side: a look into memory that is far away takes longer than all that is done with it. */
const ROW = {
  /** Of an owner, the first row of its key: where the key lies. */
  keyStart: 0,
  keyEnd: 1,
  /** Of an owner: the first row of its key that is not taken, or NONE. */
  first: 2,
  /** Of an owner: the last row of its key. */
  last: 3,
  /** The next row of the same key. */
  next: 4,
  size: 5
} as const;

/**
 * Of rows that may be equal. Equal rows are told apart by nothing, so each result takes one of them, in the order of the part.
 *
 * A hash table over bytes: a Map of a hundred thousand strings is what the heap of a load would mostly consist of.
 */
export class ValueMatcher implements RowMatcher {
  /** For each slot of the table the row whose key stands for it, or NONE; a key whose rows are all taken keeps its slot. */
  private readonly owners: Int32Array;
  private readonly kept: Int32Array;
  private keys: Buffer;
  private keyBytes = 0;
  private rows = 0;
  /** Where what is kept of the owner begins whose row was taken last. */
  private taken = 0;

  public constructor(rows: number) {
    this.owners = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(rows, 8) * 2))).fill(NONE);
    this.kept = new Int32Array(rows * ROW.size).fill(NONE);
    this.keys = Buffer.allocUnsafe(rows * USUAL_KEY_BYTES);
  }

  /** Makes the next row of the part known. @returns the first row of its key, which may be itself */
  public add(key: RowKey): number {
    const { owners, kept } = this;
    const row = this.rows;
    this.rows += 1;
    const slot = this.slotOf(key);
    const owner = owners[slot] ?? NONE;
    if (owner === NONE) {
      owners[slot] = row;
      this.keep(row, key);
      return row;
    }
    const of = owner * ROW.size;
    kept[(kept[of + ROW.last] ?? owner) * ROW.size + ROW.next] = row;
    kept[of + ROW.last] = row;
    return owner;
  }

  public take(key: RowKey): number | undefined {
    const { kept } = this;
    const owner = this.owners[this.slotOf(key)] ?? NONE;
    if (owner === NONE) return undefined;
    const of = owner * ROW.size;
    const row = kept[of + ROW.first] ?? NONE;
    if (row === NONE) return undefined;
    kept[of + ROW.first] = kept[row * ROW.size + ROW.next] ?? NONE;
    this.taken = of;
    return row;
  }

  /** The first row of the key of the one that was taken last. */
  public get firstOfTaken(): number {
    return this.taken / ROW.size;
  }

  public get tookOneOfEquals(): boolean {
    return this.kept[this.taken + ROW.last] !== this.firstOfTaken;
  }

  public putBack(row: number): void {
    this.kept[this.taken + ROW.first] = row;
  }

  public close(): void {
    for (const memory of [this.owners, this.kept, this.keys]) free(memory);
  }

  /** The slot of the key, or the free one where it belongs. */
  private slotOf(key: RowKey): number {
    const { owners } = this;
    const mask = owners.length - 1;
    for (let slot = key.hash & mask; ; slot = (slot + 1) & mask) {
      const owner = owners[slot] ?? NONE;
      if (owner === NONE || this.hasKey(owner, key)) return slot;
    }
  }

  private hasKey(owner: number, { bytes, length }: RowKey): boolean {
    const start = this.kept[owner * ROW.size + ROW.keyStart] ?? 0;
    const end = this.kept[owner * ROW.size + ROW.keyEnd] ?? 0;
    if (end - start !== length) return false;
    const { keys } = this;
    // Keys are short: a call into native code would take longer than this.
    for (let at = 0; at < length; at += 1) if (keys[start + at] !== bytes[at]) return false;
    return true;
  }

  private keep(row: number, { bytes, length }: RowKey): void {
    const start = this.keyBytes;
    if (start + length > this.keys.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.keys.length * 2, start + length));
      this.keys.copy(larger, 0, 0, start);
      this.keys = larger;
    }
    const { keys } = this;
    for (let at = 0; at < length; at += 1) keys[start + at] = bytes[at] ?? 0;
    this.keyBytes = start + length;
    const of = row * ROW.size;
    this.kept[of + ROW.keyStart] = start;
    this.kept[of + ROW.keyEnd] = this.keyBytes;
    this.kept[of + ROW.first] = row;
    this.kept[of + ROW.last] = row;
  }
}

/** Room for keys is made for so many bytes each, and doubled where they are longer. */
const USUAL_KEY_BYTES = 20;
