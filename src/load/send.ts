import { createReadStream } from 'node:fs';
import { type Clock } from '../bulk/clock.js';
import { abortJob, completeUpload, createJob, getJob, type NewIngestJob, uploadPart } from '../bulk/ingest.js';
import { type JobId } from '../bulk/job.js';
import { isBulkError } from '../bulk/bulkError.js';
import { type Transport } from '../bulk/transport.js';
import { type LoadEvent, type PartNumber } from '../run/loadEvents.js';

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
/** A new job for a doubtful one, at most this often for a part: each costs a whole upload. */
const MOST_JOBS = 4;
/** Doubled before each further job: what broke the upload is given time to pass. */
const PAUSE_BEFORE_NEW_JOB_MS = 500;

/**
 * Creates a job, uploads the part and asks for UploadComplete; the job's id once the org has it all.
 *
 * Until UploadComplete a job changes nothing, so whatever is in doubt before it is settled by giving the job up and making another;
 * whatever is in doubt at it, by asking for the job's state (DESIGN: ambiguity). 3 API calls when nothing goes wrong.
 * @throws the transport's errors when the org refuses, or when no job could be made after four tries
 */
export async function send(sending: Sending, tools: SendTools): Promise<JobId> {
  const { part } = sending;
  const { transport, emit, clock, signal } = tools;
  for (let tries = 1; ; tries += 1) {
    let jobId: JobId | undefined;
    try {
      await emit({ type: 'job-creating', part }, DURABLE);
      jobId = (await createJob(transport, sending.job)).id;
      await emit({ type: 'job-created', part, jobId }, DURABLE);
      await upload(sending, jobId, tools);
    } catch (error) {
      if (!isDoubtful(error) || tries === MOST_JOBS) throw error;
      await giveUp(part, jobId, error, tools);
      await clock.sleep(PAUSE_BEFORE_NEW_JOB_MS * 2 ** tries, signal);
      continue;
    }
    await complete(part, jobId, tools);
    return jobId;
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

/** Asks for UploadComplete until the job's state says that it was heard. The data is known to be in the org. */
export async function complete(part: PartNumber, jobId: JobId, { transport, emit }: SendTools): Promise<void> {
  await emit({ type: 'upload-completing', part }, DURABLE);
  for (let tries = 1; ; tries += 1) {
    try {
      await completeUpload(transport, jobId);
      break;
    } catch (error) {
      if (!isDoubtful(error) && !isWrongMove(error)) throw error;
      const { state } = await getJob(transport, jobId);
      if (state !== 'Open') break;
      if (tries === MOST_JOBS) throw error;
    }
  }
  await emit({ type: 'upload-complete', part }, DURABLE);
}

async function upload(sending: Sending, jobId: JobId, { transport, emit }: SendTools): Promise<void> {
  const { part, path, bytes } = sending;
  await uploadPart(transport, jobId, () => createReadStream(path), bytes);
  await emit({ type: 'part-uploaded', part });
}

/** An Open job that stays behind has no effect and the org removes it after a day, so a failed abort does no harm. */
async function abortQuietly(transport: Transport, jobId: JobId): Promise<void> {
  try {
    await abortJob(transport, jobId);
  } catch (error) {
    if (!isBulkError(error)) throw error;
  }
}

/** The request may have been carried out or not. */
function isDoubtful(error: unknown): boolean {
  return isBulkError(error) && (error.kind === 'ambiguous' || error.kind === 'network');
}

/** The job has left the state that we thought it in: an answer that we never got was yes. */
function isWrongMove(error: unknown): boolean {
  return isBulkError(error) && error.errorCode === 'INVALIDJOBSTATE';
}
