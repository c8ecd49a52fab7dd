import { type Connection, Messages, type Org, type SfError } from '@salesforce/core';
import { type JobId, type JobState } from '../bulk/job.js';
import { type AnyJob, type JobKind } from '../bulk/jobs.js';
import { type Transport } from '../bulk/transport.js';
import { type JobFilter } from '../jobs/selectJobs.js';
import { asUserError } from './asSfError.js';
import { EXIT } from './exitCodes.js';
import { onInterrupt } from './interrupt.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

/** What the commands for jobs work with. */
export type JobSession = {
  readonly org: Org;
  readonly connection: Connection;
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
  const { systemClock } = await import('../bulk/clock.js');
  const org = flags['target-org'];
  const connection = org.getConnection(flags['api-version']);
  const signal = onInterrupt(() => undefined);
  const transport = await createTransport(connection, { clock: systemClock, random: Math.random, signal });
  try {
    return await work({ org, connection, transport, signal });
  } catch (error) {
    throw signal.aborted ? interrupted() : asUserError(error);
  } finally {
    await transport.close();
  }
}

function interrupted(): SfError {
  const error = messages.createError('interrupted');
  error.exitCode = EXIT.interrupted;
  return error;
}

/**
 * The job of an id.
 * @throws SfError `JobUnknownError`, `JobOfOldApiError`
 */
export async function theJob(jobId: JobId, { transport, org }: JobSession): Promise<AnyJob> {
  const { findJob } = await import('../bulk/jobs.js');
  const job = await findJob(transport, jobId);
  if (!job) throw messages.createError('jobUnknown', [org.getUsername(), jobId]);
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
export async function filterOf(flags: FilterFlags, { connection }: JobSession): Promise<JobFilter> {
  const { kind, state: states, sobject, operation: operations, user } = flags;
  if (user === undefined) return { kind, states, sobject, operations };
  const { userIdOf } = await import('../jobs/users.js');
  return { kind, states, sobject, operations, createdById: await userIdOf(user, connection) };
}
