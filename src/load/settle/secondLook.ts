import { free } from '../../input/freed.js';
import { type JobRead } from './jobResults.js';
import { type RowFates } from './rowFates.js';
import { type KeyedRecord, type MatchPlan, RowKey } from './rowKey.js';
import { eachSentRow } from './sentRows.js';
import { ValueMatcher } from './valueMatcher.js';

/**
 * Finds the rows that results are about which match none as they stand: by forms in which more values are equal, and without the columns that the
 * results lack. So rows may look the same that are not; of these none is taken, as nothing tells which one a result is about.
 */
export class SecondLook {
  private readonly key: RowKey;
  private readonly rows: ValueMatcher;
  /** For each row the hash of what it is known by at the first look. */
  private readonly firstLooks: Float64Array;
  /** Whether a row is the first of some that look the same and are not. */
  private readonly isAmbiguous: Uint8Array;

  private constructor(plan: MatchPlan, rows: number) {
    this.key = new RowKey(plan);
    this.rows = new ValueMatcher(rows);
    this.firstLooks = new Float64Array(rows);
    this.isAmbiguous = new Uint8Array(rows);
  }

  public static async at(job: JobRead, plan: MatchPlan): Promise<SecondLook> {
    const look = new SecondLook(plan, job.rows);
    const firstLook = new RowKey(job.plan);
    let row = 0;
    try {
      await eachSentRow(job, (record) => {
        firstLook.ofRecord(record);
        look.add(row, firstLook.hash, record);
        row += 1;
      });
      return look;
    } catch (error) {
      look.close();
      throw error;
    }
  }

  /** The row that this result is about, of those of which nothing is known; undefined where there is none, or more than one that it may be. */
  public take(record: KeyedRecord, fates: RowFates): number | undefined {
    this.key.ofRecord(record);
    for (;;) {
      const row = this.rows.take(this.key);
      if (row === undefined || this.isAmbiguous[this.rows.firstOfTaken] === 1) return undefined;
      if (fates.of(row).kind === 'unknown') return row;
    }
  }

  public get tookOneOfEquals(): boolean {
    return this.rows.tookOneOfEquals;
  }

  public putBack(row: number): void {
    this.rows.putBack(row);
  }

  public close(): void {
    this.rows.close();
    for (const memory of [this.firstLooks, this.isAmbiguous]) free(memory);
  }

  private add(row: number, firstLook: number, record: KeyedRecord): void {
    this.key.ofRecord(record);
    const first = this.rows.add(this.key);
    this.firstLooks[row] = firstLook;
    if (this.firstLooks[first] !== firstLook) this.isAmbiguous[first] = 1;
  }
}
