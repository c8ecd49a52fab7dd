import { readFile } from 'node:fs/promises';
import { writeDurably } from '../../run/durably.js';
import { isThere, tableRows, writeTable } from '../csvTable.js';
import { id18 } from '../id18.js';
import { isRefusedQuery } from '../org/refusedQuery.js';
import { childBackupPath } from './backup.js';
import { type ChildRelation } from './childRelations.js';
import { type CleanupRun } from './cleanupRun.js';
import { failedIds, runStep } from './step.js';
import { type PlannedCluster } from './takePlan.js';

/** A child, the loser that it belongs to, and the survivor that is to have it. */
export type Child = { readonly id: string; readonly from: string; readonly to: string };

/** Of every loser of the clusters, its survivor. */
export function survivorsOf(clusters: readonly PlannedCluster[]): Map<string, string> {
  return new Map(clusters.flatMap(({ survivor, losers }) => losers.map((loser) => [loser, survivor] as const)));
}

/**
 * The children that losers have by a relationship, as the org has them now. One that is a loser itself is left out: it goes too. An object that
 * can't be queried so is warned of, and has none.
 */
export async function* childrenOf(
  run: CleanupRun,
  { sobject, field, where }: ChildRelation,
  survivorOf: ReadonlyMap<string, string>
): AsyncGenerator<Child> {
  if (survivorOf.size === 0) return;
  run.checkInterrupt();
  const path = run.path('actions', '.children.csv');
  const among = { field, ids: new Set(survivorOf.keys()) };
  try {
    await run.world.read({ sobject, fields: ['Id', field], where, among }, path);
  } catch (error) {
    if (!isRefusedQuery(error)) throw error;
    await run.warn(`${sobject} can't be asked for records of the duplicates by ${field}: ${error.message}`);
    return;
  }
  for await (const [id = '', parent = ''] of tableRows(path, ['Id', field])) {
    const from = id18(parent);
    const to = survivorOf.get(from);
    if (to !== undefined && !survivorOf.has(id18(id))) yield { id: id18(id), from, to };
  }
}

/** Losers that have children are looked for anew after each round, since others go on working; this often at most. */
const MOST_ROUNDS = 3;

export type Reparented = {
  /** Losers that keep a child: the org refused to move it, or more came than could be moved. */
  readonly stuck: ReadonlyMap<string, string>;
  readonly moved: number;
};

/** Points the children of losers at the survivors, one step for each relationship and round. */
export async function reparent(
  run: CleanupRun,
  relations: readonly ChildRelation[],
  clusters: readonly PlannedCluster[]
): Promise<Reparented> {
  const stuck = new Map<string, string>();
  let moved = 0;
  for (let round = 1; ; round += 1) {
    const open = clusters.filter(({ losers }) => !losers.some((loser) => stuck.has(loser)));
    const steps = await stepsOf(run, round, { relations, survivorOf: survivorsOf(open) });
    if (steps.length === 0) return { stuck, moved };
    for (const step of steps) {
      const failed = round > MOST_ROUNDS ? undefined : await carryOutStep(run, step);
      for await (const [id = '', from = ''] of tableRows(childBackupPath(run, step.name), ['Id', 'from'])) {
        const problem = failed ? failed.get(id) : 'records come faster than they can be moved';
        if (problem !== undefined) stuck.set(from, `${step.sobject} ${id}: ${problem}`);
      }
      moved += failed ? step.rows - failed.size : 0;
    }
    if (round > MOST_ROUNDS) return { stuck, moved };
  }
}

type ReparentStep = {
  readonly name: string;
  readonly sobject: string;
  readonly field: string;
  readonly rows: number;
};

async function carryOutStep(run: CleanupRun, { name, sobject, rows }: ReparentStep): Promise<Map<string, string>> {
  await runStep(run, { name, operation: 'update', sobject, rows, file: run.path('actions', `${name}.csv`) });
  return failedIds(run, name);
}

type Round = { readonly relations: readonly ChildRelation[]; readonly survivorOf: ReadonlyMap<string, string> };

/** The steps of a round: fixed and on disk before the first one begins, so that a resume finds the same. */
async function stepsOf(run: CleanupRun, round: number, { relations, survivorOf }: Round): Promise<ReparentStep[]> {
  const listed = run.path('actions', `reparent-${round}.json`);
  if (await isThere(listed)) return JSON.parse(await readFile(listed, 'utf8')) as ReparentStep[];
  const steps: ReparentStep[] = [];
  for (const relation of relations) {
    const { sobject, field } = relation;
    const name = `reparent-${round}-${sobject}.${field}`;
    const backup = childBackupPath(run, name);
    const rows = await writeTable(backup, CHILD_COLUMNS, rowsOf(field, childrenOf(run, relation, survivorOf)));
    if (rows === 0) continue;
    await writeMoves(run.path('actions', `${name}.csv`), field, tableRows(backup, ['Id', 'to']));
    steps.push({ name, sobject, field, rows });
  }
  await writeDurably(listed, JSON.stringify(steps));
  return steps;
}

export const CHILD_COLUMNS = ['Id', 'field', 'from', 'to'] as const;

async function* rowsOf(field: string, children: AsyncIterable<Child>): AsyncGenerator<string[]> {
  for await (const { id, from, to } of children) yield [id, field, from, to];
}

/** @param moves Ids of children, each with the one it is to refer to; a record that would refer to itself refers to none */
export async function writeMoves(path: string, field: string, moves: AsyncIterable<string[]>): Promise<number> {
  const rows = async function* (): AsyncGenerator<string[]> {
    for await (const [id = '', to = ''] of moves) yield [id, to === id ? '#N/A' : to];
  };
  return writeTable(path, ['Id', field], rows());
}
