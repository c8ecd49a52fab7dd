import { jobOrGone, type NewIngestJob } from '../../bulk/ingest.js';
import { type JobId, type JobInfo } from '../../bulk/job.js';
import { fileChunks } from '../../input/chunks.js';
import { type PartNumber } from '../../run/loadEvents.js';
import { type LoadAsked } from '../asked.js';
import { follow, jobStateEvent } from './follow.js';
import { readJobFates } from '../settle/jobResults.js';
import { type LoadRun, type LoadTools } from '../loadRun.js';
import { readKeyHashes } from '../parts/keyHashes.js';
import { looseMatchPlan, matchPlan, type Prepared } from '../prepare/prepared.js';
import { msPerRow } from './pace.js';
import { RowFates } from '../settle/rowFates.js';
import { complete, giveUp, send } from './send.js';
import { releasePart, removeFiled, settle, type Settled } from '../settle/settle.js';
import { howToResume } from '../state.js';

export type Carrying = {
  readonly run: LoadRun;
  readonly prepared: Prepared;
  readonly tools: LoadTools;
  /** Fires when the load is to stop: open jobs are aborted and still settled. */
  readonly stop: AbortSignal;
  /** One part is settled at a time: that bounds the memory. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
};

/** Brings a part into the org from wherever it stands: its job when the org has all of it, undefined when the org does not know the job any more. */
export async function submitPart(part: PartNumber, carrying: Carrying): Promise<JobId | undefined> {
  const { run, tools } = carrying;
  const sendTools = { ...tools, signal: tools.ending.signal, emit: run.emit };
  const state = run.part(part);
  switch (howToResume(state)) {
    case 'replace-job': {
      const acted = state.at === 'open' ? await jobThatActed(part, state.jobId, carrying) : undefined;
      if (acted) return acted;
      const reason = 'the load was interrupted before the upload was complete';
      await giveUp(part, state.at === 'open' ? state.jobId : undefined, reason, sendTools);
      return send(sendingOf(part, carrying), sendTools);
    }
    case 'send':
      return send(sendingOf(part, carrying), sendTools);
    case 'ask-the-org': {
      if (state.at !== 'completing' && state.at !== 'submitted') return undefined;
      if (state.at === 'submitted') return state.jobId;
      const job = await jobOrGone(tools.transport, state.jobId, sendTools);
      if (job?.state !== 'Open') return job?.id;
      return (await complete(part, state.jobId, sendTools, true)) === 'submitted' ? job.id : undefined;
    }
    case 'nothing':
      return undefined;
  }
}

/**
 * The id of a job that has gone on though the journal knows nothing of it: the disk has lost lines that it had said were safe, or the
 * run directory was put back to an earlier state. Its rows must not be sent a second time. Costs one API call for each part of a resume that was
 * broken off at its upload.
 */
async function jobThatActed(part: PartNumber, jobId: JobId, { run, tools }: Carrying): Promise<JobId | undefined> {
  const job = await jobOrGone(tools.transport, jobId, { clock: tools.clock, signal: tools.ending.signal });
  if (!job || job.state === 'Open' || (job.state === 'Aborted' && job.numberRecordsProcessed === 0)) return undefined;
  await run.emit(jobStateEvent(part, job), { durable: true });
  return jobId;
}

/** Waits for the end of a submitted part's job; undefined when the org does not know it any more. */
export async function followPart(
  part: PartNumber,
  jobId: JobId,
  { run, tools, stop }: Carrying
): Promise<JobInfo | undefined> {
  const { rows } = run.part(part);
  const rowMs = msPerRow(run.state);
  const expectedMs = rowMs === undefined ? undefined : rows * rowMs;
  return follow({ part, jobId, rows, expectedMs }, { ...tools, signal: tools.ending.signal, emit: run.emit, stop });
}

/** Gives every row of a part whose job has ended its one fate. */
export async function settlePart(part: PartNumber, job: JobInfo | undefined, carrying: Carrying): Promise<Settled> {
  const { run, prepared, tools } = carrying;
  const { rows, attempt } = run.part(part);
  const paths = run.paths(part);
  const heard = job ? await fatesOf(job, { part, rows }, carrying) : new RowFates(rows);
  await removeFiled(run.settledDir, part);
  const settled = await settle(
    {
      part,
      paths,
      fates: heard,
      job,
      delimiter: prepared.delimiter,
      attempt,
      maxAttempts: run.asked.retries,
      canResendUnknown: isHarmlessTwice(run.asked.operation, prepared) || run.asked.resendUnknown,
      writesSuccess: run.asked.results === 'all',
      mayHaveHappened: run.part(part).mayHaveHappened ?? false,
      isDelete: run.asked.operation === 'delete' || run.asked.operation === 'hardDelete'
    },
    run.settledDir
  ).finally(() => heard.close());
  tools.ending.signal.throwIfAborted();
  const { succeeded, failed, unaccounted, toRetry, created, errors } = settled;
  const fates = { succeeded, failed, unaccounted, toRetry, created, errors };
  await run.emit({ type: 'part-settled', part, jobId: job?.id, ...fates }, { durable: true });
  if (settled.toRetry === 0) await releasePart(part, paths, run.settledDir);
  return settled;
}

async function fatesOf(
  job: JobInfo,
  { part, rows }: { part: PartNumber; rows: number },
  carrying: Carrying
): Promise<RowFates> {
  const { run, prepared, tools } = carrying;
  const read = {
    jobId: job.id,
    processed: job.numberRecordsProcessed,
    rows,
    keys: () => readKeyHashes(run.paths(part).keys, rows),
    sent: () => fileChunks(run.paths(part).sent),
    columns: prepared.columns.map(({ name }) => name),
    delimiter: prepared.delimiter,
    plan: matchPlan(prepared),
    loosePlan: looseMatchPlan(prepared)
  };
  const { fates, strays } = await readJobFates(read, tools.transport, tools.clock, tools.ending.signal);
  if (strays > 0)
    await run.emit({
      type: 'warning',
      message: `Job ${job.id} returned ${strays} result rows that match no row sent to it.`
    });
  return fates;
}

function sendingOf(
  part: PartNumber,
  { run, prepared }: Carrying
): { part: PartNumber; path: string; bytes: number; job: NewIngestJob } {
  const { operation, sobject, assignmentRuleId } = run.asked;
  return {
    part,
    path: run.paths(part).sent,
    bytes: run.part(part).bytes,
    job: {
      object: sobject,
      operation,
      externalIdFieldName: prepared.externalId,
      columnDelimiter: prepared.delimiter,
      lineEnding: prepared.lineEnding,
      assignmentRuleId
    }
  };
}

/** An insert done twice makes two records; an upsert by Id inserts the rows that have none. */
function isHarmlessTwice(operation: LoadAsked['operation'], { externalId }: Prepared): boolean {
  return operation !== 'insert' && externalId?.toLowerCase() !== 'id';
}
