import { Messages } from '@salesforce/core';
import { rowError } from '../../bulk/rowError.js';
import { retryPauseMs } from '../../load/send/retry.js';
import { type ObjectDescribe } from '../../schema/describe.js';
import { type CleanupRun } from '../apply/cleanupRun.js';
import { isSoapFault } from '../apply/soapFault.js';
import { soapResults } from '../apply/soapResults.js';
import { tableRows } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { chunks } from '../org/orgReader.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** The service's limit of an undelete call (BULK_API §6). */
const IDS_A_CALL = 200;

/** Records that are locked, and calls that nobody answered, are tried again so often. */
const MOST_RETRIES = 6;

export type Refusal = { readonly code: string; readonly message: string };

/**
 * Asks the recycle bin for each of the records that is not there. Doing it twice does no harm: what is there is not asked for.
 * @returns those that are still not there, and why
 * @throws SfError `UndeleteRefusedError` where the org refuses the call as a whole
 */
export async function undelete(
  run: CleanupRun,
  object: ObjectDescribe,
  removed: ReadonlySet<string>
): Promise<Map<string, Refusal>> {
  let refused = new Map<string, Refusal>();
  for (let attempt = 1; ; attempt += 1) {
    const alive = await aliveOf(run, object, removed);
    const missing = [...removed].filter((id) => !alive.has(id));
    const isWorthwhile = (id: string): boolean => attempt === 1 || isTransient(refused.get(id));
    const asked = missing.filter(isWorthwhile);
    if (asked.length === 0 || attempt > MOST_RETRIES)
      return new Map(missing.map((id) => [id, refused.get(id) ?? NO_ANSWER]));
    if (attempt > 1) await run.world.clock.sleep(retryPauseMs(attempt, run.world.random), run.world.interrupt);
    const before = refused;
    refused = new Map([...before].filter(([id]) => !asked.includes(id)));
    for (const ids of chunks(asked, IDS_A_CALL))
      for (const [id, refusal] of await undeleteSome(run, ids)) refused.set(id, refusal);
  }
}

const NO_ANSWER: Refusal = { code: 'SERVER_UNAVAILABLE', message: 'no answer' };

function isTransient(refusal: Refusal | undefined): boolean {
  return refusal !== undefined && rowError(`${refusal.code}:${refusal.message}:--`).class === 'transient';
}

async function undeleteSome(run: CleanupRun, ids: string[]): Promise<Map<string, Refusal>> {
  run.checkInterrupt();
  try {
    const answers = soapResults(await run.world.connection.soap.undelete(ids));
    return new Map(
      ids.flatMap((id, i) => {
        const answer = answers[i];
        if (answer?.success === true) return [];
        const [error] = answer?.errors ?? [];
        return [[id, { code: error?.statusCode ?? '', message: error?.message ?? NO_ANSWER.message }] as const];
      })
    );
  } catch (error) {
    if (isSoapFault(error)) throw messages.createError('undeleteRefused', [error.message], [run.record.runId], error);
    const message = error instanceof Error ? error.message : String(error);
    return new Map(ids.map((id) => [id, { ...NO_ANSWER, message }]));
  }
}

/** The records that are there. */
export async function aliveOf(run: CleanupRun, object: ObjectDescribe, ids: ReadonlySet<string>): Promise<Set<string>> {
  const path = run.path('actions', 'alive.csv');
  await run.world.read({ sobject: object.name, fields: ['Id'], among: { field: 'Id', ids } }, path);
  const alive = new Set<string>();
  for await (const [id = ''] of tableRows(path, ['Id'])) alive.add(id18(id));
  return alive;
}

/** Of records that could not be had back those that are in the bin all the same: they are not gone for good, and must not be made anew. */
export async function binned(
  run: CleanupRun,
  object: ObjectDescribe,
  refused: ReadonlyMap<string, Refusal>
): Promise<Set<string>> {
  const ids = new Set([...refused].flatMap(([id, { message }]) => (/recycle bin/i.test(message) ? [] : [id])));
  if (ids.size === 0) return ids;
  const path = run.path('actions', 'binned.csv');
  await run.world.read({ sobject: object.name, fields: ['Id'], among: { field: 'Id', ids }, isAllRows: true }, path);
  const found = new Set<string>();
  for await (const [id = ''] of tableRows(path, ['Id'])) found.add(id18(id));
  return found;
}
