import { canonicalForm } from '../../schema/canonical.js';
import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { headerOf, tableRows } from '../csvTable.js';
import { type CleanupRun } from './cleanupRun.js';
import { type Skips } from './skips.js';
import { id18 } from '../../bulk/recordId.js';
import { joinById } from '../joined.js';
import { succeededIds } from './step.js';
import { LATE_STEP, UPDATE_STEP } from './updates.js';

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
  await run.world.read({ sobject: object.name, fields: ['Id'], among: { field: 'Id', ids: new Set(losers) } }, path);
  for await (const [id = ''] of tableRows(path, ['Id'])) wrong.set(id18(id), 'is still there');
  let checked = losers.length;
  for (const step of [UPDATE_STEP, LATE_STEP]) checked += await checkUpdates(run, object, step, wrong);
  return { checked, wrong };
}

async function checkUpdates(
  run: CleanupRun,
  object: ObjectDescribe,
  step: string,
  wrong: Map<string, string>
): Promise<number> {
  const ids = await succeededIds(run, step);
  if (ids.size === 0) return 0;
  const planned = run.path('actions', `${step}.csv`);
  const fields = (await headerOf(planned)).slice(1);
  const forms = fields.map((name) => canonicalForm(fieldNamed(object, name)?.type ?? 'unknown'));
  const path = run.path('actions', 'verify.csv');
  await run.world.read({ sobject: object.name, fields: ['Id', ...fields], among: { field: 'Id', ids } }, path);
  const columns = ['Id', ...fields];
  const pairs = joinById({ path: planned, columns }, { path, columns }, run.path('actions', '.join'));
  for await (const { id, left: asked, right: now } of pairs) {
    if (!asked || !ids.has(id)) continue;
    const other = fields.filter(
      (_, i) => (asked[i] ?? '') !== '' && forms[i]?.(asked[i] ?? '') !== forms[i]?.(now?.[i] ?? '')
    );
    if (!now) wrong.set(id, 'is gone');
    else if (other.length > 0) wrong.set(id, `has another value in ${other.join(', ')}`);
  }
  return ids.size;
}
