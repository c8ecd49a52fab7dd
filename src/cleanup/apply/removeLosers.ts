import { canonicalForm } from '../../schema/canonical.js';
import { type ObjectDescribe } from '../../schema/describe.js';
import { tableRows, writeTable } from '../csvTable.js';
import { backupPath } from './backup.js';
import { type CleanupRun } from './cleanupRun.js';
import { mergeLosers } from './mergeLosers.js';
import { type Skips } from './skips.js';
import { failedIds, id18, runStep } from './step.js';
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
  const hasBegun = run.state.started.has(DELETE_STEP) || run.has('merging');
  const path = run.path('actions', `${DELETE_STEP}.csv`);
  const edited = run.path('actions', 'edited-losers.csv');
  if (!hasBegun)
    await writeTable(
      edited,
      ['Id'],
      (await editedLosers(run, object, skips)).map((id) => [id])
    );
  for await (const [id = ''] of tableRows(edited, ['Id'])) skips.add(id, 'was edited during the run');
  const losers = skips.open().flatMap((cluster) => cluster.losers.map((id) => [id]));
  const rows = hasBegun ? 0 : await writeTable(path, ['Id'], losers);
  if (kind === 'merge') return mergeLosers(run, skips, object);
  await runStep(run, { name: DELETE_STEP, operation: 'delete', sobject: object.name, file: path, rows });
  for (const [id, error] of await failedIds(run, DELETE_STEP)) skips.add(id, `could not be deleted: ${error}`);
  return run.state.finished.get(DELETE_STEP)?.succeeded ?? 0;
}

/** Losers whose values, as far as people can edit them, are no more those of the backup. */
async function editedLosers(run: CleanupRun, object: ObjectDescribe, skips: Skips): Promise<string[]> {
  const losers = new Set(skips.open().flatMap((cluster) => cluster.losers));
  if (losers.size === 0) return [];
  const fields = object.fields.filter(
    ({ updateable, type }) => updateable && type !== 'address' && type !== 'location'
  );
  const names = fields.map(({ name }) => name);
  const forms = fields.map(({ type }) => canonicalForm(type));
  const before = new Map<string, string>();
  const print = (values: readonly string[]): string => values.map((value, i) => forms[i]?.(value) ?? '').join('\u0000');
  for await (const [id = '', ...values] of tableRows(backupPath(run), ['Id', ...names]))
    if (losers.has(id18(id))) before.set(id18(id), print(values));
  const path = run.path('actions', 'losers-now.csv');
  await run.world.read({ sobject: object.name, fields: ['Id', ...names], among: { field: 'Id', ids: losers } }, path);
  const same = new Set<string>();
  for await (const [id = '', ...values] of tableRows(path, ['Id', ...names]))
    if (before.get(id18(id)) === print(values)) same.add(id18(id));
  return [...losers].filter((id) => !same.has(id));
}
