import { join } from 'node:path';
import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { backupFields, backupPath } from '../apply/backup.js';
import { type CleanupRun } from '../apply/cleanupRun.js';
import { runStep, stepDir } from '../apply/step.js';
import { headerOf, tableRows, writeTable } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { type Applied, removedIds } from './applied.js';
import { type LeftAlone } from './leftAlone.js';
import { aliveOf, binned, undelete } from './undelete.js';

export const RECREATE_STEP = 'recreate';
const OLD_ID = 'bulkops__OldId';

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
  const notes = run.path('actions', 'undelete-refused.csv');
  if (!run.has('undeleted')) await bringBack(run, object, { removed, notes });
  const refused = new Set<string>();
  for await (const [id = '', reason = ''] of tableRows(notes, ['Id', 'reason'])) {
    refused.add(id);
    left.add(object.name, id, `could not be undeleted: ${reason}`);
  }
  const recreated = await recreate(run, applied, object, { removed, refused, left });
  const gone = run.state.started.get(RECREATE_STEP) ?? 0;
  return { undeleted: removed.size - gone - refused.size, recreated };
}

type Back = { readonly removed: ReadonlySet<string>; readonly notes: string };

async function bringBack(run: CleanupRun, object: ObjectDescribe, { removed, notes }: Back): Promise<void> {
  const refused = await undelete(run, object, removed);
  const kept = await binned(run, object, refused);
  const rows = [...refused].filter(([id]) => kept.has(id) || !object.createable);
  await writeTable(
    notes,
    ['Id', 'reason'],
    rows.map(([id, { code, message }]) => [id, `${code}: ${message}`])
  );
  await run.emit({ type: 'undeleted', records: removed.size - refused.size, gone: refused.size });
}

type Recreating = {
  readonly removed: ReadonlySet<string>;
  /** In the recycle bin still: making them anew would double them. */
  readonly refused: ReadonlySet<string>;
  readonly left: LeftAlone;
};

async function recreate(
  run: CleanupRun,
  applied: Applied,
  object: ObjectDescribe,
  { removed, refused, left }: Recreating
): Promise<Map<string, string>> {
  const file = run.path('actions', `${RECREATE_STEP}.csv`);
  let rows = 0;
  if (!run.state.started.has(RECREATE_STEP)) {
    const alive = await aliveOf(run, object, removed);
    const gone = new Set([...removed].filter((id) => !alive.has(id) && !refused.has(id)));
    rows = await writeRecreates(applied, object, { file, gone });
  }
  const skipColumns = [OLD_ID];
  await runStep(run, { name: RECREATE_STEP, operation: 'insert', sobject: object.name, file, rows, skipColumns });
  const recreated = new Map<string, string>();
  const result = (name: string): string => join(stepDir(run, RECREATE_STEP), name);
  for await (const [id = '', old = ''] of tableRows(result('success.csv'), ['sf__Id', OLD_ID]))
    recreated.set(id18(old), id18(id));
  for await (const [old = '', error = ''] of tableRows(result('failed.csv'), [OLD_ID, 'sf__Error']))
    left.add(object.name, old, `could not be made anew: ${error}`);
  for (const [old, id] of recreated) left.add(object.name, old, `was gone for good, and was made anew as ${id}`);
  return recreated;
}

type Writing = { readonly file: string; readonly gone: ReadonlySet<string> };

/** References to other records that are gone are left out here: those have no Ids yet (see `relink`). */
async function writeRecreates(applied: Applied, object: ObjectDescribe, { file, gone }: Writing): Promise<number> {
  if (gone.size === 0) return 0;
  const backedUp = new Set((await headerOf(backupPath(applied))).map((name) => name.toLowerCase()));
  const fields = backupFields(object).filter(({ name, createable }) => createable && backedUp.has(name.toLowerCase()));
  const names = fields.map(({ name }) => name);
  const isReference = names.map((name) => fieldNamed(object, name)?.type === 'reference');
  const rows = async function* (): AsyncGenerator<string[]> {
    for await (const [id = '', ...values] of tableRows(backupPath(applied), ['Id', ...names]))
      if (gone.has(id18(id)))
        yield [id18(id), ...values.map((value, i) => (isReference[i] === true && gone.has(id18(value)) ? '' : value))];
  };
  return writeTable(file, [OLD_ID, ...names], rows());
}
