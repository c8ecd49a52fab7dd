import { type CleanupRun } from '../apply/cleanupRun.js';
import { childBackupPath } from '../apply/backup.js';
import { writeMoves } from '../apply/children.js';
import { failedIds, runStep } from '../apply/step.js';
import { tableRows, writeTable } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { joinById } from '../joined.js';
import { type Applied } from './applied.js';
import { type LeftAlone } from './leftAlone.js';

/** A step that points children back. */
export const HOME_STEP = /^home-/;

const REPARENT_STEP = /^reparent-\d+-([^.]+)\.(.+)$/;

/**
 * Points children back at the records that they were taken from. One that refers to another record by now was moved by somebody, and stays.
 * @param recreated new Ids of parents that had to be made anew
 * @returns how many children came home
 */
export async function bringChildrenHome(
  run: CleanupRun,
  applied: Applied,
  recreated: ReadonlyMap<string, string>,
  left: LeftAlone
): Promise<number> {
  let moved = 0;
  // The last round first: its children had been elsewhere in the rounds before.
  const steps = [...applied.state.finished.keys()].filter((step) => REPARENT_STEP.test(step)).reverse();
  for (const step of steps) {
    const [, sobject = '', field = ''] = REPARENT_STEP.exec(step) ?? [];
    const name = `home-${step}`;
    const file = run.path('actions', `${name}.csv`);
    const notes = run.path('actions', `${name}-left.csv`);
    let rows = 0;
    if (!run.state.started.has(name))
      rows = await writeHomecomings(run, applied, { step, sobject, field, file, notes, recreated });
    await runStep(run, { name, operation: 'update', sobject, file, rows });
    for await (const [id = '', reason = ''] of tableRows(notes, ['Id', 'reason'])) left.add(sobject, id, reason);
    for (const [id, error] of await failedIds(run, name)) left.add(sobject, id, `could not be pointed back: ${error}`);
    moved += run.state.finished.get(name)?.succeeded ?? 0;
  }
  return moved;
}

type Homecoming = {
  readonly step: string;
  readonly sobject: string;
  readonly field: string;
  readonly file: string;
  readonly notes: string;
  readonly recreated: ReadonlyMap<string, string>;
};

async function writeHomecomings(run: CleanupRun, applied: Applied, asked: Homecoming): Promise<number> {
  const { step, sobject, field, file, notes, recreated } = asked;
  const failed = await failedIds(applied, step);
  const moves = { path: childBackupPath(applied, step), columns: ['Id', 'from', 'to'] };
  const ids = new Set<string>();
  for await (const [id = ''] of tableRows(moves.path, ['Id'])) if (!failed.has(id18(id))) ids.add(id18(id));
  const path = run.path('actions', 'children-now.csv');
  await run.world.read({ sobject, fields: ['Id', field], among: { field: 'Id', ids } }, path);
  const left: string[][] = [];
  const home = async function* (): AsyncGenerator<string[]> {
    const now = { path, columns: ['Id', field] };
    for await (const { id, left: move, right } of joinById(moves, now, run.path('actions', '.join'))) {
      if (!move || !ids.has(id)) continue;
      const [from = '', to = ''] = move;
      const own = recreated.get(from) ?? from;
      const parent = id18(right?.[0] ?? '');
      if (!right) left.push([id, 'is gone since']);
      else if (parent === (to === id ? '' : to)) yield [id, own];
      else if (parent !== own) left.push([id, `was given another ${field} since`]);
    }
  };
  const rows = await writeMoves(file, field, home());
  await writeTable(notes, ['Id', 'reason'], left);
  return rows;
}
