import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { type Input, openInput } from '../../input/input.js';
import { checkSource, type InputSource } from '../../input/open.js';
import { PRIVATE_DIRECTORY, writeDurably } from '../../run/durably.js';
import { makeDirectory } from '../../run/makeDirectory.js';
import { keptIfDone } from '../../run/keptIfDone.js';
import { Database, type DatabaseSize } from '../database.js';
import { type Definition } from '../definition/definition.js';
import { intake, type IntakeCounts } from '../intake.js';
import { Layout } from '../layout.js';
import { type Clustering, makeClusters } from '../match/clusters.js';
import { type Compared, comparePairs, type RuleCounts } from '../match/pairs.js';
import { type ChildSource } from '../org/children.js';
import { writePlanReport } from '../report/report.js';
import { GIVEN_NAME, givenPairs, keySql } from './given.js';
import { childCounts, listChildren } from './plannedChildren.js';
import { PLAN_FILES, type PlanRecord } from './planFiles.js';
import { type Decider } from './decide.js';
import { keptRecords } from './memberRow.js';
import { fileHashes, importMembers, type Membership, type PlanWritten, writeDecisions } from './writePlan.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** What to plan from. */
export type PlanAsked = {
  readonly definition: Definition;
  /** CSV files of the records: an export, or what was read from the org for this plan. */
  readonly sources: readonly InputSource[];
  /** For a file without Ids: the column by which its rows are upserted. */
  readonly externalId?: string;
  /** Clusters that another engine computed, instead of the definition's rules. */
  readonly clustersFile?: string;
  readonly org?: PlanRecord['org'];
  /** Where the children of the records are; without, `apply` finds them. */
  readonly children?: ChildSource;
  readonly toolVersion: string;
  readonly planDir: string;
};

export type PlanStage = 'reading' | 'loading' | 'matching' | 'clustering' | 'writing';

export type PlanWorld = {
  readonly nowMs: () => number;
  readonly onStage: (stage: PlanStage) => void;
  /** Of the database; by default as many as there are processors. The plan is the same for any number. */
  readonly threads?: number;
};

/** Of the engine beside the clusters, which are in the heap: a gigabyte of them where there are 5 million records. */
const SMALL_MB = 260;

/** So that the whole process stays below 1 GB, or below 2 GB for millions of records. */
function sizeFor(records: number): DatabaseSize {
  if (records <= 300_000) return { memoryMb: 384, isInFile: false };
  return { memoryMb: records <= 1_000_000 ? SMALL_MB : 700, isInFile: true };
}

/**
 * Makes the plan of a cleanup in a new directory: reads the records, standardises, matches, chooses. Changes nothing in any org.
 * @throws SfError for records or a directory that can't be used: `PlanDirTakenError`, `FieldsMissingError`, `IdsTwiceError`…
 */
export async function makePlan(asked: PlanAsked, world: PlanWorld): Promise<PlanRecord> {
  const startedMs = world.nowMs();
  for (const source of asked.sources) await checkSource(source);
  const input = await openInput(asked.sources);
  const layout = Layout.of(asked.definition, input.header, asked.externalId);
  const planDir = await newPlanDir(asked.planDir);
  return keptIfDone(planDir, async () => {
    const scratch = join(planDir, '.work');
    await mkdir(scratch, { mode: PRIVATE_DIRECTORY });
    const plan = await planIn({ asked, world, input, layout, planDir, scratch });
    const made = { plannedAt: new Date(startedMs).toISOString(), durationMs: world.nowMs() - startedMs };
    await writeDurably(join(planDir, PLAN_FILES.made), `${JSON.stringify(made)}\n`);
    await rm(scratch, { recursive: true, force: true });
    return plan;
  });
}

type Work = {
  readonly asked: PlanAsked;
  readonly world: PlanWorld;
  readonly input: Input;
  readonly layout: Layout;
  readonly planDir: string;
  readonly scratch: string;
};

