import { Messages, type Org } from '@salesforce/core';
import { type JobId, type JobState } from '../bulk/job.js';
import { type AnyJob, type JobKind } from '../bulk/jobs.js';
import { type OrgReads } from '../bulk/orgReads.js';
import { type Transport } from '../bulk/transport.js';
import { type JobFilter } from '../jobs/selectJobs.js';
import { asUserError } from './asSfError.js';
import { onInterrupt } from './interrupt.js';
import { interrupted } from './systemError.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

/** What the commands for jobs work with. */
export type JobSession = {
  readonly org: Org;
  readonly reads: OrgReads;
  readonly transport: Transport;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

export type OrgFlags = { readonly 'target-org': Org; readonly 'api-version'?: string };

/**
 * Does the work of a command for jobs with a connection to its org. Ctrl-C ends it.
 * @throws what `work` throws, as an error for users
 */
export async function withJobs<R>(flags: OrgFlags, work: (session: JobSession) => Promise<R>): Promise<R> {
  const { createTransport } = await import('../bulk/transport.js');
  const { orgReads } = await import('../bulk/orgReads.js');
  const { systemClock } = await import('../bulk/clock.js');
  const org = flags['target-org'];
  const connection = org.getConnection(flags['api-version']);
  const signal = onInterrupt(() => undefined);
  const tools = { clock: systemClock, random: Math.random };
  const transport = await createTransport(connection, { ...tools, signal });
  const reads = orgReads({ ...tools, connection, interrupt: signal });
  try {
    return await work({ org, reads, transport, signal });
  } catch (error) {
    throw signal.aborted ? interrupted() : asUserError(error);
  } finally {
    await transport.close();
  }
}

/**
 * The job of an id.
 * @throws SfError `JobUnknownError`, `JobOfOldApiError`
 */
export async function theJob(jobId: JobId, { transport, org }: JobSession): Promise<AnyJob> {
  const { findJob } = await import('../bulk/jobs.js');
  const job = await findJob(transport, jobId);
  if (!job) throw messages.createError('jobUnknown', [org.getUsername(), jobId], [org.getUsername()]);
  if (job.jobType === 'Classic') throw messages.createError('jobOfOldApi', [jobId]);
  return job;
}

type FilterFlags = {
  readonly kind?: JobKind;
  readonly state?: readonly JobState[];
  readonly sobject?: string;
  readonly operation?: readonly string[];
  readonly user?: string;
};

/** The flags as a filter; a user who is named costs an API call. */
export async function filterOf(flags: FilterFlags, { org, reads }: JobSession): Promise<JobFilter> {
  const { kind, state: states, sobject, operation: operations, user } = flags;
  if (user === undefined) return { kind, states, sobject, operations };
  const { userIdOf } = await import('../jobs/users.js');
  return { kind, states, sobject, operations, createdById: await userIdOf(user, reads, org.getUsername() ?? '') };
}
