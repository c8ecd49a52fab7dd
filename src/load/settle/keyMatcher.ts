import { free } from '../../input/freed.js';
import { HashTable } from '../../input/hashTable.js';
import { type RowKey } from './rowKey.js';
import { type RowMatcher } from './rowMatcher.js';

/** Equals nothing, itself neither. */
const TAKEN = NaN;

/**
 * Of rows each of which has a key of its own, by the hashes of the keys alone: that no two of the part are equal was looked at first, so that a
 * result can only be about the one row that has its hash. A third of the memory of a `ValueMatcher`, and the part need not be read for it.
 */
export class KeyMatcher implements RowMatcher {
  public readonly tookOneOfEquals = false;
  private readonly rows: HashTable;
  private lastHash = 0;

  private constructor(private readonly hashes: Float64Array) {
    this.rows = new HashTable(hashes);
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

  public take({ hash }: RowKey): number | undefined {
    const row = this.rows.find(hash);
    if (row < 0) return undefined;
    this.hashes[row] = TAKEN;
    this.lastHash = hash;
    return row;
  }

  public takeAll(hashes: Float64Array, count: number, rows: Int32Array): void {
    this.rows.findAll(hashes, count, rows);
    for (let i = 0; i < count; i += 1) {
      const row = rows[i] ?? -1;
      if (row < 0) continue;
      // An earlier one may be about the same row.
      if (this.hashes[row] === hashes[i]) this.hashes[row] = TAKEN;
      else rows[i] = -1;
    }
  }

  public putBack(row: number): void {
    this.hashes[row] = this.lastHash;
  }

  public close(): void {
    this.rows.close();
    free(this.hashes);
  }

  /** False where two rows have the same hash. */
  private addAll(): boolean {
    for (let row = 0; row < this.hashes.length; row += 1) if (this.rows.add(row) >= 0) return false;
    return true;
  }
}