async function planIn(work: Work): Promise<PlanRecord> {
  const { asked, world, layout, planDir, scratch } = work;
  const { definition } = asked;
  world.onStage('reading');
  const files = {
    table: join(scratch, 'table.csv'),
    standardized: join(scratch, 'standardized.csv'),
    left: join(planDir, PLAN_FILES.left),
    rejected: join(planDir, PLAN_FILES.rejected)
  };
  const read = await intake(work.input, definition, layout, files);
  world.onStage('loading');
  const db = await Database.open(join(scratch, 'db'), { ...sizeFor(read.read), threads: world.threads });
  try {
    await db.importCsv('records', files.table, layout.tableColumns);
    await rm(files.table);
    await checkIds(db, layout);
    const { rules, clustering } = await match(db, work);
    world.onStage('writing');
    await importMembers(db, membershipOf(clustering, definition), scratch);
    const ofChildren = await listChildren(db, { source: asked.children, definition, layout, planDir, scratch });
    const { counts, reparent } = await writeDecisions({
      db,
      definition,
      layout,
      outDir: planDir,
      planDir,
      scratch,
      childCounts: await childCounts(planDir, definition),
      standalone: (decider, clustered) => standaloneRows(files.standardized, { layout, decider, clustered }),
      standaloneFields: read.fields.filter(({ changed }) => changed > 0).map(({ field }) => field)
    });
    const plan = await planRecord(db, work, { read, rules, clustering, counts, reparent, ofChildren });
    await writeDurably(join(planDir, PLAN_FILES.plan), `${JSON.stringify(plan, undefined, 2)}\n`);
    await writePlanReport(planDir, plan);
    return plan;
  } finally {
    await db.close();
  }
}

async function match(db: Database, work: Work): Promise<{ rules: readonly RuleCounts[]; clustering: Clustering }> {
  const { asked, world, layout, scratch } = work;
  const { definition, clustersFile } = asked;
  world.onStage('matching');
  let compared: Compared = { counts: [], scorings: [] };
  if (clustersFile === undefined) compared = await comparePairs(db, definition, layout);
  else await givenPairs(db, clustersFile, { definition, layout, scratch });
  world.onStage('clustering');
  await db.shrinkTo(SMALL_MB);
  const fitBy = clustersFile === undefined ? 'rules' : 'guards';
  const { counts, scorings } = compared;
  return { rules: counts, clustering: await makeClusters(db, { definition, layout, scratch, fitBy, scorings }) };
}

type Standing = { readonly layout: Layout; readonly decider: Decider; readonly clustered: ReadonlySet<number> };

/** The updates of records in no cluster, in the order of reading. */
async function* standaloneRows(
  path: string,
  { layout, decider, clustered }: Standing
): AsyncGenerator<readonly string[]> {
  for await (const record of keptRecords(path, layout)) {
    if (clustered.has(Number(record.n))) continue;
    const cells = decider.standaloneUpdate(record);
    if (cells) yield cells;
  }
}

type Findings = {
  readonly read: IntakeCounts;
  readonly rules: readonly RuleCounts[];
  readonly clustering: Clustering;
  readonly counts: PlanWritten['counts'];
  readonly reparent: PlanWritten['reparent'];
  /** What the user should know of the children. */
  readonly ofChildren: readonly string[];
};

async function planRecord(db: Database, { asked, layout, planDir }: Work, found: Findings): Promise<PlanRecord> {
  const { read, rules, clustering, counts, reparent, ofChildren } = found;
  const { stamp } = layout;
  const newest = stamp === undefined ? [] : await db.rows(`SELECT max(v${stamp}) FROM records`);
  return {
    version: 1,
    toolVersion: asked.toolVersion,
    sobject: asked.definition.sobject,
    of: layout.hasIds ? 'records' : 'rows',
    key: layout.key === undefined ? null : (layout.fields[layout.key] ?? null),
    org: asked.org ?? null,
    snapshotAt: typeof newest[0]?.[0] === 'string' ? newest[0][0] : null,
    definition: asked.definition.written,
    fields: [...layout.fields],
    counts: {
      read: read.read,
      rejected: read.rejected,
      ...counts,
      oversized: clustering.oversized.length,
      chainsSplit: clustering.split,
      reviewLeftOut: clustering.reviewLeftOut
    },
    standardized: read.fields.map(({ examples, ...rest }) => ({
      ...rest,
      examples: examples.map(([before, after]): [string, string] => [before, after])
    })),
    rules: rules.map(({ learnt, ...rule }) => ({
      ...rule,
      ...(learnt === undefined ? {} : { learnt: [...learnt] }),
      keys: rule.keys.map((key) => ({ ...key, fields: [...key.fields], oversized: [...key.oversized] }))
    })),
    oversized: await oversizedOf(db, layout, clustering),
    reparent,
    warnings: [...warnings(layout, rules), ...ofChildren],
    files: await fileHashes(planDir)
  };
}

