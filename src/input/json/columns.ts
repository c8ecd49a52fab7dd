import { type FlatValue } from './flatten.js';

/**
 * The columns of records that need not all have the same: those of every record, in the order in which they first come, whatever their case
 * later. Where nothing but null stands in a column and others have an object there, it is no column: null is meant for all of the object.
 */
export class ColumnUnion {
  /** By the name in lower case: as it was first written, and whether a value other than null was seen. */
  private readonly seen = new Map<string, { name: string; hasValue: boolean }>();

  public add(record: ReadonlyMap<string, FlatValue>): void {
    for (const [name, value] of record) {
      const column = this.seen.get(name) ?? this.seen.get(name.toLowerCase());
      if (!column) this.seen.set(name.toLowerCase(), { name, hasValue: value !== null });
      else if (value !== null) column.hasValue = true;
    }
  }

  public columns(): JsonColumns {
    const names = [...this.seen];
    const isObjectElsewhere = (key: string): boolean => names.some(([other]) => other.startsWith(`${key}.`));
    const header = names.filter(([key, { hasValue }]) => hasValue || !isObjectElsewhere(key));
    const nulls = header.filter(([, { hasValue }]) => !hasValue).map(([key]) => key);
    return new JsonColumns(
      header.map(([, { name }]) => name),
      new Set(nulls)
    );
  }
}

/** Puts the values of a record in the order of the columns. */
export class JsonColumns {
  private readonly placeOf = new Map<string, number>();
  private readonly partsOf = new Map<string, number[]>();

  /** @param nulls the names, in lower case, of columns in which nothing but null stands */
  public constructor(
    public readonly header: readonly string[],
    public readonly nulls: ReadonlySet<string>
  ) {
    for (const [place, name] of header.entries()) {
      const key = name.toLowerCase();
      this.placeOf.set(key, place);
      for (let dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
        const object = key.slice(0, dot);
        this.partsOf.set(object, [...(this.partsOf.get(object) ?? []), place]);
      }
    }
  }

  /**
   * One text for each column: empty where the record says nothing, `#N/A` where it says null. Undefined when it has one column twice, in another
   * case.
   * @throws Error for a column that the union has not
   */
  public values(record: ReadonlyMap<string, FlatValue>): string[] | undefined {
    const values = new Array<string>(this.header.length).fill('');
    const taken = new Set<number>();
    for (const [name, value] of record) {
      const key = name.toLowerCase();
      const place = this.placeOf.get(key);
      const places = place === undefined ? this.partsOf.get(key) : [place];
      if (!places) throw new Error(`the column ${name} was not there before`);
      for (const at of places) {
        if (taken.has(at)) return undefined;
        taken.add(at);
        values[at] = value ?? NULL_MARK;
      }
    }
    return values;
  }
}

/** What the API takes for null (BULK_API §3). */
const NULL_MARK = '#N/A';
