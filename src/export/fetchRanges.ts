import { Messages } from '@salesforce/core';
import pLimit from 'p-limit';
import { type RangeNumber } from '../run/exportEvents.js';
import { type ExportRun, type ExportTools } from './exportRun.js';
import { failureOf, followQuery, startQuery } from './followQuery.js';
import { fetchRange, type Seats } from './fetchRange.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

type Carrying = {
  readonly run: ExportRun;
  readonly tools: ExportTools;
  /** Queries that the org is asked to run at the same time. */
  readonly queries: Seats;
  /** Pages that are fetched at the same time, of whatever range. */
  readonly seats: Seats;
  readonly isAsync: boolean;
};

/**
 * Brings every range into the run directory from wherever it stands: its query, its pages, the proof.
 * @param isAsync has the org run the queries and waits for none
 * @throws the reason of `tools.ending` once it is aborted: an interrupt, the end of `--wait`, or the first error of a range
 */
export async function fetchRanges(run: ExportRun, tools: ExportTools, isAsync = false): Promise<void> {
  const queries = pLimit(run.asked.concurrency);
  const seats = pLimit(run.asked.concurrency);
  const carrying: Carrying = {
    run,
    tools,
    queries: (work) => queries(work),
    seats: (work) => seats(work),
    isAsync
  };
  const ranges = run.state.ranges ?? [];
  await Promise.all(
    ranges.map(({ range }) =>
      carry(range, carrying).catch((error: unknown) => {
        tools.ending.abort(error);
      })
    )
  );
  tools.ending.signal.throwIfAborted();
}

async function carry(range: RangeNumber, carrying: Carrying): Promise<void> {
  const { run, tools, queries, seats, isAsync } = carrying;
  const end = await queries(async () => {
    tools.ending.signal.throwIfAborted();
    return queried(range, run, tools, isAsync);
  });
  if (end === 'timed-out') throw timedOut(range, run);
  if (end === 'complete' && run.range(range).at !== 'complete') await fetchRange(range, run, tools, seats);
}

async function queried(
  range: RangeNumber,
  run: ExportRun,
  tools: ExportTools,
  isAsync: boolean
): Promise<'complete' | 'timed-out' | 'under-way'> {
  const { at } = run.range(range);
  if (at === 'fetching' || at === 'complete') return 'complete';
  if (at === 'creating')
    await run.emitDurably({ type: 'query-replaced', range, reason: messages.getMessage('jobInDoubt') });
  if (at !== 'querying') await startQuery(range, run, tools);
  return isAsync ? 'under-way' : followQuery(range, run, tools);
}

function timedOut(range: RangeNumber, run: ExportRun): Error {
  const state = run.range(range);
  const job = state.at === 'querying' ? state.job : undefined;
  return messages.createError('queryTimedOut', [failureOf(job ?? {})]);
}
