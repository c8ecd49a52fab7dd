import { type Clock } from '../../bulk/clock.js';
import { abortJob, completeUpload, createJob, jobOrGone, type NewIngestJob, uploadPart } from '../../bulk/ingest.js';
import { type JobId } from '../../bulk/job.js';
import { type BulkError, isBulkError } from '../../bulk/bulkError.js';
import { type Transport } from '../../bulk/transport.js';
import { UploadBody } from '../parts/uploadBody.js';
import { type LoadEvent, type PartNumber } from '../../run/loadEvents.js';

/** Emits an event; `durable` ones are on disk when the promise is fulfilled. */
export type Emit = (event: LoadEvent, how?: { readonly durable: boolean }) => Promise<void>;

export type Sending = {
  readonly part: PartNumber;
  readonly path: string;
  readonly bytes: number;
  readonly job: NewIngestJob;
};

export type SendTools = {
  readonly transport: Transport;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
};

const DURABLE = { durable: true };
/** A new job for one that the org refuses or has taken away, at most this often for a part: each costs a whole upload. */
const MOST_JOBS = 4;
/** For one that is in doubt, as often as the transport makes other calls again. */
const MOST_JOBS_IN_DOUBT = 8;
/** Asking for UploadComplete again costs two calls: an org that is away for some minutes is waited for. */
const MOST_ASKS = 8;
/** Doubled before each further try: what broke the one before is given time to pass. */
const FIRST_PAUSE_MS = 500;
/** Also for a Retry-After: who asks for more is tried again sooner. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Creates a job, uploads the part and asks for UploadComplete; the job's id once the org has it all, undefined when the job is gone and may
 * have acted.
 *
 * Until UploadComplete a job changes nothing, so whatever is in doubt before it is settled by giving the job up and making another;
 * whatever is in doubt at it, by asking for the job's state (DESIGN: ambiguity). 3 API calls when nothing goes wrong.
 * @throws the transport's errors when the org refuses, or when none of four jobs got so far, of eight where an answer is missing
 */
export async function send(sending: Sending, tools: SendTools): Promise<JobId | undefined> {
  const { part } = sending;
  const { transport, emit } = tools;
  for (let tries = 1; ; tries += 1) {
    let jobId: JobId | undefined;
    try {
      await emit({ type: 'job-creating', part }, DURABLE);
      jobId = (await createJob(transport, sending.job)).id;
      await emit({ type: 'job-created', part, jobId }, DURABLE);
      await upload(sending, jobId, tools);
    } catch (error) {
      if (!(jobId ? isReplaceable(error) : isDoubtful(error)) || tries >= mostJobs(error)) throw error;
      await giveUp(part, jobId, error, tools);
      await pauseAfter(error, tries, tools);
      continue;
    }
    const outcome = await complete(part, jobId, tools);
    if (outcome !== 'unchanged') return outcome === 'submitted' ? jobId : undefined;
    if (tries >= MOST_JOBS) throw new Error(`job ${jobId} was taken away before its upload was complete`);
    await giveUp(part, jobId, 'the job was taken away before its upload was complete', tools);
  }
}

/** Gives up a job that changed nothing yet, so that the part can have another. */
export async function giveUp(
  part: PartNumber,
  jobId: JobId | undefined,
  reason: unknown,
  tools: SendTools
): Promise<void> {
  if (jobId) await abortQuietly(tools.transport, jobId);
  const text = reason instanceof Error ? reason.message : String(reason);
  await tools.emit({ type: 'job-replaced', part, jobId, reason: text }, DURABLE);
}

/** `unchanged`: the job was taken away before anybody can have heard of UploadComplete; `gone`: after that, so nothing is known. */
export type Completion = 'submitted' | 'unchanged' | 'gone';

/**
 * Asks for UploadComplete until the job's state says that it was heard. The data is known to be in the org.
 * @param wasAsked by an earlier process, whose answer is not known
 */
export async function complete(
  part: PartNumber,
  jobId: JobId,
  tools: SendTools,
  wasAsked = false
): Promise<Completion> {
  const { transport, emit, clock, signal } = tools;
  await emit({ type: 'upload-completing', part }, DURABLE);
  let mayBeHeard = wasAsked;
  for (let tries = 1; ; tries += 1) {
    const error = await askOnce(transport, jobId);
    if (!error) break;
    mayBeHeard ||= isDoubtful(error);
    const job = await jobOrGone(transport, jobId, { clock, signal });
    if (!job) return mayBeHeard ? 'gone' : 'unchanged';
    if (job.state === 'Aborted' && job.numberRecordsProcessed === 0 && !mayBeHeard) return 'unchanged';
    if (job.state !== 'Open') break;
    if (tries === MOST_ASKS) throw error;
    await pauseAfter(error, tries, tools);
  }
  await emit({ type: 'upload-complete', part }, DURABLE);
  return 'submitted';
}

/** The error after which only the job's state can tell; undefined when the org said yes. */
async function askOnce(transport: Transport, jobId: JobId): Promise<BulkError | undefined> {
  try {
    await completeUpload(transport, jobId);
    return undefined;
  } catch (error) {
    if (!isBulkError(error) || error.kind === 'auth' || error.kind === 'limit') throw error;
    return error;
  }
}

async function upload(sending: Sending, jobId: JobId, { transport, emit }: SendTools): Promise<void> {
  const { part, path, bytes } = sending;
  const body = new UploadBody(path);
  await uploadPart(transport, jobId, () => body.open(), bytes);
  body.close();
  await emit({ type: 'part-uploaded', part });
}

async function pauseAfter(error: unknown, tries: number, { clock, signal }: SendTools): Promise<void> {
  const askedMs = isBulkError(error) ? (error.retryAfterMs ?? 0) : 0;
  await clock.sleep(Math.min(Math.max(FIRST_PAUSE_MS * 2 ** tries, askedMs), LONGEST_PAUSE_MS), signal);
}

/** An Open job that stays behind has no effect and the org removes it after a day, so a failed abort does no harm. */
async function abortQuietly(transport: Transport, jobId: JobId): Promise<void> {
  try {
    await abortJob(transport, jobId);
  } catch (error) {
    if (!isBulkError(error)) throw error;
  }
}

function mostJobs(error: unknown): number {
  return isDoubtful(error) ? MOST_JOBS_IN_DOUBT : MOST_JOBS;
}

/** The request may have been carried out or not. */
function isDoubtful(error: unknown): boolean {
  return isBulkError(error) && (error.kind === 'ambiguous' || error.kind === 'network');
}

/** What another job may get over at an upload: doubt, a job that somebody took away, one that has had its content from a try that we never heard of. */
function isReplaceable(error: unknown): boolean {
  if (!isBulkError(error)) return false;
  return (
    isDoubtful(error) || error.kind === 'gone' || (error.kind === 'refused' && REFUSED_JOB.has(error.httpStatus ?? 0))
  );
}

/** Statuses that refuse the job in its state, and not the content or the user. */
const REFUSED_JOB: ReadonlySet<number> = new Set([400, 409, 412]);
