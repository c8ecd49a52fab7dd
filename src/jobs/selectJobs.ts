import { type JobState } from '../bulk/job.js';
import { type AnyJob, JOB_KINDS, type JobKind, listJobs } from '../bulk/jobs.js';
import { type Transport } from '../bulk/transport.js';
import { createdMs, JOB_ORDERS, type JobOrder } from './jobOrders.js';

/** Which jobs are meant; what is missing excludes none. Names are compared whatever their case. */
export type JobFilter = {
  readonly kind?: JobKind;
  readonly states?: readonly JobState[];
  readonly sobject?: string;
  readonly operations?: readonly string[];
  readonly createdById?: string;
  /** Milliseconds since 1970: jobs made then or later, and before then. */
  readonly sinceMs?: number;
  readonly beforeMs?: number;
};

export type Selected = {
  readonly jobs: readonly AnyJob[];
  /** Matching jobs, those beyond the limit too. */ readonly total: number;
};

/**
 * The first `limit` of the org's jobs that the filter lets through, sorted. However many there are, no more than twice the limit and a page
 * of them are held. One API call for each 1000 jobs of a kind.
 */
export async function selectJobs(
  transport: Transport,
  filter: JobFilter,
  { order, limit }: { readonly order: JobOrder; readonly limit: number }
): Promise<Selected> {
  const compare = JOB_ORDERS[order];
  let jobs: AnyJob[] = [];
  const seen = new Set<string>();
  for (const kind of filter.kind ? [filter.kind] : JOB_KINDS)
    for await (const job of listJobs(transport, kind)) {
      // The order of a listing is undefined, so jobs that come while it is read may show up twice.
      if (!isWanted(job, filter) || seen.has(job.id)) continue;
      seen.add(job.id);
      jobs.push(job);
      if (jobs.length >= 2 * limit + 1000) jobs = jobs.sort(compare).slice(0, limit);
    }
  return { jobs: jobs.sort(compare).slice(0, limit), total: seen.size };
}

export function isWanted(job: AnyJob, filter: JobFilter): boolean {
  const { states, sobject, operations, createdById, sinceMs, beforeMs } = filter;
  return (
    (states === undefined || states.includes(job.state)) &&
    (sobject === undefined || isSame(job.object, sobject)) &&
    (operations === undefined || operations.some((one) => isSame(one, job.operation))) &&
    (createdById === undefined || job.createdById.slice(0, 15) === createdById.slice(0, 15)) &&
    (sinceMs === undefined || createdMs(job) >= sinceMs) &&
    (beforeMs === undefined || createdMs(job) < beforeMs)
  );
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
