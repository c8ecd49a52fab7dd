/** The value of one sent column in a row or in a result; the empty string where the result has no such column. */
export type ValueOf = (column: number) => string;

export type MatchPlan = {
  /** Column of the external ID or Id among the sent columns; missing for insert, where all values together are the key. */
  readonly keyColumn?: number;
  /** One for each sent column: the form in which the column's values are equal whenever the org takes them for equal. */
  readonly canonical: ReadonlyArray<(value: string) => string>;
};

/**
 * Finds the row of a part that a result speaks of. Results come in any order, without row numbers and re-serialised (BULK_API §1), so rows
 * are known by their key; rows without one, and those of an insert, by all their values. Equal rows are told apart by nothing, so
 * each result takes one of them, in the order of the part.
 */
export class RowMatcher {
  private readonly firstOf = new Map<string, number>();
  /** The next row with the same key, or -1. Rows of one key form a list from `firstOf`, so that taking is quick however many are equal. */
  private readonly nextOf: Int32Array;
  private readonly lastOf = new Map<string, number>();
  private readonly isTaken: Uint8Array;

  public constructor(
    rows: number,
    private readonly plan: MatchPlan
  ) {
    this.nextOf = new Int32Array(rows).fill(-1);
    this.isTaken = new Uint8Array(rows);
  }

  /** Makes row `at` known; rows are added in the part's order. */
  public add(at: number, valueOf: ValueOf): void {
    const key = this.keyOf(valueOf);
    if (!this.firstOf.has(key)) {
      this.firstOf.set(key, at);
      return;
    }
    const last = this.lastOf.get(key) ?? this.firstOf.get(key) ?? at;
    this.nextOf[last] = at;
    this.lastOf.set(key, at);
  }

  /** The row that this result is about, which is taken by it; undefined when no row of that key is left. */
  public take(valueOf: ValueOf): number | undefined {
    const key = this.keyOf(valueOf);
    const at = this.firstOf.get(key);
    if (at === undefined || at < 0) return undefined;
    this.firstOf.set(key, this.nextOf[at] ?? -1);
    this.isTaken[at] = 1;
    return at;
  }

  /** Rows that no result has taken, in order. */
  public *left(): Generator<number> {
    for (let at = 0; at < this.isTaken.length; at += 1) if (this.isTaken[at] === 0) yield at;
  }

  private keyOf(valueOf: ValueOf): string {
    const { keyColumn, canonical } = this.plan;
    if (keyColumn !== undefined) {
      const key = canonical[keyColumn]?.(valueOf(keyColumn)) ?? '';
      if (key !== '') return key;
    }
    return canonical.map((form, column) => form(valueOf(column))).join(VALUE_SEPARATOR);
  }
}

/** Can't begin a key: values have no control characters of this kind in any input that passed the scanner's NUL check. */
const VALUE_SEPARATOR = '\u0000';
