import { canonicalForm } from '../../schema/canonical.js';
import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { headerOf, tableRows } from '../csvTable.js';
import { type CleanupRun } from './cleanupRun.js';
import { type Skips } from './skips.js';
import { id18, succeededIds } from './step.js';

export const UPDATE_STEP = 'update';

/** What the org shows at the end, held against what the plan said. */
export type Verified = { readonly checked: number; readonly wrong: ReadonlyMap<string, string> };

/** Reads everything that was changed again: losers must be gone, and updated fields have their new values. */
export async function verify(
  run: CleanupRun,
  object: ObjectDescribe,
  skips: Skips,
  removes: boolean
): Promise<Verified> {
  run.checkInterrupt();
  const wrong = new Map<string, string>();
  const losers = removes ? skips.open().flatMap((cluster) => cluster.losers) : [];
  const path = run.path('actions', 'verify.csv');
  await run.world.read({ sobject: object.name, fields: ['Id'], among: { field: 'Id', ids: losers } }, path);
  for await (const [id = ''] of tableRows(path, ['Id'])) wrong.set(id18(id), 'is still there');
  const updated = await checkUpdates(run, object, wrong);
  return { checked: losers.length + updated, wrong };
}

async function checkUpdates(run: CleanupRun, object: ObjectDescribe, wrong: Map<string, string>): Promise<number> {
  const ids = await succeededIds(run, UPDATE_STEP);
  const planned = run.path('actions', `${UPDATE_STEP}.csv`);
  if (ids.size === 0) return 0;
  const fields = (await headerOf(planned)).slice(1);
  const forms = fields.map((name) => canonicalForm(fieldNamed(object, name)?.type ?? 'unknown'));
  const wanted = new Map<string, string[]>();
  for await (const [id = '', ...values] of tableRows(planned, ['Id', ...fields]))
    if (ids.has(id18(id))) wanted.set(id18(id), values);
  const path = run.path('actions', 'verify.csv');
  await run.world.read({ sobject: object.name, fields: ['Id', ...fields], among: { field: 'Id', ids } }, path);
  for await (const [id = '', ...values] of tableRows(path, ['Id', ...fields])) {
    const asked = wanted.get(id18(id)) ?? [];
    wanted.delete(id18(id));
    const other = fields.filter(
      (_, i) => (asked[i] ?? '') !== '' && forms[i]?.(asked[i] ?? '') !== forms[i]?.(values[i] ?? '')
    );
    if (other.length > 0) wrong.set(id18(id), `has another value in ${other.join(', ')}`);
  }
  for (const id of wanted.keys()) wrong.set(id, 'is gone');
  return ids.size;
}
