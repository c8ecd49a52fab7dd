import { Messages } from '@salesforce/core';
import pLimit from 'p-limit';
import { type PlannedRange, type RangeNumber } from '../../run/exportEvents.js';
import { type ExportRun, type ExportTools } from '../exportRun.js';
import { failureOf, followQuery, startQuery } from './followQuery.js';
import { fetchRange, type Seats } from './fetchRange.js';
import { halves } from '../query/split.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** Halvings of one export: two jobs and a query that took too long each. More of them help nothing, and the org runs 10,000 jobs a day. */
const MOST_HALVINGS = 500;

type Carrying = {
  readonly run: ExportRun;
  readonly tools: ExportTools;
  /** Queries that the org is asked to run at the same time. */
  readonly queries: Seats;
  /** Pages that are fetched at the same time, of whatever range. */
  readonly seats: Seats;
  readonly isAsync: boolean;
  /** The first of two numbers that no range has had. */
  readonly newRanges: () => RangeNumber;
};

/**
 * Brings every range into the run directory from wherever it stands: its query, its pages, the proof.
 * @param isAsync has the org run the queries and waits for none
 * @throws the reason of `tools.ending` once it is aborted: an interrupt, the end of `--wait`, or the first error of a range
 */
export async function fetchRanges(run: ExportRun, tools: ExportTools, isAsync = false): Promise<void> {
  const queries = pLimit(run.asked.concurrency);
  const seats = pLimit(run.asked.concurrency);
  const ranges = run.state.ranges ?? [];
  // Halves have higher numbers than their whole, so none that was used is above these.
  let last = Math.max(0, ...ranges.map(({ range }) => range));
  const newRanges = (): RangeNumber => (last += 2) - 1;
  const carrying: Carrying = {
    newRanges,
    run,
    tools,
    queries: (work) => queries(work),
    seats: (work) => seats(work),
    isAsync
  };
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
  if (end === 'timed-out') {
    const into = await halve(range, carrying);
    await Promise.all(into.map((half) => carry(half.range, carrying)));
    return;
  }
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

/**
 * Puts two halves in the place of a range, where it can be cut.
 * @throws SfError `QueryTimedOutError`, `RangeTimedOutError`
 */
async function halve(range: RangeNumber, { run, newRanges }: Carrying): Promise<readonly PlannedRange[]> {
  const { split, soql } = run.asked;
  if (!split) throw messages.createError('queryTimedOut', [reasonOf(range, run)]);
  const { halved } = run.state;
  if (halved >= MOST_HALVINGS) throw rangeTimedOut(range, run, messages.getMessage('halvedOften', [halved]));
  const into = halves(run.range(range), soql, split, newRanges());
  if (!into) throw rangeTimedOut(range, run, messages.getMessage('halvedEnough'));
  await run.emitDurably({ type: 'range-halved', range, into });
  return into;
}

function rangeTimedOut(range: RangeNumber, run: ExportRun, why: string): Error {
  const { label, soql } = run.range(range);
  return messages.createError('rangeTimedOut', [label ?? soql, why, reasonOf(range, run)]);
}

function reasonOf(range: RangeNumber, run: ExportRun): string {
  const state = run.range(range);
  return failureOf((state.at === 'querying' && state.job) || {});
}
