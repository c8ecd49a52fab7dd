import { Messages } from '@salesforce/core';
import { check, lock } from 'proper-lockfile';
import { type RunId } from './runId.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'run');

/** A holder that was killed is known by a lock that it has not touched for this long; a live one touches it twice in that time. */
const STALE_MS = 5000;

/**
 * Keeps all other processes from working on a run until the returned function is called.
 * @param onLost called when another process has taken the run over while this one was held up for longer than a lock may go untouched
 * @throws SfError `RunIsLockedError`
 */
export async function lockRun(
  directory: string,
  runId: RunId,
  onLost: (error: Error) => void
): Promise<() => Promise<void>> {
  try {
    return await lock(directory, {
      stale: STALE_MS,
      update: STALE_MS / 2,
      lockfilePath: lockPath(directory),
      retries: AFTER_A_KILL,
      onCompromised: () => onLost(messages.createError('runTaken', [runId]))
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ELOCKED') throw error;
    throw messages.createError('runIsLocked', [runId], [runId]);
  }
}

/** Whether a live process works on the run; one that was killed is taken for live for some seconds. */
export async function isRunHeld(directory: string): Promise<boolean> {
  return check(directory, { stale: STALE_MS, lockfilePath: lockPath(directory) });
}

function lockPath(directory: string): string {
  return `${directory}/lock`;
}

/** Long enough to outwait the lock of a holder that was just killed. */
const AFTER_A_KILL = { retries: 7, factor: 1, minTimeout: 1000, maxTimeout: 1000 };
