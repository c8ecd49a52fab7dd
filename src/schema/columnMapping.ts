/** What a mapping file says of one column of the input. */
export type ColumnMapping = {
  readonly column: string;
  /** API name or path; null for a column that is not sent; undefined for one that goes by its own name. */
  readonly field?: string | null;
  /** Of the file, from 1. */
  readonly line: number;
  /** What is sent in place of a value. Others are sent as they are. */
  readonly values?: Readonly<Record<string, string>>;
};

/** Something that a line of a mapping file can't say. */
export class MappingProblem extends Error {
  public constructor(
    public readonly line: number,
    message: string
  ) {
    super(message);
  }
}
