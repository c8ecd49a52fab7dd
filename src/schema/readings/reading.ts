/** How the values of a column are written, where that is not as the API has them. */
export type Reading = {
  /** The value as the API has it; undefined for one that is not written in this way. */
  readonly read: (value: string) => string | undefined;
  /** A value that is, for messages. */
  readonly example: string;
};
