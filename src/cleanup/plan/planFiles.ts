import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { z } from 'zod';
import { definitionSchema } from '../definition/schema.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** The files of a plan directory. What `apply` acts on is in the first ones; the others are for looking at, and for `--recheck`. */
export const PLAN_FILES = {
  plan: 'plan.json',
  clusters: 'clusters.csv',
  review: 'review.csv',
  updates: 'updates.csv',
  deletes: 'deletes.csv',
  changes: 'changes.csv',
  snapshot: 'snapshot.csv',
  records: 'records.csv',
  children: 'children.csv',
  left: 'unstandardized.csv',
  rejected: 'rejected.csv',
  report: 'report.html',
  made: 'made.json'
} as const;

/** In files of a plan of rows: the number of the row in the input. Loads ignore a column of this name. */
export const ROW_COLUMN = 'bulkops__Row';

/** How null is written for the Bulk API; an empty field would leave alone what is there. */
export const NULL_MARK = '#N/A';

const count = z.number().int().min(0);

const countsSchema = z.object({
  read: count,
  rejected: count,
  clusters: count,
  losers: count,
  largestCluster: count,
  review: count,
  reviewRecords: count,
  updates: count,
  /** Of the updates, those of survivors. */
  survivorUpdates: count,
  deletes: count,
  reparented: count,
  oversized: count,
  chainsSplit: count,
  reviewLeftOut: count
});

const blockingKeySchema = z.object({
  fields: z.array(z.string()),
  records: count,
  pairs: count,
  oversized: z.array(z.object({ value: z.string(), records: count })),
  oversizedBlocks: count
});

const ruleCountsSchema = z.object({
  rule: z.string(),
  keys: z.array(blockingKeySchema),
  compared: count,
  possible: z.number(),
  merged: count,
  reviewed: count,
  guarded: count,
  learnt: z
    .array(
      z.object({
        field: z.string(),
        equal: z.number(),
        different: z.number(),
        bitsFor: z.number(),
        bitsAgainst: z.number()
      })
    )
    .optional()
});

const planSchema = z.object({
  version: z.literal(1),
  toolVersion: z.string(),
  sobject: z.string(),
  /** `records`: of the org, named by their Ids; `rows`: of a file without Ids. */
  of: z.enum(['records', 'rows']),
  /** The column that names a record: `Id`, or the external ID by which rows are upserted. */
  key: z.string().nullable(),
  /** The org that the plan is for; missing where it was made of a file without one. */
  org: z.object({ id: z.string(), username: z.string(), instanceUrl: z.string() }).nullable(),
  /** The newest SystemModstamp among the records: what changed later was not seen. */
  snapshotAt: z.string().nullable(),
  definition: definitionSchema,
  fields: z.array(z.string()),
  counts: countsSchema,
  standardized: z.array(
    z.object({
      field: z.string(),
      filled: count,
      changed: count,
      left: count,
      examples: z.array(z.tuple([z.string(), z.string()]))
    })
  ),
  rules: z.array(ruleCountsSchema),
  /** Clusters that are too large to act on: their size, and their first records. */
  oversized: z.array(z.object({ records: count, keys: z.array(z.string()) })),
  /** Child objects whose records are pointed at the survivors, one file for each. */
  reparent: z.array(z.object({ sobject: z.string(), fields: z.array(z.string()), file: z.string(), rows: count })),
  warnings: z.array(z.string()),
  /** SHA-256 of each file as the plan wrote it, so that edits are noticed. */
  files: z.record(z.string(), z.string())
});

/** plan.json: what a plan is of, and what it comes to. The same data gives the same bytes. */
export type PlanRecord = z.infer<typeof planSchema>;

/** @throws SfError `NotAPlanError` */
export async function readPlanRecord(directory: string): Promise<PlanRecord> {
  try {
    return planSchema.parse(JSON.parse(await readFile(join(directory, PLAN_FILES.plan), 'utf8')));
  } catch (error) {
    throw messages.createError('notAPlan', [directory, (error as Error).message.split('\n')[0]]);
  }
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
