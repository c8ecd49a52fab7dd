import { recordId } from './ids.js';
import { fieldOf, type ObjectSchema } from './schema.js';
import { shownValue, type Stored } from './values.js';

/** A record as answers have it: booleans as booleans, null for nothing, the Id with it. */
export type ShownRecord = Readonly<Record<string, string | number | boolean | null>>;

type Entry = { readonly name: string } & (
  | { readonly kind: 'id' }
  | { readonly kind: 'stored'; readonly type: string; readonly at: number }
  /** People's names are made of their parts. */
  | { readonly kind: 'full-name'; readonly parts: readonly number[] }
);

/** Makes records of an object's stored rows. */
export class RecordShape {
  /** Names of the stored fields, in the order in which a row is to have them after the record's number. */
  public readonly columns: readonly string[];
  private readonly entries: readonly Entry[];

  /** @param names canonical ones of the fields that are asked for; without them it is all */
  public constructor(
    private readonly object: ObjectSchema,
    names: readonly string[] = object.fields.map(({ name }) => name)
  ) {
    const columns: string[] = [];
    const placeOf = (name: string): number => {
      const known = columns.indexOf(name);
      return known >= 0 ? known : columns.push(name) - 1;
    };
    this.entries = names.flatMap((name): Entry[] => {
      const field = fieldOf(object, name);
      if (!field) return [];
      if (field.type === 'id') return [{ name, kind: 'id' }];
      if (!field.calculated) return [{ name, kind: 'stored', type: field.type, at: placeOf(name) }];
      const hasParts = name === 'Name' && fieldOf(object, 'LastName');
      return hasParts ? [{ name, kind: 'full-name', parts: ['FirstName', 'LastName'].map(placeOf) }] : [];
    });
    this.columns = columns;
  }

  /** @param row the record's number, then the columns */
  public record(row: readonly Stored[]): ShownRecord {
    const record: Record<string, string | number | boolean | null> = {};
    for (const entry of this.entries) record[entry.name] = this.value(entry, row);
    return record;
  }

  private value(entry: Entry, row: readonly Stored[]): string | number | boolean | null {
    switch (entry.kind) {
      case 'id':
        return recordId(this.object.keyPrefix, Number(row[0]));
      case 'stored':
        return shownValue(row[entry.at + 1] ?? null, entry.type);
      case 'full-name':
        return entry.parts
          .map((at) => row[at + 1] ?? '')
          .filter((part) => part !== '')
          .join(' ');
    }
  }
}
