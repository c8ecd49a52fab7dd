import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../run/durably.js';
import { type Database } from '../database.js';
import { type Definition } from '../definition/definition.js';
import { type IntakeCounts } from '../intake.js';
import { type Layout } from '../layout.js';
import { LineFile } from '../lineFile.js';
import { type RuleCounts } from '../match/pairs.js';
import { Decider, type DecisionFiles, shownFields } from './decide.js';
import { type ClusterKind, csvRows, KeptRecord, keptRecords, type MemberRow } from './memberRow.js';
import { PLAN_FILES, type PlanRecord, sha256 } from './planFiles.js';

/** A record's place in a cluster. */
export type Membership = {
  readonly n: number;
  readonly kind: ClusterKind;
  /** Clusters are written in the order of their numbers. */
  readonly number: number;
  readonly cluster: string;
  readonly isChosen: boolean;
  readonly rule: string;
  readonly score: string;
};

export type PlanWriting = {
  /** With the tables `records` and `members`. */
  readonly db: Database;
  readonly definition: Definition;
  readonly layout: Layout;
  readonly planDir: string;
  readonly scratch: string;
  /** The records that standardising changed; of a file without Ids: all of them. */
  readonly standalone: string;
  readonly about: {
    readonly toolVersion: string;
    readonly org?: PlanRecord['org'];
    readonly read: IntakeCounts;
    readonly rules: RuleCounts[];
    readonly chainsSplit: number;
    readonly reviewLeftOut: number;
    readonly oversized: PlanRecord['oversized'];
  };
};

/** Fills the table `members`. */
export async function importMembers(db: Database, members: Iterable<Membership>, scratch: string): Promise<void> {
  const path = join(scratch, 'members.csv');
  const file = new LineFile(path);
  for (const { n, kind, number, cluster, isChosen, rule, score } of members) {
    file.add([String(n), kind, String(number), cluster, isChosen ? '1' : '', rule, score]);
    await file.drain();
  }
  await file.close();
  await db.importCsv('members', path, ['n', 'kind', 'number', 'cluster', 'chosen', 'rule', 'score']);
}

/** Chooses in each cluster and writes the plan's files, plan.json last: a directory without it holds no plan. */
export async function writePlan(work: PlanWriting): Promise<PlanRecord> {
  const { definition, layout, planDir, scratch } = work;
  const survivorUpdates = join(scratch, 'survivor-updates.csv');
  const files = openFiles(work, survivorUpdates);
  const decider = new Decider(definition, layout, files);
  const clustered = new Set<number>();
  try {
    await decideAll(work, decider, { files, clustered });
    const updates = await writeUpdates(work, { decider, clustered, survivorUpdates, files });
    for (const file of Object.values(files)) await file.close();
    const plan = await planRecord(work, decider, updates);
    await writeDurably(join(planDir, PLAN_FILES.plan), `${JSON.stringify(plan, undefined, 2)}\n`);
    return plan;
  } finally {
    for (const file of Object.values(files)) await file.close();
  }
}

function openFiles({ definition, layout, planDir }: PlanWriting, survivorUpdates: string): DecisionFiles {
  const named = (name: keyof typeof PLAN_FILES): LineFile => new LineFile(join(planDir, PLAN_FILES[name]));
  const key = layout.key === undefined ? 'row' : (layout.fields[layout.key] ?? '');
  const shown = shownFields(definition, layout);
  const files = {
    clusters: named('clusters'),
    review: named('review'),
    updates: new LineFile(survivorUpdates),
    deletes: named('deletes'),
    changes: named('changes'),
    snapshot: named('snapshot'),
    records: named('records')
  };
  const columns = ['cluster', 'role', key, 'rule', 'score'];
  const last = layout.hasIds || layout.key === undefined ? [] : ['row'];
  files.clusters.add([...columns, ...shown, ...last]);
  files.review.add([...columns, 'merge', ...shown, ...last]);
  files.deletes.add([key]);
  files.changes.add(['cluster', key, 'field', 'before', 'after', 'reason', 'from']);
  files.snapshot.add([key, 'SystemModstamp']);
  files.records.add(recordColumns(layout));
  return files;
}

/** The header of records.csv: the row's number, the fields, and of those that were standardised what stood there before. */
export function recordColumns(layout: Layout): string[] {
  return ['row', ...layout.fields, ...layout.standardized.map((index) => `${layout.fields[index]} before`)];
}

type Deciding = { readonly files: DecisionFiles; readonly clustered: Set<number> };

