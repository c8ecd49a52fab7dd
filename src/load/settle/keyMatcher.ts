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
  /** The row that a result is most likely about: results come in runs of the part's order. */
  private next = 0;
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
    const { hashes } = this;
    const row = hashes[this.next] === hash ? this.next : this.rows.find(hash);
    if (row < 0) return undefined;
    hashes[row] = TAKEN;
    this.lastHash = hash;
    this.next = row + 1;
    return row;
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
