import pLimit from 'p-limit';
import { Messages, type SfError } from '@salesforce/core';
import { isBulkError } from '../bulk/bulkError.js';
import { isTerminal, type JobState } from '../bulk/job.js';
import { abortAnyJob, type AnyJob, deleteJob, type JobKind, jobOfKind } from '../bulk/jobs.js';
import { type Transport } from '../bulk/transport.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

/** What became of one job that was to be aborted or deleted. `unneeded`: it was over, or gone, by itself. */
export type JobEnd = {
  readonly id: string;
  readonly kind: JobKind;
  readonly object: string;
  /** Before anything was done. */
  readonly state: JobState;
  readonly outcome: 'aborted' | 'deleted' | 'unneeded' | 'refused';
  /** Why it is unneeded or refused. */
  readonly reason?: string;
};

/** Calls side by side: more would only meet the org's limit of them. */
const AT_ONCE = 4;

/** Aborts jobs; what they have committed stays. One API call each, two for one that ended meanwhile. */
export async function abortJobs(jobs: readonly AnyJob[], transport: Transport): Promise<JobEnd[]> {
  return each(jobs, (job) => abortOne(job, transport));
}

/**
 * Deletes jobs and their results. The service deletes no job that is open or at work: those are refused, or with `abortsFirst` aborted before.
 */
export async function deleteJobs(
  jobs: readonly AnyJob[],
  { abortsFirst }: { readonly abortsFirst: boolean },
  transport: Transport
): Promise<JobEnd[]> {
  return each(jobs, async (job) => {
    if (!isTerminal(job.state) && abortsFirst) {
      const end = await abortOne(job, transport);
      if (end.outcome === 'refused') return end;
    } else if (!isTerminal(job.state)) {
      const refused = messages.getMessage('deleteUnfinished', [job.state]);
      return { ...named(job), outcome: 'refused', reason: refused };
    }
    return deleteOne(job, transport);
  });
}

async function abortOne(job: AnyJob, transport: Transport): Promise<JobEnd> {
  if (isTerminal(job.state)) return { ...named(job), outcome: 'unneeded', reason: overAlready(job.state) };
  try {
    await abortAnyJob(transport, job);
    return { ...named(job), outcome: 'aborted' };
  } catch (error) {
    if (!isBulkError(error)) throw error;
    if (error.kind === 'gone') return { ...named(job), outcome: 'unneeded', reason: messages.getMessage('isGone') };
    if (error.errorCode !== 'INVALIDJOBSTATE') return refusal(job, error);
    // Its end came first, or the answer to our own call was lost.
    const now = await jobOfKind(transport, job.id, job.kind);
    if (now?.state === 'Aborted') return { ...named(job), outcome: 'aborted' };
    return { ...named(job), outcome: 'unneeded', reason: now ? overAlready(now.state) : messages.getMessage('isGone') };
  }
}

async function deleteOne(job: AnyJob, transport: Transport): Promise<JobEnd> {
  try {
    await deleteJob(transport, job);
    return { ...named(job), outcome: 'deleted' };
  } catch (error) {
    if (!isBulkError(error)) throw error;
    if (error.kind === 'gone') return { ...named(job), outcome: 'unneeded', reason: messages.getMessage('isGone') };
    return refusal(job, error);
  }
}

/** What one job is refused for says nothing of the others; what stops all of them is thrown. */
function refusal(job: AnyJob, error: SfError & { readonly kind: string }): JobEnd {
  if (error.kind !== 'refused') throw error;
  return { ...named(job), outcome: 'refused', reason: error.message };
}

function overAlready(state: JobState): string {
  return messages.getMessage('overAlready', [state]);
}

function named({ id, kind, object, state }: AnyJob): Omit<JobEnd, 'outcome' | 'reason'> {
  return { id, kind, object, state };
}

async function each(jobs: readonly AnyJob[], end: (job: AnyJob) => Promise<JobEnd>): Promise<JobEnd[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(jobs.map((job) => limit(() => end(job))));
}
