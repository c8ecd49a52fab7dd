import { z } from 'zod';
import { type JobId, JOB_STATES } from '../bulk/job.js';
import { type RunId } from '../run/runId.js';
import { type LoadResult } from './loadResult.js';

const rowsSchema = z.object({
  read: z.number(),
  rejected: z.number(),
  submitted: z.number(),
  succeeded: z.number(),
  created: z.number(),
  updated: z.number(),
  failed: z.number(),
  retried: z.number(),
  skipped: z.number(),
  unaccounted: z.number()
});

const jobId = z.string().transform((id) => id as JobId);

const jobSchema = z.object({
  id: jobId,
  state: z.enum(JOB_STATES),
  part: z.number(),
  rows: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  attempt: z.number().optional(),
  retryOf: jobId.optional(),
  errorMessage: z.string().optional()
});

const problemSchema = z.object({
  row: z.number(),
  column: z.string().optional(),
  field: z.string().optional(),
  value: z.string(),
  code: z.string(),
  reason: z.string()
});

const filesSchema = z.object({
  success: z.string().optional(),
  failed: z.string().optional(),
  unaccounted: z.string().optional(),
  skipped: z.string().optional(),
  report: z.string().optional()
});

/** Lists that older versions did not write are empty. */
const resultSchema: z.ZodType<LoadResult> = z.looseObject({
  runId: z.string().transform((id) => id as RunId),
  runDir: z.string(),
  status: z.enum(['Success', 'PartialSuccess', 'InProgress', 'Stopped', 'Failed', 'Interrupted', 'Checked']),
  operation: z.enum(['insert', 'update', 'upsert', 'delete', 'hardDelete']),
  sobject: z.string(),
  externalId: z.string().optional(),
  org: z.object({ id: z.string(), username: z.string() }),
  rows: rowsSchema,
  inputs: z.array(z.object({ path: z.string(), firstRow: z.number(), rows: z.number() })).optional(),
  jobs: z.array(jobSchema),
  errors: z.array(z.object({ code: z.string(), message: z.string(), count: z.number(), exampleRow: z.number() })),
  problems: z.array(problemSchema).default([]),
  mapping: z.array(z.object({ column: z.string(), field: z.string().nullable() })).default([]),
  constants: z.array(z.object({ field: z.string(), value: z.string() })).optional(),
  warnings: z.array(z.string()).default([]),
  apiCalls: z.number(),
  durationMs: z.number(),
  files: filesSchema,
  next: z.string().optional()
});

/** The result of a load as summary.json holds it; undefined where that is something else. */
export function writtenLoadResult(summary: unknown): LoadResult | undefined {
  return resultSchema.safeParse(summary).data;
}
