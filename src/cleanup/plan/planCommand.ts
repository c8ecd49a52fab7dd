import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Connection, Messages } from '@salesforce/core';
import { type Definition } from '../definition/definition.js';
import { definitionOfFlags, readDefinition } from '../definition/readDefinition.js';
import { headerOf } from '../../input/input.js';
import { checkSource } from '../../input/open.js';
import { describedOnce, describeObject } from '../../schema/describe.js';
import { systemClock } from '../../bulk/clock.js';
import { orgReads, type OrgReads } from '../../bulk/orgReads.js';
import { keptIfDone } from '../../run/keptIfDone.js';
import { childSource } from '../org/children.js';
import { orgReader } from '../org/queryReader.js';
import { readRecords } from '../org/readRecords.js';
import { makePlan, type PlanWorld } from './plan.js';
import { type CleanupPlanResult, planResult } from './planResult.js';
import { recheck } from './recheck.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** What the user asked of `cleanup plan`. */
export type PlanFlags = {
  readonly definition?: string;
  readonly sobject?: string;
  readonly where?: string;
  readonly match: readonly string[];
  readonly standardize: readonly string[];
  readonly files: readonly string[];
  readonly externalId?: string;
  readonly clusters?: string;
  readonly recheck?: string;
  readonly planDir: string;
  readonly toolVersion: string;
  readonly org?: { readonly connection: Connection; readonly id: string; readonly username: string };
};

/** @throws SfError `NothingToPlanError`, `NoSourceError`, and what reading and planning throw */
export async function planFromFlags(flags: PlanFlags, world: PlanWorld): Promise<CleanupPlanResult> {
  if (flags.recheck !== undefined) return planResult(await recheck(resolve(flags.recheck), world), flags.recheck);
  const { org, files, planDir } = flags;
  const interrupt = new AbortController().signal;
  const tools = org && { connection: org.connection, clock: systemClock, random: Math.random, interrupt };
  const reads = tools && describedOnce(orgReads(tools));
  const read = reads && orgReader({ ...tools, reads });
  const definition = await definitionOf(flags, reads);
  const about = {
    definition,
    children: reads && read && childSource(reads, definition.sobject, read),
    externalId: flags.externalId,
    clustersFile: flags.clusters,
    toolVersion: flags.toolVersion,
    planDir,
    org: org && { id: org.id, username: org.username, instanceUrl: org.connection.instanceUrl }
  };
  if (files.length > 0)
    return planResult(await makePlan({ ...about, sources: files.map((path) => ({ path })) }, world), planDir);
  if (!reads || !read) throw messages.createError('noSource');
  const scratch = await mkdtemp(join(tmpdir(), 'bulkops-'));
  try {
    return await keptIfDone(scratch, async () => {
      const path = join(scratch, 'records.csv');
      world.onStage('reading');
      await readRecords(reads, definition, { read, path });
      return planResult(await makePlan({ ...about, sources: [{ path }] }, world), planDir);
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function definitionOf(flags: PlanFlags, reads: OrgReads | undefined): Promise<Definition> {
  if (flags.definition !== undefined) return readDefinition(flags.definition);
  if (flags.sobject === undefined) throw messages.createError('nothingToPlan');
  const columns = await columnsOf(flags.files, flags.sobject, reads);
  return definitionOfFlags({ ...flags, sobject: flags.sobject, columns });
}

/** The fields that there are: of the file, or of the org's object. */
async function columnsOf(
  files: readonly string[],
  sobject: string,
  reads: OrgReads | undefined
): Promise<readonly string[]> {
  if (files.length === 0) return reads ? (await describeObject(reads, sobject)).fields.map(({ name }) => name) : [];
  const sources = files.map((path) => ({ path }));
  for (const source of sources) await checkSource(source);
  return (await headerOf(sources)).map((name) => name.trim());
}
