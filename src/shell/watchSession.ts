import { systemClock } from '../bulk/clock.js';
import { type AnyJob } from '../bulk/jobs.js';
import { createdMs } from '../jobs/jobOrders.js';
import { type WatchStatus, watchStatus } from '../jobs/fate.js';
import { watchJobs } from '../jobs/watchJobs.js';
import { type WatchResult, watchResult } from '../jobs/watchResult.js';
import { watchedText } from '../report/jobText.js';
import { announced, type Announced, type RunFlags } from './announced.js';
import { EXIT } from './exitCodes.js';
import { type JobSession } from './jobSession.js';

const OF_STATUS: Readonly<Record<WatchStatus, number>> = {
  Success: EXIT.done,
  PartialSuccess: EXIT.partial,
  Failed: EXIT.failed,
  InProgress: EXIT.inProgress,
  Interrupted: EXIT.interrupted
};

type Watch = {
  readonly session: JobSession;
  readonly flags: RunFlags;
  /** How long to watch; undefined for as long as it takes. */
  readonly waitMs?: number;
  readonly command: Announced['command'];
};

/** Watches jobs with what a terminal has to give, and turns their fate into an exit code. Each change is a line on stderr. */
export async function carryOutWatch(jobs: readonly AnyJob[], watch: Watch): Promise<WatchResult> {
  const { session, flags, waitMs, command } = watch;
  const objects = new Set(jobs.map(({ object }) => object));
  const subject = {
    command: jobs.length === 1 ? `the ${jobs[0]?.operation ?? 'job'}` : `the watch of ${jobs.length} jobs`,
    sobject: objects.size === 1 ? jobs[0]?.object : undefined,
    org: session.org.getUsername()
  };
  return announced({ flags, subject, isAsync: false, command }, async (announce) => {
    const startedMs = Date.now();
    const over = waitMs === undefined ? session.signal : AbortSignal.any([session.signal, AbortSignal.timeout(waitMs)]);
    const fates = await watchJobs(jobs, {
      transport: session.transport,
      clock: systemClock,
      signal: over,
      onEvent: (event, job) => {
        announce.event(event);
        const at = new Date().toISOString().slice(11, 19);
        const sinceMs = Date.now() - createdMs(job);
        const text = event.type === 'job-gone' ? `${job.id}: gone` : watchedText(job, { sinceMs, total: jobs.length });
        process.stderr.write(`${at} ${text}\n`);
      }
    });
    const status = watchStatus(fates, session.signal.aborted);
    process.exitCode = OF_STATUS[status];
    const durationMs = Date.now() - startedMs;
    const result = watchResult(fates, {
      status,
      apiCalls: session.transport.apiCalls,
      durationMs,
      username: subject.org
    });
    announce.summary(summaryText(result));
    return result;
  });
}

function summaryText({ status, jobs, next }: WatchResult): string {
  const states = new Map<string, number>();
  for (const { state, isGone } of jobs) {
    const name = isGone ? 'gone' : state;
    states.set(name, (states.get(name) ?? 0) + 1);
  }
  const lines = [`${status}: ${[...states].map(([state, n]) => `${n} ${state}`).join(', ')}`];
  if (next) lines.push(`Continue with: ${next}`);
  return lines.join('\n');
}
