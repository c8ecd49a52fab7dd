import { readFile } from 'node:fs/promises';
import { type Connection } from '@salesforce/core';
import pLimit from 'p-limit';
import { writeDurably } from '../../run/durably.js';
import { describeObject, fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { isThere, tableRows, writeTable } from '../csvTable.js';
import { childBackupPath } from './backup.js';
import { type CleanupRun } from './cleanupRun.js';
import { failedIds, id18, runStep } from './step.js';
import { type PlannedCluster } from './takePlan.js';

/** Records of `sobject` that refer to a record of the cleaned object by `field`. */
export type ChildRelation = { readonly sobject: string; readonly field: string };

/** What goes with its record and can't be moved: history, sharing, feeds and their like. */
const COMPANIONS = /(?:History|Share|Feed|ChangeEvent|Tag|__hd)$/;
const DESCRIBES_AT_A_TIME = 5;

/** The relationships whose children can be pointed at another record. One API call for each child object. */
export async function childRelations(connection: Connection, object: ObjectDescribe): Promise<ChildRelation[]> {
  const names = [...new Set(object.childRelationships.map(({ childSObject }) => childSObject))];
  const limit = pLimit(DESCRIBES_AT_A_TIME);
  const described = await Promise.all(
    names
      .filter((name) => !COMPANIONS.test(name))
      // An object that can't be described can't be written either, so there is nothing to move.
      .map((name) => limit(() => describeObject(connection, name).catch(() => undefined)))
  );
  const children = new Map(described.flatMap((child) => (child ? [[child.name, child] as const] : [])));
  return object.childRelationships.flatMap(({ childSObject, field }): ChildRelation[] => {
    const child = children.get(childSObject);
    const isMovable = child?.queryable === true && child.updateable && fieldNamed(child, field)?.updateable === true;
    return isMovable ? [{ sobject: childSObject, field }] : [];
  });
}

/** A child and where it is to go. */
type Move = { readonly id: string; readonly field: string; readonly from: string; readonly to: string };

/** The children of all losers, by child object. */
export async function childrenOf(
  run: CleanupRun,
  relations: readonly ChildRelation[],
  clusters: readonly PlannedCluster[]
): Promise<Map<string, Move[]>> {
  const survivorOf = new Map(
    clusters.flatMap(({ survivor, losers }) => losers.map((loser) => [loser, survivor] as const))
  );
  const found = new Map<string, Move[]>();
  if (survivorOf.size === 0) return found;
  for (const { sobject, field } of relations) {
    const path = run.path('backup', '.children.csv');
    await run.world.read({ sobject, fields: ['Id', field], among: { field, ids: survivorOf.keys() } }, path);
    for await (const [id = '', parent = ''] of tableRows(path, ['Id', field])) {
      const from = id18(parent);
      const to = survivorOf.get(from);
      // A loser's own reference to another one goes with it.
      if (to === undefined || survivorOf.has(id18(id))) continue;
      const moves = found.get(sobject) ?? [];
      found.set(sobject, moves);
      moves.push({ id: id18(id), field, from, to });
    }
  }
  return found;
}

/** Losers that have children are looked for anew after each round, since others go on working; this often at most. */
const MOST_ROUNDS = 3;

export type Reparented = {
  /** Losers that keep a child: the org refused to move it. */
  readonly stuck: ReadonlyMap<string, string>;
  readonly moved: number;
};

/** Points the children of losers at the survivors, one step for each child object and round. */
export async function reparent(
  run: CleanupRun,
  relations: readonly ChildRelation[],
  clusters: readonly PlannedCluster[]
): Promise<Reparented> {
  const stuck = new Map<string, string>();
  let moved = 0;
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const open = clusters.filter(({ losers }) => !losers.some((loser) => stuck.has(loser)));
    const steps = await stepsOf(run, round, { relations, clusters: open });
    for (const step of steps) {
      await runStep(run, { ...step, operation: 'update', file: run.path('actions', `${step.name}.csv`) });
      const failed = await failedIds(run, step.name);
      for await (const [id = '', , from = ''] of tableRows(childBackupPath(run, step.name), ['Id', 'field', 'from']))
        if (failed.has(id)) stuck.set(from, `${step.sobject} ${id}: ${failed.get(id) ?? ''}`);
      moved += step.rows - failed.size;
    }
    if (steps.length === 0) break;
  }
  return { stuck, moved };
}

type ReparentStep = { readonly name: string; readonly sobject: string; readonly rows: number };

/** The steps of a round: fixed and on disk before the first one begins, so that a resume finds the same. */
async function stepsOf(
  run: CleanupRun,
  round: number,
  { relations, clusters }: { relations: readonly ChildRelation[]; clusters: readonly PlannedCluster[] }
): Promise<ReparentStep[]> {
  const listed = run.path('actions', `reparent-${round}.json`);
  if (await isThere(listed)) return JSON.parse(await readFile(listed, 'utf8')) as ReparentStep[];
  const children = await childrenOf(run, relations, clusters);
  const steps: ReparentStep[] = [];
  for (const [sobject, moves] of children) {
    const name = `reparent-${round}-${sobject}`;
    await writeTable(
      childBackupPath(run, name),
      ['Id', 'field', 'from', 'to'],
      moves.map(({ id, field, from, to }) => [id, field, from, to])
    );
    steps.push({ name, sobject, rows: await writeMoves(run.path('actions', `${name}.csv`), moves) });
  }
  await writeDurably(listed, JSON.stringify(steps));
  return steps;
}

/** One row for each child, though several of its fields may refer to losers. */
export async function writeMoves(path: string, moves: readonly Move[]): Promise<number> {
  const fields = [...new Set(moves.map(({ field }) => field))].sort();
  const rows = new Map<string, Map<string, string>>();
  for (const { id, field, to } of moves) {
    const row = rows.get(id) ?? new Map<string, string>();
    rows.set(id, row);
    // A survivor that refers to its own loser would refer to itself.
    row.set(field, to === id ? '#N/A' : to);
  }
  return writeTable(
    path,
    ['Id', ...fields],
    [...rows].map(([id, row]) => [id, ...fields.map((field) => row.get(field) ?? '')])
  );
}
