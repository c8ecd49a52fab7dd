import { z } from 'zod';
import { type ObjectDescribe } from '../../schema/describe.js';
import { tableRows } from '../csvTable.js';
import { chunks } from '../org/orgReader.js';
import { type CleanupRun } from './cleanupRun.js';
import { type Skips } from './skips.js';
import { id18 } from './step.js';

/** The service's limits: two losers a request, 200 requests a call (BULK_API §6). */
const LOSERS_A_REQUEST = 2;
const REQUESTS_A_CALL = 200;

type Request = { readonly survivor: string; readonly losers: readonly string[] };

const errorSchema = z.object({ message: z.string().nullish(), statusCode: z.string().nullish() });
const resultSchema = z.object({
  success: z.union([z.boolean(), z.string().transform((text) => text === 'true')]),
  // One element of XML is no list of one.
  errors: z
    .union([z.array(errorSchema), errorSchema.transform((one) => [one])])
    .nullish()
    .transform((errors) => errors ?? [])
});
const resultsSchema = z.union([z.array(resultSchema), resultSchema.transform((one) => [one])]);

/** Has the platform merge the losers of all open clusters into their survivors; returns how many it did. */
export async function mergeLosers(run: CleanupRun, skips: Skips, object: ObjectDescribe): Promise<number> {
  await settleDoubt(run, object);
  const requests: Request[] = [];
  for (const { survivor, losers } of skips.open()) {
    const left = losers.filter((id) => !run.state.merged.has(id));
    for (const some of chunks(left, LOSERS_A_REQUEST)) requests.push({ survivor, losers: some });
  }
  let batch = run.state.events.filter(({ type }) => type === 'merging').length;
  for (const some of chunks(requests, REQUESTS_A_CALL)) {
    run.checkInterrupt();
    batch += 1;
    await run.emit({ type: 'merging', batch, losers: some.flatMap(({ losers }) => losers) });
    const answers = resultsSchema.parse(await merge(run, object.name, some));
    const errors = some.flatMap(({ losers }, i) => {
      const answer = answers[i];
      if (answer?.success === true) return [];
      const message = answer?.errors.map((error) => error.message ?? error.statusCode ?? '').join('; ') ?? 'no answer';
      return losers.map((loser) => ({ loser, message }));
    });
    const refused = new Set(errors.map(({ loser }) => loser));
    const merged = some.flatMap(({ losers }) => losers).filter((loser) => !refused.has(loser));
    await run.emit({ type: 'merged', batch, merged, errors });
  }
  for (const event of run.state.events)
    if (event.type === 'merged')
      for (const { loser, message } of event.errors)
        if (!run.state.merged.has(loser)) skips.add(loser, `could not be merged: ${message}`);
  return run.state.merged.size;
}

async function merge(run: CleanupRun, sobject: string, requests: readonly Request[]): Promise<unknown> {
  return run.world.connection.soap.merge(
    requests.map(({ survivor, losers }) => ({
      masterRecord: { type: sobject, Id: survivor },
      recordToMergeIds: [...losers]
    })) as never
  );
}

/** Calls that were asked for before a crash and whose answer is not known: the org says which of the losers are gone. */
async function settleDoubt(run: CleanupRun, object: ObjectDescribe): Promise<void> {
  for (const [batch, losers] of run.state.doubtful) {
    const path = run.path('actions', 'doubtful.csv');
    await run.world.read({ sobject: object.name, fields: ['Id'], among: { field: 'Id', ids: losers } }, path);
    const alive = new Set<string>();
    for await (const [id = ''] of tableRows(path, ['Id'])) alive.add(id18(id));
    await run.emit({ type: 'merged', batch, merged: losers.filter((id) => !alive.has(id)), errors: [] });
  }
}
