/** A date is 'YYYY-MM-DD', a datetime '2024-01-31T12:00:00.000Z', a time '12:00:00.000Z'. */
export type SoqlValue = string | number | boolean | null;

/** One record by canonical field names; a field that is not there is null. */
export type SoqlRecord = Readonly<Record<string, SoqlValue | undefined>>;

export type SoqlField = {
  readonly name: string;
  /** As describe names it: string, double, reference, … */
  readonly type: string;
  readonly relationshipName?: string;
  readonly referenceTo: readonly string[];
};

export type SoqlObject = { readonly name: string; readonly fields: readonly SoqlField[] };

/** What the evaluator asks of the store. */
export type SoqlSource = {
  /** By name, whatever its case. */
  object(name: string): SoqlObject | undefined;
  /** @param options.fields canonical names of the only ones that will be looked at */
  records(
    object: string,
    options: { readonly includeDeleted: boolean; readonly fields: readonly string[] }
  ): Iterable<SoqlRecord>;
  /** By 18-character Id, deleted records included. */
  byId(object: string, id: string): SoqlRecord | undefined;
};
