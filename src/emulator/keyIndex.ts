type KeyValue = string | number | boolean | null | undefined;

/** Which live records have a value in a field. In memory: an upsert asks it for every row, and a query of the database costs ten times as much. */
export class KeyIndex {
  private readonly numbers = new Map<string, number | number[]>();

  public constructor(private readonly isCaseSensitive: boolean) {}

  public add(value: KeyValue, n: number): void {
    const key = this.keyOf(value);
    if (key === undefined) return;
    const there = this.numbers.get(key);
    if (there === undefined) this.numbers.set(key, n);
    else if (typeof there === 'number') this.numbers.set(key, [there, n]);
    else there.push(n);
  }

  public remove(value: KeyValue, n: number): void {
    const key = this.keyOf(value);
    const there = key === undefined ? undefined : this.numbers.get(key);
    if (key === undefined || there === undefined) return;
    const left = typeof there === 'number' ? [] : there.filter((other) => other !== n);
    if (left.length === 0 && (typeof there !== 'number' || there === n)) this.numbers.delete(key);
    else if (typeof there !== 'number') this.numbers.set(key, left);
  }

  public find(value: KeyValue): readonly number[] {
    const there = this.numbers.get(this.keyOf(value) ?? '');
    return there === undefined ? [] : typeof there === 'number' ? [there] : there;
  }

  private keyOf(value: KeyValue): string | undefined {
    if (value === null || value === undefined || value === '') return undefined;
    const text = typeof value === 'string' ? value : String(value);
    return this.isCaseSensitive ? text : text.toLowerCase();
  }
}
