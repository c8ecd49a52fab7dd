import { type Connection, Messages } from '@salesforce/core';
import { type CleanupStatus } from '../cleanup/apply/applyResult.js';
import { type CleanupWorld } from '../cleanup/apply/cleanupRun.js';
import { type CleanupEvent } from '../run/cleanupEvents.js';
import { EXIT } from './exitCodes.js';
import { onInterrupt } from './interrupt.js';
import { asSfError } from './loadCommand.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanupSession');

const OF_STATUS: Readonly<Record<CleanupStatus, number>> = {
  Success: EXIT.done,
  PartialSuccess: EXIT.partial,
  Interrupted: EXIT.interrupted
};

/** Applies, undoes or resumes with what a terminal has to give, and turns the outcome into an exit code. Progress goes to stderr. */
export async function carryOutCleanup<R extends { readonly status: CleanupStatus }>(
  connection: Connection,
  work: (world: CleanupWorld) => Promise<R>
): Promise<R> {
  const { systemClock } = await import('../bulk/clock.js');
  const { restReader } = await import('../cleanup/org/orgReader.js');
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  let runId: string | undefined;
  const world: CleanupWorld = {
    connection,
    read: restReader(connection),
    clock: systemClock,
    random: Math.random,
    interrupt: onInterrupt(() => tell(messages.getMessage('stopping'))),
    onEvent: (event) => {
      const line = lineOf(event);
      if (line !== undefined) tell(line);
    },
    onLoadEvent: () => undefined,
    onRun: (run, directory) => {
      runId = run.runId;
      tell(messages.getMessage('run', [run.runId, directory]));
    }
  };
  try {
    const result = await work(world);
    process.exitCode = OF_STATUS[result.status];
    return result;
  } catch (error) {
    throw asSfError(error, runId);
  }
}

function lineOf(event: CleanupEvent): string | undefined {
  switch (event.type) {
    case 'plan-taken':
      return messages.getMessage('planTaken', [event.clusters, event.updates, event.deletes]);
    case 'backed-up':
      return messages.getMessage('backedUp', [event.records]);
    case 'drift-checked':
      return event.recordsSkipped === 0 ? undefined : messages.getMessage('drift', [event.recordsSkipped]);
    case 'step-starting':
      return event.rows === 0 ? undefined : messages.getMessage('stepStarting', [event.step, event.rows]);
    case 'step-finished':
      return event.succeeded + event.failed === 0
        ? undefined
        : messages.getMessage('stepFinished', [event.step, event.succeeded, event.failed]);
    case 'merged':
      return messages.getMessage('merged', [event.merged.length, event.errors.length]);
    case 'undeleted':
      return messages.getMessage('undeleted', [event.records, event.gone]);
    case 'verified':
      return messages.getMessage('verified', [event.checked, event.wrong]);
    default:
      return undefined;
  }
}