async function decideAll(work: PlanWriting, decider: Decider, { files, clustered }: Deciding): Promise<void> {
  const { db, layout, scratch } = work;
  const path = join(scratch, 'clustered.csv');
  const columns = [...layout.fields.map((_, i) => `v${i}`), ...layout.standardized.map((_, i) => `r${i}`)];
  await db.exportCsv(
    `SELECT m.kind, m.cluster, m.chosen, m.rule, m.score, r.n, ${columns.map((column) => `r.${column}`).join(', ')}
     FROM members m JOIN records r ON r.n = m.n ORDER BY m.kind, m.number::INTEGER, r.n`,
    path
  );
  let open: MemberRow[] = [];
  const close = async (): Promise<void> => {
    decider.take(open);
    open = [];
    for (const file of Object.values(files)) await file.drain();
  };
  for await (const [kind, cluster = '', chosen, rule = '', score = '', ...cells] of csvRows(path, columns.length + 6)) {
    if (open[0] && open[0].cluster !== cluster) await close();
    const record = new KeptRecord(layout, cells);
    if (kind === 'merge') clustered.add(Number(record.n));
    open.push({ kind: kind === 'merge' ? 'merge' : 'review', cluster, isChosen: chosen === '1', rule, score, record });
  }
  await close();
}

type Updating = {
  readonly decider: Decider;
  /** Numbers of the records in clusters to be merged: what becomes of them is decided there. */
  readonly clustered: ReadonlySet<number>;
  readonly survivorUpdates: string;
  readonly files: DecisionFiles;
};

/** Writes updates.csv: survivors first, then the records in no cluster in the order of reading; returns its rows. */
async function writeUpdates(work: PlanWriting, updating: Updating): Promise<number> {
  const { layout, planDir, about } = work;
  const { decider, clustered, files } = updating;
  await files.updates.close();
  const changed = new Set([
    ...decider.written,
    ...about.read.fields.filter((one) => one.changed > 0).map((one) => layout.nameOf(one.field))
  ]);
  const kept = layout.hasIds ? decider.updateFields.flatMap((field, i) => (changed.has(field) ? [i + 1] : [])) : [];
  const own = layout.key === undefined ? 'row' : (layout.fields[layout.key] ?? '');
  const cut = (cells: readonly string[]): readonly string[] =>
    layout.hasIds ? [cells[0] ?? '', ...kept.map((i) => cells[i] ?? '')] : cells;
  const out = new LineFile(join(planDir, PLAN_FILES.updates));
  let rows = 0;
  const add = async (cells: readonly string[]): Promise<void> => {
    out.add(cells);
    rows += 1;
    await out.drain();
  };
  out.add(layout.hasIds ? cut([own, ...decider.updateFields]) : layout.fields);
  const columns = layout.hasIds ? decider.updateFields.length + 1 : layout.fields.length;
  if ((await stat(updating.survivorUpdates)).size > 0)
    for await (const cells of csvRows(updating.survivorUpdates, columns)) await add(cut(cells));
  for await (const record of keptRecords(work.standalone, layout)) {
    if (clustered.has(Number(record.n))) continue;
    const cells = decider.standaloneUpdate(record);
    if (!cells) continue;
    await add(cut(cells));
    await files.snapshot.drain();
  }
  await out.close();
  return rows;
}

const HASHED = ['clusters', 'review', 'updates', 'deletes', 'changes', 'snapshot', 'records'] as const;

async function planRecord(work: PlanWriting, decider: Decider, updates: number): Promise<PlanRecord> {
  const { definition, layout, planDir, about } = work;
  const hashes: Record<string, string> = {};
  for (const name of HASHED) hashes[PLAN_FILES[name]] = await sha256(join(planDir, PLAN_FILES[name]));
  const { stamp } = layout;
  const newest = stamp === undefined ? [] : await work.db.rows(`SELECT max(v${stamp}) FROM records`);
  return {
    version: 1,
    toolVersion: about.toolVersion,
    sobject: definition.sobject,
    of: layout.hasIds ? 'records' : 'rows',
    key: layout.key === undefined ? null : (layout.fields[layout.key] ?? null),
    org: about.org ?? null,
    snapshotAt: typeof newest[0]?.[0] === 'string' ? newest[0][0] : null,
    definition: definition.written,
    fields: [...layout.fields],
    counts: {
      read: about.read.read,
      rejected: about.read.rejected,
      ...decider.counts,
      updates,
      reparented: 0,
      oversized: about.oversized.length,
      chainsSplit: about.chainsSplit,
      reviewLeftOut: about.reviewLeftOut
    },
    standardized: about.read.fields.map(({ examples, ...rest }) => ({
      ...rest,
      examples: examples.map(([before, after]): [string, string] => [before, after])
    })),
    rules: about.rules.map((rule) => ({
      ...rule,
      keys: rule.keys.map((key) => ({ ...key, fields: [...key.fields], oversized: [...key.oversized] }))
    })),
    oversized: about.oversized,
    reparent: [],
    warnings: warnings(work),
    files: hashes
  };
}

function warnings({ layout, about }: PlanWriting): string[] {
  const found: string[] = [];
  if (layout.hasIds && layout.stamp === undefined)
    found.push('The records have no SystemModstamp, so apply compares the planned fields to tell which changed since.');
  for (const { rule, keys } of about.rules)
    for (const key of keys)
      if (key.oversizedBlocks > 0)
        found.push(
          `Rule ${rule}: ${key.oversizedBlocks} blocks of ${key.fields.join(' + ')} are too large to compare, the largest has ${key.oversized[0]?.records ?? 0} records with "${key.oversized[0]?.value ?? ''}".`
        );
  return found;
}
