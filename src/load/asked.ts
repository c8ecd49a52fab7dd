import { z } from 'zod';
import { isBooleanFormat } from '../schema/readings/booleans.js';
import { isDateFormat } from '../schema/readings/dates.js';
import { NUMBER_FORMATS } from '../schema/readings/numbers.js';
import { isTimeZone } from '../schema/readings/timeZone.js';

const limit = z.discriminatedUnion('unit', [
  z.object({ unit: z.literal('rows'), value: z.number().int().min(0) }),
  z.object({ unit: z.literal('percent'), value: z.number().min(0).max(100) })
]);

const askedSchema = z.object({
  operation: z.enum(['insert', 'update', 'upsert', 'delete', 'hardDelete']),
  sobject: z.string(),
  externalId: z.string().optional(),
  /** Absolute paths, or `-` for standard input. Several are one input. */
  files: z.array(z.string()),
  inputFormat: z.enum(['csv', 'json', 'ndjson']).optional(),
  encoding: z.string().optional(),
  delimiter: z.enum(['BACKQUOTE', 'CARET', 'COMMA', 'PIPE', 'SEMICOLON', 'TAB']).optional(),
  lineEnding: z.enum(['LF', 'CRLF']).optional(),
  /** Pairs of column and field. */
  map: z.array(z.tuple([z.string(), z.string()])),
  /** Pairs of field and the value that every row has for it. */
  set: z.array(z.tuple([z.string(), z.string()])).optional(),
  skipColumns: z.array(z.string()),
  /** What `--mapping-file` said when the load was asked for. */
  mapping: z
    .object({
      name: z.string(),
      isWhole: z.boolean(),
      columns: z.array(
        z.object({
          column: z.string(),
          field: z.string().nullish(),
          also: z.array(z.string()).optional(),
          line: z.number(),
          values: z.record(z.string(), z.string()).optional()
        })
      ),
      constants: z
        .array(z.object({ field: z.string(), value: z.string(), line: z.number(), column: z.string().optional() }))
        .optional()
    })
    .optional(),
  /** How values are written in the input. */
  dateFormat: z.string().refine(isDateFormat).optional(),
  timeZone: z.string().refine(isTimeZone).optional(),
  numberFormat: z.enum(NUMBER_FORMATS).optional(),
  booleanFormat: z.string().refine(isBooleanFormat).optional(),
  emptyAsNull: z.boolean(),
  validate: z.enum(['full', 'header', 'none']),
  onDuplicate: z.enum(['reject', 'first', 'last']),
  groupBy: z.string().optional(),
  assignmentRuleId: z.string().optional(),
  /** Most bytes of one job. */
  partBytes: z.number().int().positive(),
  concurrency: z.number().int().positive(),
  /** Waves of retries after the first attempt. */
  retries: z.number().int().min(0),
  maxFailures: limit.optional(),
  /** Most of the org's daily allowance that may be used, in percent; without it the load warns and goes on. */
  quotaPercent: z.number().min(0).max(100).optional(),
  results: z.enum(['all', 'failed', 'none']),
  /** Sends rows again of which nothing is known, even where that may do a thing twice. */
  resendUnknown: z.boolean()
});

/** What the user asked of a load; it is kept in run.json, and a resume goes by it. */
export type LoadAsked = Readonly<z.infer<typeof askedSchema>>;

/** @throws ZodError when run.json does not hold a load of ours */
export function loadAsked(asked: unknown): LoadAsked {
  return askedSchema.parse(asked);
}

/** What one process does with a load, fresh or resumed; it is not kept. */
export type LoadSession = {
  /** How long to wait for the org; undefined for as long as it takes. */
  readonly waitMs?: number;
  /** Sends everything and waits for nothing. */
  readonly isAsync: boolean;
  /** Reads, checks and cuts, and sends nothing. */
  readonly isDryRun: boolean;
  /** What a resume asks otherwise than the load did. */
  readonly asked?: Partial<Pick<LoadAsked, 'quotaPercent' | 'resendUnknown'>>;
};
