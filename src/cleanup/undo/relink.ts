import { type ObjectDescribe } from '../../schema/describe.js';
import { backupPath } from '../apply/backup.js';
import { type CleanupRun } from '../apply/cleanupRun.js';
import { failedIds, runStep } from '../apply/step.js';
import { headerOf, tableRows, writeTable } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { joinById } from '../joined.js';
import { type Applied, removedIds } from './applied.js';
import { type LeftAlone } from './leftAlone.js';

export const RELINK_STEP = 'relink';

/**
 * Losers that referred to other losers (one reported to the other) do so again: deleting the other one has emptied the field, or it has a new Id.
 * @param recreated new Ids of records that had to be made anew
 */
export async function relink(
  run: CleanupRun,
  applied: Applied,
  { object, recreated, left }: { object: ObjectDescribe; recreated: ReadonlyMap<string, string>; left: LeftAlone }
): Promise<void> {
  const backedUp = new Set((await headerOf(backupPath(applied))).map((name) => name.toLowerCase()));
  const fields = object.fields
    .filter(
      ({ referenceTo, updateable, name }) =>
        updateable && referenceTo.includes(object.name) && backedUp.has(name.toLowerCase())
    )
    .map(({ name }) => name);
  const file = run.path('actions', `${RELINK_STEP}.csv`);
  let rows = 0;
  if (!run.state.started.has(RELINK_STEP) && fields.length > 0)
    rows = await writeTable(file, ['Id', ...fields], linksOf(run, applied, { object, recreated, fields }));
  await runStep(run, { name: RELINK_STEP, operation: 'update', sobject: object.name, file, rows });
  for (const [id, error] of await failedIds(run, RELINK_STEP))
    left.add(object.name, id, `could not be pointed back: ${error}`);
}

type Linking = {
  readonly object: ObjectDescribe;
  readonly recreated: ReadonlyMap<string, string>;
  readonly fields: readonly string[];
};

async function* linksOf(
  run: CleanupRun,
  applied: Applied,
  { object, recreated, fields }: Linking
): AsyncGenerator<string[]> {
  const removed = await removedIds(applied);
  const idNow = (id: string): string => recreated.get(id) ?? id;
  const wanted = run.path('actions', 'links.csv');
  const columns = ['Id', ...fields];
  const owners = new Set<string>();
  const asked = async function* (): AsyncGenerator<string[]> {
    for await (const [id = '', ...parents] of tableRows(backupPath(applied), columns)) {
      const others = parents.map(id18).map((parent) => (removed.has(parent) ? idNow(parent) : ''));
      if (!removed.has(id18(id)) || others.every((parent) => parent === '')) continue;
      owners.add(idNow(id18(id)));
      yield [idNow(id18(id)), ...others];
    }
  };
  await writeTable(wanted, columns, asked());
  if (owners.size === 0) return;
  const path = run.path('actions', 'links-now.csv');
  await run.world.read({ sobject: object.name, fields: columns, among: { field: 'Id', ids: owners } }, path);
  const pairs = joinById({ path: wanted, columns }, { path, columns }, run.path('actions', '.join'));
  for await (const { id, left, right } of pairs) {
    if (!left || !right) continue;
    // A reference that somebody has set meanwhile stays.
    const row = left.map((parent, i) => (right[i] === '' ? parent : ''));
    if (row.some((parent) => parent !== '')) yield [id, ...row];
  }
}
