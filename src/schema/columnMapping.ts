/** What a mapping file says of one column of the input. */
export type ColumnMapping = {
  readonly column: string;
  /** API name or path; null for a column that is not sent; undefined for one that goes by its own name. */
  readonly field?: string | null;
  /** Further fields that the column goes to. */
  readonly also?: string[];
  /** Of the file, from 1. */
  readonly line: number;
  /** What is sent in place of a value. Others are sent as they are. */
  readonly values?: Record<string, string>;
};

/** A value that every row has for a field, whatever the input says. */
export type ConstantMapping = {
  /** API name or path. */
  readonly field: string;
  readonly value: string;
  readonly line: number;
  /** The column in whose place it stands, where the input has it. */
  readonly column?: string;
};

export type Mappings = { readonly columns: ColumnMapping[]; readonly constants: ConstantMapping[] };

/** The first field of a column, and those beside it. */
export function fieldsOf(fields: readonly string[]): Pick<ColumnMapping, 'field' | 'also'> {
  const [field = null, ...also] = fields;
  return also.length > 0 ? { field, also } : { field };
}

/** Something that a line of a mapping file can't say. */
export class MappingProblem extends Error {
  public constructor(
    public readonly line: number,
    message: string
  ) {
    super(message);
  }
}
