import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../../run/isThere.js';
import { type Database } from '../database.js';
import { type Definition } from '../definition/definition.js';
import { id18 } from '../../bulk/recordId.js';
import { type Layout } from '../layout.js';
import { LineFile } from '../lineFile.js';
import { Decider, type DecisionCounts, type DecisionFiles, shownFields } from './decide.js';
import { type ClusterKind, csvRows, KeptRecord, type MemberRow } from './memberRow.js';
import { type ChildCounts } from './plannedChildren.js';
import { PLAN_FILES, type PlanRecord, ROW_COLUMN, sha256 } from './planFiles.js';
import { reparentedRows, reparentFiles, type Reparenting, writeReparentFiles } from './reparentFiles.js';

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
  /** Where the plan's files go. */
  readonly outDir: string;
  /** Where children.csv lies, and the files made of it go. */
  readonly planDir: string;
  readonly scratch: string;
  /** The rows of updates.csv for records in no cluster, with all of `Decider.updateFields`. */
  readonly standalone: (decider: Decider, clustered: ReadonlySet<number>) => AsyncIterable<readonly string[]>;
  /** Fields that some of those rows write. */
  readonly standaloneFields: readonly string[];
  readonly childCounts: ChildCounts;
};

export type PlanWritten = {
  readonly counts: DecisionCounts & { readonly updates: number; readonly reparented: number };
  readonly reparent: Reparenting;
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

/** Chooses in each cluster and writes the CSV files of a plan. */
export async function writeDecisions(work: PlanWriting): Promise<PlanWritten> {
  const { definition, layout, scratch } = work;
  const survivorUpdates = join(scratch, 'survivor-updates.csv');
  const files = openFiles(work, survivorUpdates);
  const decider = new Decider(definition, layout, files);
  const clustered = new Set<number>();
  try {
    await decideAll(work, decider, { files, clustered });
    const updates = await writeUpdates(work, { decider, clustered, survivorUpdates, files });
    const reparent = await writeReparentFiles(work.planDir, definition, decider.survivorOf);
    return { counts: { ...decider.counts, updates, reparented: reparentedRows(reparent) }, reparent };
  } finally {
    for (const file of Object.values(files)) await file.close();
  }
}

function openFiles({ definition, layout, outDir }: PlanWriting, survivorUpdates: string): DecisionFiles {
  const named = (name: keyof typeof PLAN_FILES): LineFile => new LineFile(join(outDir, PLAN_FILES[name]));
  const key = keyColumn(layout);
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
  const last = layout.hasIds || layout.key === undefined ? [] : [ROW_COLUMN];
  files.clusters.add([...columns, ...shown, ...last]);
  files.review.add([...columns, 'merge', ...shown, ...last]);
  files.deletes.add([key]);
  files.changes.add(['cluster', key, 'field', 'before', 'after', 'reason', 'from']);
  files.snapshot.add([key, 'SystemModstamp']);
  files.records.add(recordColumns(layout));
  return files;
}

/** The column that names a record in the plan's files. */
export function keyColumn(layout: Layout): string {
  return layout.key === undefined ? ROW_COLUMN : (layout.fields[layout.key] ?? '');
}

/**
 * The header of records.csv: the row's number, the fields, of those that were standardised what stood there before, and the cluster that the
 * record was planned to be merged in.
 */
export function recordColumns(layout: Layout): string[] {
  return ['row', ...layout.fields, ...layout.standardized.map((index) => `${layout.fields[index]} before`), 'cluster'];
}

type Deciding = { readonly files: DecisionFiles; readonly clustered: Set<number> };

async function decideAll(work: PlanWriting, decider: Decider, { files, clustered }: Deciding): Promise<void> {
  const { db, layout, scratch, childCounts } = work;
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
    const own = layout.key === undefined ? '' : (cells[layout.key + 1] ?? '');
    const record = new KeptRecord(layout, cells, childCounts.get(id18(own)));
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

/** Writes updates.csv, survivors first; returns its rows. */
async function writeUpdates(work: PlanWriting, updating: Updating): Promise<number> {
  const { layout, outDir } = work;
  const { decider, clustered, files } = updating;
  await files.updates.close();
  const changed = new Set([...decider.written, ...work.standaloneFields.map((field) => layout.nameOf(field))]);
  const isKept = (field: string): boolean => !layout.hasIds || changed.has(field);
  const kept = decider.updateFields.flatMap((field, i) => (isKept(field) ? [i + 1] : []));
  const out = new LineFile(join(outDir, PLAN_FILES.updates));
  const add = (cells: readonly string[]): void => out.add([cells[0] ?? '', ...kept.map((i) => cells[i] ?? '')]);
  add([layout.hasIds ? 'Id' : ROW_COLUMN, ...decider.updateFields]);
  let rows = 0;
  try {
    for await (const cells of survivorRows(updating)) {
      add(cells);
      rows += 1;
      await out.drain();
    }
    for await (const cells of work.standalone(decider, clustered)) {
      add(cells);
      rows += 1;
      await out.drain();
      await files.snapshot.drain();
    }
  } finally {
    await out.close();
  }
  return rows;
}

async function* survivorRows({ decider, survivorUpdates }: Updating): AsyncGenerator<readonly string[]> {
  if ((await stat(survivorUpdates)).size > 0) yield* csvRows(survivorUpdates, decider.updateFields.length + 1);
}

const HASHED = ['clusters', 'review', 'updates', 'deletes', 'changes', 'snapshot', 'records'] as const;

/** SHA-256 of the files by which a plan is known to be as it was written. */
export async function fileHashes(directory: string): Promise<PlanRecord['files']> {
  const hashes: Record<string, string> = {};
  const hasChildren = await isThere(join(directory, PLAN_FILES.children));
  const names = [
    ...HASHED.map((name) => PLAN_FILES[name]),
    ...(hasChildren ? [PLAN_FILES.children] : []),
    ...(await reparentFiles(directory))
  ];
  for (const name of names) hashes[name] = await sha256(join(directory, name));
  return hashes;
}
