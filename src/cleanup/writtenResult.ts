import { z } from 'zod';
import { type RunId } from '../run/runId.js';
import { type CleanupApplyResult } from './apply/applyResult.js';
import { type CleanupResult } from './cleanupResult.js';
import { type CleanupUndoResult } from './undo/undoResult.js';

const runId = z.string().transform((id) => id as RunId);

const common = {
  runId,
  runDir: z.string(),
  status: z.enum(['Success', 'PartialSuccess', 'Interrupted']),
  sobject: z.string(),
  org: z.object({ id: z.string(), username: z.string() }),
  // Undos of older versions did not write any.
  warnings: z.array(z.string()).default([]),
  durationMs: z.number(),
  next: z.string().optional()
};

const applySchema: z.ZodType<CleanupApplyResult> = z.looseObject({
  ...common,
  counts: z.object({
    clusters: z.number(),
    clustersSkipped: z.number(),
    updated: z.number(),
    reparented: z.number(),
    removed: z.number(),
    skipped: z.number(),
    failed: z.number(),
    wrong: z.number()
  }),
  files: z.object({
    skipped: z.string().optional(),
    backup: z.string().optional(),
    report: z.string().optional()
  })
});

const undoSchema: z.ZodType<CleanupUndoResult> = z.looseObject({
  ...common,
  undoes: runId,
  counts: z.object({
    restored: z.number(),
    undeleted: z.number(),
    recreated: z.number(),
    childrenMoved: z.number(),
    leftAlone: z.number()
  }),
  files: z.object({ skipped: z.string().optional(), report: z.string().optional() })
});

/** The result of an apply or an undo as summary.json holds it; undefined where that is something else. */
export function writtenCleanupResult(summary: unknown): CleanupResult | undefined {
  return undoSchema.safeParse(summary).data ?? applySchema.safeParse(summary).data;
}
