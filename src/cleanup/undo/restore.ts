import { canonicalForm } from '../../schema/canonical.js';
import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { backupPath } from '../apply/backup.js';
import { type CleanupRun } from '../apply/cleanupRun.js';
import { failedIds, id18, runStep, succeededIds } from '../apply/step.js';
import { UPDATE_STEP } from '../apply/verify.js';
import { headerOf, tableRows, writeTable } from '../csvTable.js';
import { NULL_MARK } from '../plan/decide.js';
import { type Applied } from './applied.js';
import { type LeftAlone } from './leftAlone.js';

export const RESTORE_STEP = 'restore';

/**
 * Puts the old values back into the fields that the apply wrote, record by record. One in which any of them is no more what the apply wrote has
 * been edited since, and is left alone.
 * @returns how many records were restored
 */
export async function restoreValues(
  run: CleanupRun,
  applied: Applied,
  object: ObjectDescribe,
  left: LeftAlone
): Promise<number> {
  const file = run.path('actions', `${RESTORE_STEP}.csv`);
  const edited = run.path('actions', 'edited.csv');
  let rows = 0;
  if (!run.state.started.has(RESTORE_STEP)) rows = await writeRestores(run, applied, { object, file, edited });
  await runStep(run, { name: RESTORE_STEP, operation: 'update', sobject: object.name, file, rows });
  for await (const [id = '', reason = ''] of tableRows(edited, ['Id', 'reason'])) left.add(object.name, id, reason);
  for (const [id, error] of await failedIds(run, RESTORE_STEP))
    left.add(object.name, id, `could not be restored: ${error}`);
  return run.state.finished.get(RESTORE_STEP)?.succeeded ?? 0;
}

type Writing = { readonly object: ObjectDescribe; readonly file: string; readonly edited: string };

async function writeRestores(run: CleanupRun, applied: Applied, { object, file, edited }: Writing): Promise<number> {
  const ids = await succeededIds(applied, UPDATE_STEP);
  if (ids.size === 0) return 0;
  const planned = applied.path('actions', `${UPDATE_STEP}.csv`);
  const fields = (await headerOf(planned)).slice(1);
  const forms = fields.map((name) => canonicalForm(fieldNamed(object, name)?.type ?? 'unknown'));
  const same = (i: number, one: string | undefined, other: string | undefined): boolean =>
    forms[i]?.(one ?? '') === forms[i]?.(other ?? '');
  const written = new Map<string, string[]>();
  for await (const [id = '', ...values] of tableRows(planned, ['Id', ...fields]))
    if (ids.has(id18(id))) written.set(id18(id), values);
  const now = await valuesNow(run, object, { fields, ids });
  const notes: string[][] = [];
  const rows: string[][] = [];
  for await (const [id = '', ...old] of tableRows(backupPath(applied), ['Id', ...fields])) {
    const asked = written.get(id18(id));
    if (!asked) continue;
    const current = now.get(id18(id));
    const touched = fields.flatMap((_, i) => ((asked[i] ?? '') === '' ? [] : [i]));
    const edits = touched.filter((i) => !same(i, current?.[i], asked[i]) && !same(i, current?.[i], old[i]));
    if (!current) notes.push([id, 'is gone since']);
    else if (edits.length > 0) notes.push([id, `was edited since in ${edits.map((i) => fields[i]).join(', ')}`]);
    else if (touched.some((i) => !same(i, current[i], old[i])))
      rows.push([id, ...fields.map((_, i) => (touched.includes(i) ? (old[i] ?? '') || NULL_MARK : ''))]);
  }
  await writeTable(edited, ['Id', 'reason'], notes);
  return writeTable(file, ['Id', ...fields], rows);
}

async function valuesNow(
  run: CleanupRun,
  object: ObjectDescribe,
  { fields, ids }: { fields: readonly string[]; ids: Iterable<string> }
): Promise<Map<string, string[]>> {
  const path = run.path('actions', 'now.csv');
  await run.world.read({ sobject: object.name, fields: ['Id', ...fields], among: { field: 'Id', ids } }, path);
  const now = new Map<string, string[]>();
  for await (const [id = '', ...values] of tableRows(path, ['Id', ...fields])) now.set(id18(id), values);
  return now;
}
