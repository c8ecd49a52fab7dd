import { join } from 'node:path';
import { type ObjectDescribe } from '../../schema/describe.js';
import { backupFields, backupPath } from '../apply/backup.js';
import { type CleanupRun } from '../apply/cleanupRun.js';
import { id18, runStep, stepDir } from '../apply/step.js';
import { tableRows, writeTable } from '../csvTable.js';
import { chunks } from '../org/orgReader.js';
import { type Applied, removedIds } from './applied.js';
import { type LeftAlone } from './leftAlone.js';

export const RECREATE_STEP = 'recreate';
const OLD_ID = 'bulkops__OldId';

/** The service's limit of an undelete call (BULK_API §6). */
const IDS_A_CALL = 200;

export type Revived = {
  readonly undeleted: number;
  /** New Ids of records that were gone for good and were made anew, by their old ones. */
  readonly recreated: ReadonlyMap<string, string>;
};

/** Brings the removed losers back: from the recycle bin, or where they are no more in it as new records of the same values. */
export async function revive(
  run: CleanupRun,
  applied: Applied,
  object: ObjectDescribe,
  left: LeftAlone
): Promise<Revived> {
  const removed = await removedIds(applied);
  if (!run.has('undeleted')) await undelete(run, object, removed);
  const file = run.path('actions', `${RECREATE_STEP}.csv`);
  let rows = 0;
  if (!run.state.started.has(RECREATE_STEP)) {
    const alive = await aliveOf(run, object, removed);
    rows = await writeRecreates(applied, object, { file, gone: new Set([...removed].filter((id) => !alive.has(id))) });
  }
  const skipColumns = [OLD_ID];
  await runStep(run, { name: RECREATE_STEP, operation: 'insert', sobject: object.name, file, rows, skipColumns });
  const recreated = new Map<string, string>();
  const success = join(stepDir(run, RECREATE_STEP), 'success.csv');
  for await (const [id = '', old = ''] of tableRows(success, ['sf__Id', OLD_ID])) recreated.set(id18(old), id18(id));
  for await (const [old = '', error = ''] of tableRows(join(stepDir(run, RECREATE_STEP), 'failed.csv'), [
    OLD_ID,
    'sf__Error'
  ]))
    left.add(object.name, old, `could not be made anew: ${error}`);
  for (const [old, id] of recreated) left.add(object.name, old, `was gone for good, and was made anew as ${id}`);
  const gone = run.state.started.get(RECREATE_STEP) ?? 0;
  return { undeleted: removed.size - gone, recreated };
}

/** Asks for each record that is not there; what can't be had back is made anew afterwards, so refusals need no word here. */
async function undelete(run: CleanupRun, object: ObjectDescribe, removed: ReadonlySet<string>): Promise<void> {
  const alive = await aliveOf(run, object, removed);
  const missing = [...removed].filter((id) => !alive.has(id));
  for (const ids of chunks(missing, IDS_A_CALL)) {
    run.checkInterrupt();
    await run.world.connection.soap.undelete(ids);
  }
  const now = await aliveOf(run, object, removed);
  await run.emit({ type: 'undeleted', records: now.size - alive.size, gone: removed.size - now.size });
}

async function aliveOf(run: CleanupRun, object: ObjectDescribe, ids: ReadonlySet<string>): Promise<Set<string>> {
  const path = run.path('actions', 'alive.csv');
  await run.world.read({ sobject: object.name, fields: ['Id'], among: { field: 'Id', ids } }, path);
  const alive = new Set<string>();
  for await (const [id = ''] of tableRows(path, ['Id'])) alive.add(id18(id));
  return alive;
}

async function writeRecreates(
  applied: Applied,
  object: ObjectDescribe,
  { file, gone }: { file: string; gone: ReadonlySet<string> }
): Promise<number> {
  if (gone.size === 0) return 0;
  const fields = backupFields(object).flatMap(({ name, createable }) => (createable ? [name] : []));
  const rows: string[][] = [];
  for await (const [id = '', ...values] of tableRows(backupPath(applied), ['Id', ...fields]))
    if (gone.has(id18(id))) rows.push([id18(id), ...values]);
  return writeTable(file, [OLD_ID, ...fields], rows);
}
