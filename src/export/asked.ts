import { z } from 'zod';

const columnSchema = z.object({
  /** As the service heads it: `Account.Name`. */
  name: z.string(),
  /** A field type of the describe. */
  type: z.string(),
  precision: z.number().default(0),
  scale: z.number().default(0)
});

/** A column of the result, as far as query and describe tell of it. */
export type ExportColumn = Readonly<z.infer<typeof columnSchema>>;

const splitSchema = z.object({
  field: z.string(),
  type: z.enum(['date', 'datetime', 'id']),
  /** Whether records may have no value in it. */
  isNillable: z.boolean(),
  unit: z.enum(['year', 'month', 'day']).optional(),
  splits: z.number().int().min(2).optional()
});

/** Ranges of a field's values that are exported by queries of their own. */
export type SplitAsked = Readonly<z.infer<typeof splitSchema>>;

const sinceSchema = z.object({
  /** The column that says when a record changed last. */
  field: z.string(),
  /** Where the watermark is kept. */
  key: z.string(),
  /** The watermark of the last run; missing for the first one, which exports all. */
  from: z.string().optional()
});

/** An export of what has changed since the last completed run of it. */
export type SinceAsked = Readonly<z.infer<typeof sinceSchema>>;

const askedSchema = z.object({
  sobject: z.string(),
  /** What the user asked for; ranges narrow it down. */
  soql: z.string(),
  operation: z.enum(['query', 'queryAll']),
  /** The result's columns as the query selects them. Runs of older versions have none where they don't know all of them. */
  columns: z.array(columnSchema).optional(),
  /** The result has more of them, whose names the org alone can tell. */
  hasOtherColumns: z.boolean().optional(),
  delimiter: z.enum(['BACKQUOTE', 'CARET', 'COMMA', 'PIPE', 'SEMICOLON', 'TAB']),
  lineEnding: z.enum(['LF', 'CRLF']),
  /** Pages that are fetched side by side. */
  concurrency: z.number().int().positive(),
  /** Rows of a page; missing for as many as the org likes. */
  maxRecords: z.number().int().positive().optional(),
  split: splitSchema.optional(),
  since: sinceSchema.optional(),
  output: z.object({
    format: z.enum(['csv', 'ndjson', 'json', 'parquet']),
    /** Absolute, or `-` for standard output. */
    path: z.string(),
    isPacked: z.boolean(),
    /** Rows of each of several numbered files; missing for one file. */
    chunkRows: z.number().int().positive().optional(),
    mayOverwrite: z.boolean(),
    /** Absolute; missing for one in the run directory alone. */
    manifest: z.string().optional()
  })
});

/** What the user asked of an export; it is kept in run.json, and a resume goes by it. */
export type ExportAsked = Readonly<z.infer<typeof askedSchema>>;

export type OutputAsked = ExportAsked['output'];

/** @throws ZodError when run.json does not hold an export of ours */
export function exportAsked(asked: unknown): ExportAsked {
  return askedSchema.parse(asked);
}

/** What one process does with an export, fresh or resumed; it is not kept. */
export type ExportSession = {
  /** How long to wait for the org; undefined for as long as it takes. */
  readonly waitMs?: number;
  /** Has the org run the query and waits for nothing. */
  readonly isAsync: boolean;
};
