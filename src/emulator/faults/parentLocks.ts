import { type IngestJob } from '../bulk/ingestJob.js';
import { RowError } from '../values.js';
import { type Fault } from './faultFile.js';

type Locking = { readonly fault: Extract<Fault, { fault: 'lock-parents' }>; readonly strikes: () => boolean };
type Held = { readonly job: IngestJob; readonly untilMs: number };

/**
 * Locks as the service has them: who writes a child holds its parent for a while, at most until its job is over, and jobs at work at the same
 * time lock each other out. One job alone, and one after another, never meet a lock.
 */
export function parentLocks(
  armed: readonly Locking[],
  now: () => number
): (job: IngestJob, valueOf: (column: string) => string) => RowError | undefined {
  const held = armed.map(() => new Map<string, Held>());
  return (job, valueOf) => {
    for (const [index, { fault, strikes }] of armed.entries()) {
      const parent = valueOf(fault.field);
      if (parent === '') continue;
      const locks = held[index];
      const nowMs = now();
      const lock = locks?.get(parent);
      const isHeld = lock && lock.job !== job && lock.job.state === 'InProgress' && lock.untilMs > nowMs;
      if (isHeld && strikes()) return lockedBy(parent);
      locks?.set(parent, { job, untilMs: nowMs + fault.ms });
    }
    return undefined;
  };
}

function lockedBy(parent: string): RowError {
  return new RowError('UNABLE_TO_LOCK_ROW', `unable to obtain exclusive access to this record or 1 records: ${parent}`);
}
