import { Messages } from '@salesforce/core';
import { rowError } from '../../bulk/rowError.js';
import { retryPauseMs } from '../../load/send/retry.js';
import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { tableRows } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { chunks } from '../org/orgReader.js';
import { type CleanupRun } from './cleanupRun.js';
import { type Skips } from './skips.js';
import { isSoapFault } from './soapFault.js';
import { soapResults, type SoapResults } from './soapResults.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** The service's limits: two losers a request, 200 requests a call (BULK_API §6). */
const LOSERS_A_REQUEST = 2;
const REQUESTS_A_CALL = 200;

/** Merges that met a locked record, and calls that nobody answered, are tried again so often. */
const MOST_RETRIES = 6;

type Request = { readonly survivor: string; readonly losers: readonly string[] };

/** Has the platform merge the losers of all open clusters into their survivors; returns how many it did. */
export async function mergeLosers(run: CleanupRun, skips: Skips, object: ObjectDescribe): Promise<number> {
  await settleDoubt(run, object);
  let open = requestsOf(run, skips);
  const refused = new Map<string, string>();
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const again: Request[] = [];
    for (const some of chunks(open, REQUESTS_A_CALL))
      for (const { request, code, message } of await mergeSome(run, some, object)) {
        for (const loser of request.losers) refused.set(loser, message);
        if (rowError(`${code}:${message}:--`).class === 'transient') again.push(request);
      }
    if (again.length === 0 || attempt > MOST_RETRIES) break;
    await run.world.clock.sleep(retryPauseMs(attempt, run.world.random), run.world.interrupt);
    open = again;
  }
  const merged = new Set(run.state.merged.flat());
  for (const [loser, message] of refused) if (!merged.has(loser)) skips.add(loser, `could not be merged: ${message}`);
  return merged.size;
}

function requestsOf(run: CleanupRun, skips: Skips): Request[] {
  const merged = new Set(run.state.merged.flat());
  return skips.open().flatMap(({ survivor, losers }) => {
    const left = losers.filter((id) => !merged.has(id));
    return [...chunks(left, LOSERS_A_REQUEST)].map((some) => ({ survivor, losers: some }));
  });
}

type Refused = { readonly request: Request; readonly code: string; readonly message: string };

/**
 * One call. An answer that doesn't come leaves in doubt what was done, so the org is asked; what it has not done counts as refused for now.
 * @throws SfError `MergeRefusedError` where the org refuses the call as a whole
 */
async function mergeSome(run: CleanupRun, requests: readonly Request[], object: ObjectDescribe): Promise<Refused[]> {
  run.checkInterrupt();
  const batch = run.state.events.filter(({ type }) => type === 'merging').length + 1;
  const losers = requests.flatMap((request) => request.losers);
  const survivors = requests.flatMap((request) => request.losers.map(() => request.survivor));
  await run.emit({ type: 'merging', batch, losers, survivors });
  let answers: SoapResults;
  try {
    answers = soapResults(await merge(run, object.name, requests));
  } catch (error) {
    if (isSoapFault(error))
      throw messages.createError('mergeRefused', [object.name, error.message], [run.record.runId], error);
    await run.world.clock.sleep(retryPauseMs(MOST_RETRIES, run.world.random), run.world.interrupt);
    await settleDoubt(run, object);
    const merged = new Set(run.state.merged.flat());
    const message = error instanceof Error ? error.message : String(error);
    return requests
      .filter((request) => request.losers.some((id) => !merged.has(id)))
      .map(({ survivor, losers: all }) => ({
        request: { survivor, losers: all.filter((id) => !merged.has(id)) },
        code: 'SERVER_UNAVAILABLE',
        message
      }));
  }
  const refused = requests.flatMap((request, i): Refused[] => {
    const answer = answers[i];
    if (answer?.success === true) return [];
    const [{ message, statusCode } = { message: 'no answer', statusCode: '' }] = answer?.errors ?? [];
    return [{ request, code: statusCode ?? '', message: message ?? statusCode ?? '' }];
  });
  const errors = refused.flatMap(({ request, code, message }) =>
    request.losers.map((loser) => ({ loser, code, message }))
  );
  const isRefused = new Set(errors.map(({ loser }) => loser));
  await run.emit({ type: 'merged', batch, merged: losers.filter((loser) => !isRefused.has(loser)), errors });
  return refused;
}

async function merge(run: CleanupRun, sobject: string, requests: readonly Request[]): Promise<unknown> {
  return run.world.connection.soap.merge(
    requests.map(({ survivor, losers }) => ({
      masterRecord: { type: sobject, Id: survivor },
      recordToMergeIds: [...losers]
    })) as never
  );
}

/** Calls that were asked for and whose answer is not known: the org says which of the losers are in their survivors by now. */
async function settleDoubt(run: CleanupRun, object: ObjectDescribe): Promise<void> {
  const fields = ['Id', 'IsDeleted', 'MasterRecordId'].filter((name) => fieldNamed(object, name));
  for (const [batch, { losers, survivors }] of run.state.doubtful) {
    const path = run.path('actions', 'doubtful.csv');
    const among = { field: 'Id', ids: new Set(losers) };
    await run.world.read({ sobject: object.name, fields, among, isAllRows: true }, path);
    const survivorOf = new Map(losers.map((id, i) => [id, survivors?.[i]]));
    const merged: string[] = [];
    for await (const [id = '', isDeleted = '', master = ''] of tableRows(path, ['Id', 'IsDeleted', 'MasterRecordId'])) {
      const survivor = survivorOf.get(id18(id));
      // One that somebody has deleted meanwhile has no master, and was not merged.
      const isInto = survivor === undefined || !fields.includes('MasterRecordId') || id18(master) === survivor;
      if (isDeleted === 'true' && isInto) merged.push(id18(id));
    }
    await run.emit({ type: 'merged', batch, merged, errors: [] });
  }
}
