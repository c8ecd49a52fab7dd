import pLimit from 'p-limit';
import { isBulkError } from '../../bulk/bulkError.js';
import { type PartNumber, type StopReason } from '../../run/loadEvents.js';
import { type Carrying, followPart, settlePart, submitPart } from './carryPart.js';
import { LimitReached } from '../limitReached.js';
import { type LoadRun, type LoadTools } from '../loadRun.js';
import { removeRetryRows } from '../parts/retryRows.js';
import { type Prepared, sentHeader } from '../prepare/prepared.js';
import { msPerRow } from './pace.js';
import { QuotaWatch } from './quota.js';
import { firstPauseMs, layRetryParts, retryPauseMs } from './retry.js';
import { releasePart } from '../settle/settle.js';
import { partsToRetry, unsettledParts } from '../state.js';
import { stopReason } from '../stopReason.js';

/**
 * Carries all parts into the org and settles them, then what is to go again, wave by wave, until nothing is left or the load is stopped.
 * Several jobs are under way at once, so that uploading, processing and settling overlap; from the second retry on there is one at a time.
 * @param isAsync sends every part and waits for none
 * @throws the reason of `tools.ending` once it is aborted: an interrupt, the end of `--wait`, or the first error of a part
 */
export async function sendParts(run: LoadRun, prepared: Prepared, tools: LoadTools, isAsync: boolean): Promise<void> {
  const sending = new Sending(run, prepared, tools);
  for (;;) {
    await sending.wave(unsettledParts(run.state), isAsync);
    if (isAsync || sending.isStopped) return;
    const from = partsToRetry(run.state);
    if (from.length === 0) return;
    await planRetry(from, sending.carrying, sending.endedAtMs);
  }
}

/** The sending of one process: what its waves share. */
class Sending {
  public readonly carrying: Carrying;
  /** When the last job was over: from then on locks of its rows have time to pass. */
  public endedAtMs: number;
  private readonly quota: QuotaWatch;
  /** Nothing more is sent; what is under way is settled. */
  private readonly stop = new AbortController();
  /** What is under way is aborted in the org, and settled. */
  private readonly abortJobs = new AbortController();

  public constructor(
    private readonly run: LoadRun,
    prepared: Prepared,
    private readonly tools: LoadTools
  ) {
    const oneAtATime = pLimit(1);
    this.carrying = { run, prepared, tools, stop: this.abortJobs.signal, inTurn: (work) => oneAtATime(work) };
    this.endedAtMs = tools.clock.now();
    this.quota = new QuotaWatch(run, tools.transport);
  }

  public get isStopped(): boolean {
    return this.stop.signal.aborted;
  }

  /** Carries the parts into the org and settles them, several at a time. */
  public async wave(parts: readonly PartNumber[], isAsync: boolean): Promise<void> {
    const { run, tools } = this;
    if (parts.length === 0) return;
    const isSerial = parts.some((part) => run.part(part).attempt > 1);
    const slots = pLimit(isSerial ? 1 : run.asked.concurrency);
    // The first error ends them all; each leaves its part where a resume takes it up.
    const orEnd = (work: Promise<void>): Promise<void> =>
      work.catch((error: unknown) => tools.ending.abort(asEnding(error)));
    await orEnd(this.quota.beforeWave().then((shortage) => this.stopForQuota(shortage)));
    if (!tools.ending.signal.aborted) await Promise.all(parts.map((part) => orEnd(this.carry(part, slots, isAsync))));
    tools.ending.signal.throwIfAborted();
  }

  private async carry(part: PartNumber, slots: ReturnType<typeof pLimit>, isAsync: boolean): Promise<void> {
    const { run, tools, carrying } = this;
    const followed = await slots(async () => {
      tools.ending.signal.throwIfAborted();
      const state = run.part(part);
      if (state.at === 'cut') {
        if (!this.isStopped) await this.stopForQuota(this.quota.beforeJob(state));
        if (this.isStopped) return undefined;
      }
      const jobId = await submitPart(part, carrying);
      if (isAsync) return undefined;
      const job = jobId && (await followPart(part, jobId, carrying));
      this.endedAtMs = tools.clock.now();
      return { job };
    });
    if (followed) await carrying.inTurn(() => this.settleAndJudge(part, followed.job));
  }

  private async settleAndJudge(part: PartNumber, job: Parameters<typeof settlePart>[1]): Promise<void> {
    const { run, carrying } = this;
    const { errors, unknown } = await settlePart(part, job, carrying);
    if (this.isStopped) return;
    const reason = stopReason({ state: run.state, asked: run.asked, job, errors });
    if (reason) await this.stopFor(reason);
    else if (unknown > 0 && job) await this.stopForQuota(await this.quota.whenRowsAreMissing());
  }

  private async stopForQuota(shortage: string | undefined): Promise<void> {
    if (shortage !== undefined && !this.isStopped) await this.stopFor({ reason: 'quota', message: shortage });
  }

  private async stopFor(why: { reason: StopReason; message: string }): Promise<void> {
    await this.run.emit({ type: 'load-stopping', ...why }, { durable: true });
    this.stop.abort();
    // Jobs that use an allowance have used it: what they still do costs nothing more.
    if (why.reason !== 'quota') this.abortJobs.abort();
  }
}

/** A call that the org refuses for the rest of the day ends the load as an interrupt does: nothing can be asked any more. */
function asEnding(error: unknown): unknown {
  return isBulkError(error) && error.kind === 'limit' ? new LimitReached(error.message) : error;
}

/** Rows of one wave; the rest goes in the next. They are sorted in memory. */
const MOST_ROWS_OF_A_WAVE = 100_000;

/** Lays the next wave, and waits until its rows have had their pause, of which reading the results and laying the wave are a part. */
async function planRetry(
  waiting: readonly PartNumber[],
  { run, prepared, tools }: Carrying,
  endedAtMs: number
): Promise<void> {
  const from = firstParts(waiting, run);
  const attempt = Math.max(...from.map((part) => run.part(part).attempt)) + 1;
  const firstNew = Math.max(...run.state.parts.keys()) + 1;
  const place = { partsDir: run.partsDir, settledDir: run.settledDir, sentHeader: sentHeader(prepared) };
  const parts = await layRetryParts(from, firstNew, attempt, place);
  const pauseMs = retryPauseMs(attempt, tools.random, firstPauseMs(msPerRow(run.state)));
  await run.emit({ type: 'retry-planned', attempt, from, parts, pauseMs }, { durable: true });
  for (const part of from) {
    await releasePart(part, run.paths(part), run.settledDir);
    await removeRetryRows(run.settledDir, part);
  }
  await tools.clock.sleep(Math.max(endedAtMs + pauseMs - tools.clock.now(), 0), tools.ending.signal);
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
