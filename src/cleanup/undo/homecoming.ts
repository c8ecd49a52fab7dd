import { type CleanupRun } from '../apply/cleanupRun.js';
import { childBackupPath } from '../apply/backup.js';
import { writeMoves } from '../apply/children.js';
import { failedIds, id18, runStep } from '../apply/step.js';
import { tableRows, writeTable } from '../csvTable.js';
import { type Applied } from './applied.js';
import { type LeftAlone } from './leftAlone.js';

const REPARENT_STEP = /^reparent-\d+-(.+)$/;

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
    const sobject = REPARENT_STEP.exec(step)?.[1] ?? '';
    const name = `home-${step}`;
    const file = run.path('actions', `${name}.csv`);
    const notes = run.path('actions', `${name}-left.csv`);
    let rows = 0;
    if (!run.state.started.has(name))
      rows = await writeHomecomings(run, applied, { step, sobject, file, notes, recreated });
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
  readonly file: string;
  readonly notes: string;
  readonly recreated: ReadonlyMap<string, string>;
};

async function writeHomecomings(run: CleanupRun, applied: Applied, asked: Homecoming): Promise<number> {
  const { step, sobject, file, notes, recreated } = asked;
  const failed = await failedIds(applied, step);
  const moves: Array<{ id: string; field: string; from: string; to: string }> = [];
  for await (const [id = '', field = '', from = '', to = ''] of tableRows(childBackupPath(applied, step), [
    'Id',
    'field',
    'from',
    'to'
  ]))
    if (!failed.has(id)) moves.push({ id, field, from, to });
  const fields = [...new Set(moves.map(({ field }) => field))];
  const path = run.path('actions', 'children-now.csv');
  const ids = new Set(moves.map(({ id }) => id));
  await run.world.read({ sobject, fields: ['Id', ...fields], among: { field: 'Id', ids } }, path);
  const now = new Map<string, string[]>();
  for await (const [id = '', ...parents] of tableRows(path, ['Id', ...fields])) now.set(id18(id), parents.map(id18));
  const left: string[][] = [];
  const home: typeof moves = [];
  for (const { id, field, from, to } of moves) {
    const parents = now.get(id);
    const parent = parents?.[fields.indexOf(field)];
    const own = recreated.get(from) ?? from;
    const given = to === id ? '' : to;
    if (!parents) left.push([id, 'is gone since']);
    else if (parent === given) home.push({ id, field, from: to, to: own });
    else if (parent !== own) left.push([id, `was given another ${field} since`]);
  }
  await writeTable(notes, ['Id', 'reason'], left);
  return writeMoves(file, home);
}
