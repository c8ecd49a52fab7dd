import pLimit from 'p-limit';
import { type PartNumber } from '../run/loadEvents.js';
import { type Carrying, followPart, settlePart, submitPart } from './carryPart.js';
import { type LoadRun, type LoadTools } from './loadRun.js';
import { removePart } from './partFile.js';
import { type Prepared, sentHeader } from './prepared.js';
import { layRetryParts, removeRetryRows, retryPauseMs } from './retry.js';
import { partsToRetry, unsettledParts } from './state.js';
import { stopReason } from './stopReason.js';

/**
 * Carries all parts into the org and settles them, then what is to go again, wave by wave, until nothing is left or the load is stopped.
 * Several jobs are under way at once, so that uploading, processing and settling overlap; from the second retry on there is one at a time.
 * @param isAsync sends every part and waits for none
 * @throws the reason of `tools.ending` once it is aborted: an interrupt, the end of `--wait`, or the first error of a part
 */
export async function sendParts(run: LoadRun, prepared: Prepared, tools: LoadTools, isAsync: boolean): Promise<void> {
  const stop = new AbortController();
  const oneAtATime = pLimit(1);
  const carrying: Carrying = { run, prepared, tools, stop: stop.signal, inTurn: (work) => oneAtATime(work) };
  for (;;) {
    await sendWave(unsettledParts(run.state), carrying, { stop, isAsync });
    if (isAsync || stop.signal.aborted) return;
    const from = partsToRetry(run.state);
    if (from.length === 0) return;
    await planRetry(from, carrying);
  }
}

async function sendWave(
  parts: readonly PartNumber[],
  carrying: Carrying,
  how: { stop: AbortController; isAsync: boolean }
): Promise<void> {
  const { run, tools } = carrying;
  const { signal } = tools.ending;
  const isSerial = parts.some((part) => run.part(part).attempt > 1);
  const slots = pLimit(isSerial ? 1 : run.asked.concurrency);
  const carry = async (part: PartNumber): Promise<void> => {
    const followed = await slots(async () => {
      signal.throwIfAborted();
      if (how.stop.signal.aborted && run.part(part).at === 'cut') return undefined;
      const jobId = await submitPart(part, carrying);
      return how.isAsync ? undefined : { job: jobId && (await followPart(part, jobId, carrying)) };
    });
    if (followed) await carrying.inTurn(() => settleAndJudge(part, followed.job, carrying, how.stop));
  };
  // The first error ends them all; each leaves its part where a resume takes it up.
  await Promise.all(parts.map((part) => carry(part).catch((error: unknown) => tools.ending.abort(error))));
  signal.throwIfAborted();
}

async function settleAndJudge(
  part: PartNumber,
  job: Parameters<typeof settlePart>[1],
  carrying: Carrying,
  stop: AbortController
): Promise<void> {
  const { run } = carrying;
  const { errors } = await settlePart(part, job, carrying);
  const reason = stop.signal.aborted ? undefined : stopReason({ state: run.state, asked: run.asked, job, errors });
  if (!reason) return;
  await run.emit({ type: 'load-stopping', ...reason }, { durable: true });
  stop.abort();
}

/** Rows of one wave; the rest goes in the next. They are sorted in memory. */
const MOST_ROWS_OF_A_WAVE = 100_000;

async function planRetry(waiting: readonly PartNumber[], { run, prepared, tools }: Carrying): Promise<void> {
  const from = firstParts(waiting, run);
  const attempt = Math.max(...from.map((part) => run.part(part).attempt)) + 1;
  const firstNew = Math.max(...run.state.parts.keys()) + 1;
  const place = { partsDir: run.partsDir, settledDir: run.settledDir, sentHeader: sentHeader(prepared) };
  const parts = await layRetryParts(from, firstNew, attempt, place);
  const pauseMs = retryPauseMs(attempt, tools.random);
  await run.emit({ type: 'retry-planned', attempt, from, parts, pauseMs }, { durable: true });
  for (const part of from) {
    await removePart(run.paths(part));
    await removeRetryRows(run.settledDir, part);
  }
  await tools.clock.sleep(pauseMs, tools.ending.signal);
}

/** Parts of one attempt whose rows to retry fit into one wave; at least one. */
function firstParts(waiting: readonly PartNumber[], run: LoadRun): PartNumber[] {
  const lowest = Math.min(...waiting.map((part) => run.part(part).attempt));
  const taken: PartNumber[] = [];
  let rows = 0;
  for (const number of waiting) {
    const part = run.part(number);
    if (part.at !== 'settled' || part.attempt !== lowest) continue;
    rows += part.fates.toRetry;
    if (taken.length > 0 && rows > MOST_ROWS_OF_A_WAVE) break;
    taken.push(number);
  }
  return taken;
}
