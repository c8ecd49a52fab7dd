import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openInput } from '../../input/input.js';
import { PRIVATE_DIRECTORY, writeDurably } from '../../run/durably.js';
import { isThere } from '../../run/isThere.js';
import { Database, type DatabaseSize } from '../database.js';
import { type Definition, plainDefinition } from '../definition/definition.js';
import { Layout } from '../layout.js';
import { writePlanReport } from '../report/report.js';
import { type Decider } from './decide.js';
import { type EditedCluster, type Edits, editsOf, readEdited } from './edits.js';
import { type PlanWorld } from './plan.js';
import { childCounts } from './plannedChildren.js';
import { PLAN_FILES, type PlanRecord, readPlanRecord, sha256 } from './planFiles.js';
import { fileHashes, importMembers, keyColumn, type Membership, recordColumns, writeDecisions } from './writePlan.js';

/** What recheck writes anew; what was read for the plan stays. */
const REWRITTEN = ['clusters', 'review', 'updates', 'deletes', 'changes'] as const;

const SIZE: DatabaseSize = { memoryMb: 384, isInFile: false };

/** Whether a person has changed what is to be merged since the plan was made or rechecked. */
export async function isEdited(planDir: string, { files }: PlanRecord): Promise<boolean> {
  for (const name of ['clusters', 'review'] as const)
    if ((await sha256(join(planDir, PLAN_FILES[name]))) !== files[PLAN_FILES[name]]) return true;
  return false;
}

/**
 * Takes a person's edits of clusters.csv and review.csv into the plan: checks them as a whole and works out again which record stays, what it
 * gets and what goes. Rows that were removed are left alone; rows of updates.csv outside of clusters stay as they are now.
 * @throws SfError `NotAPlanError`, `PlanEditedError`, `PlanColumnsError`; the plan is unchanged then
 */
export async function recheck(planDir: string, world: PlanWorld): Promise<PlanRecord> {
  const plan = await readPlanRecord(planDir);
  const definition = plainDefinition(plan.definition);
  const layout = Layout.of(definition, plan.fields, plan.of === 'rows' ? (plan.key ?? undefined) : undefined);
  const scratch = join(planDir, '.work');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(join(scratch, 'new'), { recursive: true, mode: PRIVATE_DIRECTORY });
  const db = await Database.open(join(scratch, 'db'), SIZE);
  try {
    world.onStage('loading');
    return await recheckIn({ plan, definition, layout, planDir, scratch, db, world });
  } finally {
    await db.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

type Work = {
  readonly plan: PlanRecord;
  readonly definition: Definition;
  readonly layout: Layout;
  readonly planDir: string;
  readonly scratch: string;
  readonly db: Database;
  readonly world: PlanWorld;
};

async function recheckIn(work: Work): Promise<PlanRecord> {
  const { plan, definition, layout, planDir, scratch, db, world } = work;
  const key = keyColumn(layout);
  const columns = [...layout.tableColumns.slice(0, recordColumns(layout).length - 1), 'cluster'];
  await db.importCsv('records', join(planDir, PLAN_FILES.records), columns, 1);
  const name = layout.hasIds && layout.key !== undefined ? `v${layout.key}` : 'n';
  const rows = await db.rows(`SELECT n, ${name}, cluster FROM records`);
  const numbers = new Map(rows.map(([n, own]) => [String(own), Number(n)]));
  const wasClustered = new Set(rows.flatMap(([, own, cluster]) => (cluster === null ? [] : [String(own)])));
  const edits = editsOf(
    await readEdited(join(planDir, PLAN_FILES.clusters), key),
    await readEdited(join(planDir, PLAN_FILES.review), key),
    new Set(numbers.keys())
  );
  world.onStage('writing');
  await importMembers(db, membershipOf(edits, numbers), scratch);
  const outDir = join(scratch, 'new');
  const old = await openInput([{ path: join(planDir, PLAN_FILES.updates) }]);
  const { counts, reparent } = await writeDecisions({
    db,
    definition,
    layout,
    outDir,
    planDir,
    scratch,
    childCounts: await childCounts(planDir, definition),
    standalone: (decider, clustered) =>
      standingRows(old, decider, (own) => wasClustered.has(own) || clustered.has(numbers.get(own) ?? -1)),
    standaloneFields: old.header.slice(1)
  });
  for (const file of REWRITTEN) await rename(join(outDir, PLAN_FILES[file]), join(planDir, PLAN_FILES[file]));
  const rechecked = { ...plan, counts: { ...plan.counts, ...counts }, reparent, files: await fileHashes(planDir) };
  await writeDurably(join(planDir, PLAN_FILES.plan), `${JSON.stringify(rechecked, undefined, 2)}\n`);
  // A copy that apply has taken has no report: nobody looks at it.
  if (await isThere(join(planDir, PLAN_FILES.report))) await writePlanReport(planDir, rechecked);
  return rechecked;
}

/** The rows of updates.csv that are about no cluster, of now or of before. */
async function* standingRows(
  updates: Awaited<ReturnType<typeof openInput>>,
  { updateFields }: Decider,
  isClustered: (key: string) => boolean
): AsyncGenerator<readonly string[]> {
  const places = new Map(updates.header.map((column, i) => [column.toLowerCase(), i]));
  const columns = updateFields.map((field) => places.get(field.toLowerCase()));
  for await (const batch of updates.batches)
    for (let i = 0; i < batch.count; i += 1) {
      const key = batch.field(i, 0);
      if (!isClustered(key))
        yield [key, ...columns.map((column) => (column === undefined ? '' : batch.field(i, column)))];
    }
}

function* membershipOf({ merge, review }: Edits, numbers: ReadonlyMap<string, number>): Generator<Membership> {
  const kinds: ReadonlyArray<readonly [Membership['kind'], readonly EditedCluster[]]> = [
    ['merge', merge],
    ['review', review]
  ];
  for (const [kind, clusters] of kinds)
    for (const [i, { cluster, members }] of clusters.entries())
      for (const { key, role, rule, score } of members)
        yield {
          n: numbers.get(key) ?? 0,
          kind,
          number: i + 1,
          cluster,
          isChosen: role === 'survivor',
          rule,
          score
        };
}
