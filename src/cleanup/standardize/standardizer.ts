/** What became of a value: written in the standard way, or left as it was because that could not be done. */
export type Standardized = { readonly value: string } | { readonly problem: string };

/** Pure. `other` gives another field's value of the same record, for those that need the record's own country. */
export type Standardizer = (value: string, other: (field: string) => string) => Standardized;

/** The loaded form of the table's entry: what it is told was looked at, what it needs was imported. */
export const keep = (value: string): Standardized => ({ value });

/** Applied until nothing changes: some case rules of Unicode (ß, ligatures) take two steps to settle. */
export function settled(write: (value: string) => string): (value: string) => string {
  return (value) => {
    let before = value;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const after = write(before);
      if (after === before) return after;
      before = after;
    }
    return value;
  };
}

const MOST_STEPS = 4;
