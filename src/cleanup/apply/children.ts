import { readFile } from 'node:fs/promises';
import { writeDurably } from '../../run/durably.js';
import { tableRows, writeTable } from '../csvTable.js';
import { isThere } from '../../run/isThere.js';
import { type ChildRelation } from '../org/childRelations.js';
import { childrenOf } from '../org/children.js';
import { childBackupPath } from './backup.js';
import { type CleanupRun } from './cleanupRun.js';
import { failedIds, runStep } from './step.js';
import { type PlannedCluster } from './takePlan.js';

/** A child, the loser that it belongs to, and the survivor that is to have it. */
export type Move = { readonly id: string; readonly from: string; readonly to: string };

/** Of every loser of the clusters, its survivor. */
export function survivorsOf(clusters: readonly PlannedCluster[]): Map<string, string> {
  return new Map(clusters.flatMap(({ survivor, losers }) => losers.map((loser) => [loser, survivor] as const)));
}

/** The children that losers have by a relationship, as the org has them now. One that is a loser itself is left out: it goes too. */
export async function* movesOf(
  run: CleanupRun,
  relation: ChildRelation,
  survivorOf: ReadonlyMap<string, string>
): AsyncGenerator<Move> {
  run.checkInterrupt();
  const reading = {
    read: run.world.read,
    path: run.path('actions', '.children.csv'),
    onRefused: async (message: string) => run.warn(message)
  };
  for await (const { id, parent } of childrenOf(relation, new Set(survivorOf.keys()), reading)) {
    const to = survivorOf.get(parent);
    if (to !== undefined && !survivorOf.has(id)) yield { id, from: parent, to };
  }
}

/** Losers that have children are looked for anew after each round, since others go on working; this often at most. */
const MOST_ROUNDS = 3;

export type Reparented = {
  /** Losers that keep a child: the org refused to move it, or more came than could be moved. */
  readonly stuck: ReadonlyMap<string, string>;
  readonly moved: number;
  readonly steps: readonly ReparentStep[];
};

/** Points the children of losers at the survivors, one step for each relationship and round. */
export async function reparent(
  run: CleanupRun,
  relations: readonly ChildRelation[],
  clusters: readonly PlannedCluster[]
): Promise<Reparented> {
  const stuck = new Map<string, string>();
  const all: ReparentStep[] = [];
  let moved = 0;
  for (let round = 1; ; round += 1) {
    const open = clusters.filter(({ losers }) => !losers.some((loser) => stuck.has(loser)));
    const steps = await stepsOf(run, round, { relations, survivorOf: survivorsOf(open) });
    if (steps.length === 0) return { stuck, moved, steps: all };
    for (const step of steps) {
      const failed = round > MOST_ROUNDS ? undefined : await carryOutStep(run, step);
      for await (const [id = '', from = ''] of tableRows(childBackupPath(run, step.name), ['Id', 'from'])) {
        const problem = failed ? failed.get(id) : 'records come faster than they can be moved';
        if (problem !== undefined) stuck.set(from, `${step.sobject} ${id}: ${problem}`);
      }
      if (failed) all.push(step);
      moved += failed ? step.rows - failed.size : 0;
    }
    if (round > MOST_ROUNDS) return { stuck, moved, steps: all };
  }
}

export type ReparentStep = {
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
    const rows = await writeTable(backup, CHILD_COLUMNS, rowsOf(field, movesOf(run, relation, survivorOf)));
    if (rows === 0) continue;
    await writeMoves(run.path('actions', `${name}.csv`), field, tableRows(backup, ['Id', 'to']));
    steps.push({ name, sobject, field, rows });
  }
  await writeDurably(listed, JSON.stringify(steps));
  return steps;
}

export const CHILD_COLUMNS = ['Id', 'field', 'from', 'to'] as const;

async function* rowsOf(field: string, moves: AsyncIterable<Move>): AsyncGenerator<string[]> {
  for await (const { id, from, to } of moves) yield [id, field, from, to];
}

/** @param moves Ids of children, each with the one it is to refer to; a record that would refer to itself refers to none */
export async function writeMoves(path: string, field: string, moves: AsyncIterable<string[]>): Promise<number> {
  const rows = async function* (): AsyncGenerator<string[]> {
    for await (const [id = '', to = ''] of moves) yield [id, to === id ? '#N/A' : to];
  };
  return writeTable(path, ['Id', field], rows());
}