function warnings(layout: Layout, rules: readonly RuleCounts[]): string[] {
  const found: string[] = [];
  if (layout.hasIds && layout.stamp === undefined)
    found.push('The records have no SystemModstamp, so apply compares the planned fields to tell which changed since.');
  for (const { rule, keys } of rules)
    for (const { fields, oversized, oversizedBlocks } of keys)
      if (oversizedBlocks > 0)
        found.push(
          `Rule ${rule}: ${oversizedBlocks} blocks of ${fields.join(' + ')} are too large to compare, ` +
            `the largest has ${oversized[0]?.records ?? 0} records with "${oversized[0]?.value ?? ''}".`
        );
  return found;
}

/** Numbers of clusters and members, in the order of the first record. */
function* membershipOf({ merge, review }: Clustering, { rules }: Definition): Generator<Membership> {
  const kinds = [
    ['merge', 'C', merge],
    ['review', 'R', review]
  ] as const;
  for (const [kind, letter, clusters] of kinds)
    for (const [i, { members }] of clusters.entries())
      for (const { n, rule, score } of members)
        yield {
          n,
          kind,
          number: i + 1,
          cluster: `${letter}${i + 1}`,
          isChosen: false,
          rule: rules[rule]?.name ?? GIVEN_NAME,
          score: String(score)
        };
}

/** The keys that a report of a too large cluster names. */
const MOST_NAMED_KEYS = 20;
const MOST_NAMED_CLUSTERS = 100;

async function oversizedOf(db: Database, layout: Layout, { oversized }: Clustering): Promise<PlanRecord['oversized']> {
  const largest = [...oversized].sort((one, other) => other.length - one.length).slice(0, MOST_NAMED_CLUSTERS);
  const column = layout.key === undefined ? 'n' : `v${layout.key}`;
  const named: PlanRecord['oversized'] = [];
  for (const group of largest) {
    const some = group.slice(0, MOST_NAMED_KEYS).join(', ');
    const keys = await db.rows(`SELECT ${column} FROM records WHERE n IN (${some}) ORDER BY n`);
    named.push({ records: group.length, keys: keys.map(([key]) => String(key)) });
  }
  return named;
}

/** An Id twice would make a record the duplicate of itself, and delete it. */
async function checkIds(db: Database, layout: Layout): Promise<void> {
  if (!layout.hasIds || layout.key === undefined) return;
  const id = keySql(`v${layout.key}`, true);
  const twice = await db.rows(
    `SELECT min(n), max(n) FROM records GROUP BY ${id} HAVING count(*) > 1 OR ${id} IS NULL ORDER BY 1 LIMIT 5`
  );
  if (twice.length > 0) throw messages.createError('idsTwice', [twice.map((rows) => rows.join(' and ')).join('; ')]);
}

async function newPlanDir(path: string): Promise<string> {
  const directory = resolve(path);
  try {
    await makeDirectory(directory, PRIVATE_DIRECTORY);
  } catch (error) {
    throw messages.createError('planDirUnwritable', [
      directory,
      error instanceof Error ? error.message : String(error)
    ]);
  }
  if ((await readdir(directory)).length > 0) throw messages.createError('planDirTaken', [directory]);
  return directory;
}
