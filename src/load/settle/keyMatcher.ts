import { free } from '../../input/freed.js';
import { type RowKey } from './rowKey.js';
import { type RowMatcher } from './rowMatcher.js';

const NONE = -1;
/** Equals nothing, itself neither. */
const TAKEN = NaN;

/**
 * Of rows each of which has a key of its own, by the hashes of the keys alone: that no two of the part are equal was looked at first, so that a
 * result can only be about the one row that has its hash. A third of the memory of a `ValueMatcher`, and the part need not be read for it.
 */
export class KeyMatcher implements RowMatcher {
  public readonly tookOneOfEquals = false;
  /** For each slot of the table the row whose hash stands for it, or NONE; a row that is taken keeps its slot. */
  private readonly slots: Int32Array;
  /** The row that a result is most likely about: results come in runs of the part's order. */
  private next = 0;
  private lastHash = 0;

  private constructor(private readonly hashes: Float64Array) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(hashes.length, 8) * 2))).fill(NONE);
  }

  /**
   * @param hashes of the rows' keys, in the order of the part; given away
   * @returns undefined where two rows have the same
   */
  public static of(hashes: Float64Array): KeyMatcher | undefined {
    const matcher = new KeyMatcher(hashes);
    if (matcher.addAll()) return matcher;
    matcher.close();
    return undefined;
  }

  public take({ isKey, hash }: RowKey): number | undefined {
    const { hashes } = this;
    const row = hashes[this.next] === hash ? this.next : this.rowOf(hash);
    if (row === NONE || !isKey) return undefined;
    hashes[row] = TAKEN;
    this.lastHash = hash;
    this.next = row + 1;
    return row;
  }

  public putBack(row: number): void {
    this.hashes[row] = this.lastHash;
  }

  public close(): void {
    for (const { buffer } of [this.slots, this.hashes]) free(buffer);
  }

  /** False where two rows have the same hash. */
  private addAll(): boolean {
    const { hashes, slots } = this;
    const mask = slots.length - 1;
    for (let row = 0; row < hashes.length; row += 1) {
      const hash = hashes[row] ?? 0;
      let slot = hash & mask;
      for (let other = slots[slot] ?? NONE; other !== NONE; other = slots[slot] ?? NONE) {
        if (hashes[other] === hash) return false;
        slot = (slot + 1) & mask;
      }
      slots[slot] = row;
    }
    return true;
  }

  private rowOf(hash: number): number {
    const { hashes, slots } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot] ?? NONE;
      if (row === NONE || hashes[row] === hash) return row;
    }
  }
}
