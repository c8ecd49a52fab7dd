import { z } from 'zod';
import { type JobId, JOB_STATES } from '../bulk/job.js';
import { type RunId } from '../run/runId.js';
import { type ExportResult } from './exportResult.js';

const jobSchema = z.object({
  id: z.string().transform((id) => id as JobId),
  state: z.enum(JOB_STATES),
  range: z.number(),
  covers: z.string().optional(),
  rows: z.number(),
  pages: z.number(),
  errorMessage: z.string().optional()
});

const fileSchema = z.object({ path: z.string(), rows: z.number(), bytes: z.number(), sha256: z.string() });

/** Numbers that older versions did not write are 0. */
const resultSchema: z.ZodType<ExportResult> = z.looseObject({
  runId: z.string().transform((id) => id as RunId),
  runDir: z.string(),
  status: z.enum(['Success', 'InProgress', 'Interrupted', 'Closed', 'Failed']),
  operation: z.literal('export'),
  sobject: z.string(),
  query: z.string(),
  allRows: z.boolean(),
  org: z.object({ id: z.string(), username: z.string() }),
  rows: z.object({ read: z.number(), written: z.number(), dropped: z.number().default(0) }),
  pages: z.object({ listed: z.number(), landed: z.number(), refused: z.number() }),
  bytes: z.number(),
  format: z.enum(['csv', 'ndjson', 'json', 'parquet']),
  jobs: z.array(jobSchema),
  warnings: z.array(z.string()).default([]),
  apiCalls: z.number(),
  durationMs: z.number(),
  files: z.object({
    output: z.array(fileSchema),
    manifest: z.string().optional(),
    report: z.string().optional()
  }),
  next: z.string().optional()
});

/** The result of an export as summary.json holds it; undefined where that is something else. */
export function writtenExportResult(summary: unknown): ExportResult | undefined {
  return resultSchema.safeParse(summary).data;
}
