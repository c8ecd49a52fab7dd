import { canonicalForm } from '../../schema/canonical.js';
import { type ObjectDescribe } from '../../schema/describe.js';
import { tableRows, writeTable } from '../csvTable.js';
import { joinById } from '../joined.js';
import { backupFields, backupPath } from './backup.js';
import { type CleanupRun } from './cleanupRun.js';
import { mergeLosers } from './mergeLosers.js';
import { type Skips } from './skips.js';
import { failedIds, runStep } from './step.js';
import { type TakenPlan } from './takePlan.js';

export const DELETE_STEP = 'delete';

/**
 * Deletes the losers of the clusters that are open, or has the platform merge them. A loser that somebody has edited since the backup is kept,
 * and so is its cluster.
 * @returns how many are gone
 */
export async function removeLosers(
  run: CleanupRun,
  taken: TakenPlan,
  object: ObjectDescribe,
  skips: Skips
): Promise<number> {
  const { kind } = taken.definition.onLoser;
  if (kind === 'flag') return 0;
  await keepEdited(run, object, skips);
  if (kind === 'merge') return mergeLosers(run, skips, object);
  const path = run.path('actions', `${DELETE_STEP}.csv`);
  const losers = skips.open().flatMap((cluster) => cluster.losers.map((id) => [id]));
  const rows = run.state.started.has(DELETE_STEP) ? 0 : await writeTable(path, ['Id'], losers);
  await runStep(run, { name: DELETE_STEP, operation: 'delete', sobject: object.name, file: path, rows });
  for (const [id, error] of await failedIds(run, DELETE_STEP)) skips.add(id, `could not be deleted: ${error}`);
  return run.state.finished.get(DELETE_STEP)?.succeeded ?? 0;
}

/** Leaves clusters alone in which somebody has edited a loser. Merges that a resume goes on with are looked at anew: hours may have passed. */
async function keepEdited(run: CleanupRun, object: ObjectDescribe, skips: Skips): Promise<void> {
  const path = run.path('actions', 'edited-losers.csv');
  const merged = run.state.merged.flat();
  const noted: string[] = [];
  if (run.state.started.has(DELETE_STEP) || merged.length > 0)
    for await (const [id = ''] of tableRows(path, ['Id'])) noted.push(id);
  for (const id of noted) skips.add(id, EDITED);
  if (run.state.started.has(DELETE_STEP)) return;
  const isMerged = new Set([...merged, ...[...run.state.doubtful.values()].flatMap(({ losers }) => losers)]);
  const losers = skips.open().flatMap((cluster) => cluster.losers.filter((id) => !isMerged.has(id)));
  for await (const id of editedOf(run, object, new Set(losers))) noted.push(id);
  for (const id of noted) skips.add(id, EDITED);
  await writeTable(
    path,
    ['Id'],
    noted.map((id) => [id])
  );
}

const EDITED = 'was edited during the run';

/** Losers whose values, as far as people can edit them, are no more those of the backup. */
async function* editedOf(run: CleanupRun, object: ObjectDescribe, losers: ReadonlySet<string>): AsyncGenerator<string> {
  if (losers.size === 0) return;
  const fields = backupFields(object).filter(({ updateable }) => updateable);
  const names = fields.map(({ name }) => name);
  const forms = fields.map(({ type }) => canonicalForm(type));
  const path = run.path('actions', 'losers-now.csv');
  await run.world.read({ sobject: object.name, fields: ['Id', ...names], among: { field: 'Id', ids: losers } }, path);
  const columns = ['Id', ...names];
  const now = joinById({ path: backupPath(run), columns }, { path, columns }, run.path('actions', '.join'));
  for await (const { id, left, right } of now) {
    const isSame = left !== undefined && right?.every((value, i) => forms[i]?.(value) === forms[i]?.(left[i] ?? ''));
    if (losers.has(id) && isSame !== true) yield id;
  }
}
