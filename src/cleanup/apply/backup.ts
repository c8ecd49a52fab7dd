import { mkdir } from 'node:fs/promises';
import { PRIVATE_DIRECTORY } from '../../run/durably.js';
import { canonicalForm } from '../../schema/canonical.js';
import { type FieldDescribe, fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { tableRows } from '../csvTable.js';
import { joinById } from '../joined.js';
import { type CleanupRun } from './cleanupRun.js';
import { id18 } from '../../bulk/recordId.js';
import { type TakenPlan } from './takePlan.js';

/** Values that a query can't give as text, or gives in parts that are fields themselves. */
const NOT_READ: ReadonlySet<string> = new Set(['address', 'location', 'base64', 'complexvalue']);

export function backupFields(object: ObjectDescribe): FieldDescribe[] {
  return object.fields.filter(({ type }) => !NOT_READ.has(type));
}

export const BACKUP = { directory: 'backup', records: 'records.csv', bound: 'bound-children.csv' } as const;

export function backupPath(run: Pick<CleanupRun, 'path'>): string {
  return run.path(BACKUP.directory, BACKUP.records);
}

/**
 * Lays down every record that the plan touches as it is now, with all its readable fields. Nothing is changed before; a run that was broken off
 * before its first change does it again, since others have gone on working.
 */
export async function backUp(run: CleanupRun, taken: TakenPlan, object: ObjectDescribe): Promise<void> {
  if (run.has('backed-up') && run.state.started.size > 0) return;
  run.checkInterrupt();
  await mkdir(run.path(BACKUP.directory), { recursive: true, mode: PRIVATE_DIRECTORY });
  const records = await run.world.read(
    {
      sobject: object.name,
      fields: backupFields(object).map(({ name }) => name),
      among: { field: 'Id', ids: await touchedIds(taken) }
    },
    backupPath(run)
  );
  await run.emit({ type: 'backed-up', records });
}

async function touchedIds({ clusters, path }: TakenPlan): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const { survivor, losers } of clusters) for (const id of [survivor, ...losers]) ids.add(id);
  for await (const [id = ''] of tableRows(path('updates'), ['Id'])) ids.add(id18(id));
  return ids;
}

/** What the plan's records are skipped for, by Id. */
export type Drift = ReadonlyMap<string, 'changed' | 'gone'>;

/**
 * The records that the plan touches and that are not as it saw them: gone, with another SystemModstamp, or with other values where it keeps them.
 * The org keeps time to the second, so that a stamp alone would miss an edit within the second of the plan's reading (BULK_API §3).
 */
export async function driftOf(run: CleanupRun, taken: TakenPlan, object: ObjectDescribe): Promise<Drift> {
  const gone = await touchedIds(taken);
  for await (const [id = ''] of tableRows(backupPath(run), ['Id'])) gone.delete(id18(id));
  const drift = new Map<string, 'changed' | 'gone'>([...gone].map((id) => [id, 'gone']));
  const seen = { path: taken.path('snapshot'), columns: ['Id', 'SystemModstamp'] };
  const now = { path: backupPath(run), columns: ['Id', 'SystemModstamp'] };
  for await (const { id, left, right } of joinById(seen, now, run.path('actions', '.join'))) {
    const [before = ''] = left ?? [];
    if (right && before !== '' && second(before) !== second(right[0] ?? '')) drift.set(id, 'changed');
  }
  for await (const id of otherValues(run, taken, object)) drift.set(id, 'changed');
  return drift;
}

function second(stamp: string): number {
  return Math.floor(Date.parse(stamp) / 1000);
}

async function* otherValues(run: CleanupRun, taken: TakenPlan, object: ObjectDescribe): AsyncGenerator<string> {
  const fields = taken.plan.fields.filter(
    (name) => fieldNamed(object, name) && !MOVES_BY_ITSELF.has(name.toLowerCase())
  );
  const forms = fields.map((name) => canonicalForm(fieldNamed(object, name)?.type ?? 'unknown'));
  const standardized = new Set(Object.keys(taken.plan.definition.standardize).map((name) => name.toLowerCase()));
  const before = fields.map((name) => (standardized.has(name.toLowerCase()) ? `${name} before` : name));
  const seen = { path: taken.path('records'), columns: ['Id', ...fields, ...before] };
  const now = { path: backupPath(run), columns: ['Id', ...fields] };
  for await (const { id, left, right } of joinById(seen, now, run.path('actions', '.join'))) {
    if (!left || !right) continue;
    const isOther = fields.some((_, i) => {
      const raw = left[fields.length + i] ?? '';
      const value = raw === '' ? (left[i] ?? '') : raw;
      return forms[i]?.(value) !== forms[i]?.(right[i] ?? '');
    });
    if (isOther) yield id;
  }
}

/** Times of changes are compared as such, to the second. */
const MOVES_BY_ITSELF: ReadonlySet<string> = new Set([
  'systemmodstamp',
  'lastmodifieddate',
  'lastvieweddate',
  'lastreferenceddate'
]);

/** Where the backup of children lies: each with the loser it belonged to and the survivor it was given to. */
export function childBackupPath(run: Pick<CleanupRun, 'path'>, step: string): string {
  return run.path(BACKUP.directory, `${step}.csv`);
}
