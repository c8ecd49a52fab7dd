import { canonicalForm } from '../../schema/canonical.js';
import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { backupPath } from '../apply/backup.js';
import { type CleanupRun } from '../apply/cleanupRun.js';
import { failedIds, runStep, succeededIds } from '../apply/step.js';
import { LATE_STEP, UPDATE_STEP } from '../apply/updates.js';
import { headerOf, tableRows, writeTable } from '../csvTable.js';
import { joinById } from '../joined.js';
import { NULL_MARK } from '../plan/planFiles.js';
import { type Applied } from './applied.js';
import { type LeftAlone } from './leftAlone.js';

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
  // What only one record may have comes first: the losers want it back.
  for (const step of RESTORED_STEPS) {
    const name = restoreStep(step);
    const file = run.path('actions', `${name}.csv`);
    const edited = run.path('actions', `${name}-edited.csv`);
    let rows = 0;
    if (!run.state.started.has(name)) rows = await writeRestores(run, applied, { step, object, file, edited });
    await runStep(run, { name, operation: 'update', sobject: object.name, file, rows });
    for await (const [id = '', reason = ''] of tableRows(edited, ['Id', 'reason'])) left.add(object.name, id, reason);
    for (const [id, error] of await failedIds(run, name)) left.add(object.name, id, `could not be restored: ${error}`);
  }
  return countRestored(run);
}

const RESTORED_STEPS = [LATE_STEP, UPDATE_STEP] as const;

function restoreStep(step: (typeof RESTORED_STEPS)[number]): string {
  return `restore-${step}`;
}

/** How many records have got at least one old value. */
export async function countRestored(run: Pick<CleanupRun, 'path'>): Promise<number> {
  const restored = new Set<string>();
  for (const step of RESTORED_STEPS) for (const id of await succeededIds(run, restoreStep(step))) restored.add(id);
  return restored.size;
}

type Writing = {
  readonly step: string;
  readonly object: ObjectDescribe;
  readonly file: string;
  readonly edited: string;
};

async function writeRestores(run: CleanupRun, applied: Applied, asked: Writing): Promise<number> {
  const { step, object, file, edited } = asked;
  const ids = await succeededIds(applied, step);
  if (ids.size === 0) return 0;
  const planned = applied.path('actions', `${step}.csv`);
  const fields = (await headerOf(planned)).slice(1);
  const notes: string[][] = [];
  const both = run.path('actions', 'written-and-old.csv');
  await writeTable(both, ['Id', ...fields, ...fields.map(old)], writtenAndOld(run, applied, { planned, fields, ids }));
  const now = run.path('actions', 'now.csv');
  await run.world.read({ sobject: object.name, fields: ['Id', ...fields], among: { field: 'Id', ids } }, now);
  const forms = fields.map((name) => canonicalForm(fieldNamed(object, name)?.type ?? 'unknown'));
  const rows = async function* (): AsyncGenerator<string[]> {
    const known = { path: both, columns: ['Id', ...fields, ...fields.map(old)] };
    const current = { path: now, columns: ['Id', ...fields] };
    for await (const { id, left, right } of joinById(known, current, run.path('actions', '.join'))) {
      if (!left) continue;
      const found = restoreOf(left, right, { fields, forms });
      if (typeof found === 'string') notes.push([id, found]);
      else if (found) yield [id, ...found];
    }
  };
  const count = await writeTable(file, ['Id', ...fields], rows());
  await writeTable(edited, ['Id', 'reason'], notes);
  return count;
}

function old(field: string): string {
  return `${field} before`;
}

type Written = { readonly planned: string; readonly fields: readonly string[]; readonly ids: ReadonlySet<string> };

async function* writtenAndOld(
  run: CleanupRun,
  applied: Applied,
  { planned, fields, ids }: Written
): AsyncGenerator<string[]> {
  const columns = ['Id', ...fields];
  const pairs = joinById(
    { path: planned, columns },
    { path: backupPath(applied), columns },
    run.path('actions', '.join')
  );
  for await (const { id, left, right } of pairs) if (left && right && ids.has(id)) yield [id, ...left, ...right];
}

type Fields = { readonly fields: readonly string[]; readonly forms: ReadonlyArray<(value: string) => string> };

/** The row that restores a record; a text that says why it is left alone; undefined where it is as it was. */
function restoreOf(
  known: readonly string[],
  current: readonly string[] | undefined,
  { fields, forms }: Fields
): string[] | string | undefined {
  if (!current) return 'is gone since';
  const written = known.slice(0, fields.length);
  const before = known.slice(fields.length);
  const isSame = (i: number, one: string | undefined): boolean =>
    forms[i]?.(one ?? '') === forms[i]?.(current[i] ?? '');
  const touched = fields.flatMap((_, i) => ((written[i] ?? '') === '' ? [] : [i]));
  const edits = touched.filter((i) => !isSame(i, written[i]) && !isSame(i, before[i]));
  if (edits.length > 0) return `was edited since in ${edits.map((i) => fields[i]).join(', ')}`;
  if (touched.every((i) => isSame(i, before[i]))) return undefined;
  return fields.map((_, i) => (touched.includes(i) ? (before[i] ?? '') || NULL_MARK : ''));
}
