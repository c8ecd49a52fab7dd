import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE_DIRECTORY } from '../../run/durably.js';
import { canonicalForm } from '../../schema/canonical.js';
import { type FieldDescribe, fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { tableRows } from '../csvTable.js';
import { type CleanupRun } from './cleanupRun.js';
import { id18 } from './step.js';
import { type TakenPlan } from './takePlan.js';

/** Values that a query can't give as text, or gives in parts that are fields themselves. */
const NOT_READ: ReadonlySet<string> = new Set(['address', 'location', 'base64', 'complexvalue']);

export function backupFields(object: ObjectDescribe): FieldDescribe[] {
  return object.fields.filter(({ type }) => !NOT_READ.has(type));
}

export const BACKUP = { directory: 'backup', records: 'records.csv' } as const;

export function backupPath(run: Pick<CleanupRun, 'path'>): string {
  return run.path(BACKUP.directory, BACKUP.records);
}

/** Lays down every record that the plan touches as it is now, with all its readable fields, once. Nothing is changed before. */
export async function backUp(run: CleanupRun, taken: TakenPlan, object: ObjectDescribe): Promise<void> {
  if (run.has('backed-up')) return;
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
 * The records that are not as the plan saw them: their SystemModstamp is another, or they are gone. Where the plan has no stamps the values of
 * the clustered records are compared.
 */
export async function driftOf(run: CleanupRun, taken: TakenPlan, object: ObjectDescribe): Promise<Drift> {
  const now = new Map<string, number>();
  for await (const [id = '', stamp = ''] of tableRows(backupPath(run), ['Id', 'SystemModstamp']))
    now.set(id18(id), Date.parse(stamp));
  const drift = new Map<string, 'changed' | 'gone'>();
  for await (const [id = '', stamp = ''] of tableRows(taken.path('snapshot'), ['Id', 'SystemModstamp'])) {
    const own = id18(id);
    const found = now.get(own);
    if (found === undefined) drift.set(own, 'gone');
    // The org keeps time to the second (BULK_API §3), whatever a file's notation makes of it.
    else if (stamp !== '' && Math.floor(found / 1000) !== Math.floor(Date.parse(stamp) / 1000))
      drift.set(own, 'changed');
  }
  if (taken.plan.snapshotAt === null) await compareValues(run, { taken, object, drift });
  return onlyTouched(drift, now, taken);
}

type Comparing = {
  readonly taken: TakenPlan;
  readonly object: ObjectDescribe;
  readonly drift: Map<string, 'changed' | 'gone'>;
};

async function compareValues(run: CleanupRun, { taken, object, drift }: Comparing): Promise<void> {
  const fields = taken.plan.fields.filter((name) => fieldNamed(object, name));
  const forms = fields.map((name) => canonicalForm(fieldNamed(object, name)?.type ?? 'unknown'));
  const standardized = new Set(Object.keys(taken.plan.definition.standardize).map((name) => name.toLowerCase()));
  const before = fields.map((name) => (standardized.has(name.toLowerCase()) ? `${name} before` : name));
  const current = new Map<string, string[]>();
  for await (const [id = '', ...values] of tableRows(backupPath(run), ['Id', ...fields])) current.set(id18(id), values);
  for await (const [id = '', ...values] of tableRows(taken.path('records'), ['Id', ...fields, ...before])) {
    const own = current.get(id18(id));
    if (!own) continue;
    const isOther = fields.some((_, i) => {
      const raw = values[fields.length + i] ?? '';
      const seen = raw === '' ? (values[i] ?? '') : raw;
      return forms[i]?.(seen) !== forms[i]?.(own[i] ?? '');
    });
    if (isOther) drift.set(id18(id), 'changed');
  }
}

/** Records that only a group for review holds are nothing to this run; one that the plan touches and the org has not is gone. */
async function onlyTouched(drift: Drift, now: ReadonlyMap<string, number>, taken: TakenPlan): Promise<Drift> {
  const found = new Map<string, 'changed' | 'gone'>();
  for (const id of await touchedIds(taken)) {
    const reason = now.has(id) ? drift.get(id) : 'gone';
    if (reason !== undefined) found.set(id, reason);
  }
  return found;
}

/** Where the backup of children lies: each with the loser it belonged to and the survivor it was given to. */
export function childBackupPath(run: Pick<CleanupRun, 'path'>, step: string): string {
  return join(run.path(BACKUP.directory), `${step}.csv`);
}
