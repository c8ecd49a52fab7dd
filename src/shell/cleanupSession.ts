import { type Connection, Messages } from '@salesforce/core';
import { type CleanupStatus } from '../cleanup/apply/applyResult.js';
import { type CleanupWorld } from '../cleanup/apply/cleanupRun.js';
import { type Cleaned, type CleanupResult } from '../cleanup/resumeCleanup.js';
import { type CleanupEvent } from '../run/cleanupEvents.js';
import { type Announced, announced } from './announced.js';
import { EXIT } from './exitCodes.js';
import { onInterrupt } from './interrupt.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanupSession');

const OF_STATUS: Readonly<Record<CleanupStatus, number>> = {
  Success: EXIT.done,
  PartialSuccess: EXIT.partial,
  Interrupted: EXIT.interrupted
};

type Carried = Omit<Announced, 'isAsync'> & { readonly connection: Connection };

/** Applies, undoes or resumes with what a terminal has to give, and turns the outcome into an exit code. Progress goes to stderr. */
export async function carryOutCleanup<R extends CleanupResult>(
  { connection, ...told }: Carried,
  work: (world: CleanupWorld) => Promise<Cleaned<R>>
): Promise<R> {
  const { systemClock } = await import('../bulk/clock.js');
  const { orgReader } = await import('../cleanup/org/queryReader.js');
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  return announced({ ...told, isAsync: false }, async (announce) => {
    let step: string | undefined;
    const interrupt = onInterrupt(() => tell(messages.getMessage('stopping')));
    const tools = { connection, clock: systemClock, random: Math.random, interrupt };
    const { result, summary } = await work({
      ...tools,
      read: orgReader(tools),
      onEvent: (event) => {
        if (event.type === 'step-starting') ({ step } = event);
        announce.event(event);
        const line = lineOf(event);
        if (line !== undefined) tell(line);
      },
      onLoadEvent: (event) => announce.event(event, step),
      onRun: (run, directory) => {
        announce.run(run, directory);
        tell(messages.getMessage('run', [run.runId, directory]));
      }
    });
    process.exitCode = OF_STATUS[result.status];
    announce.summary(summary);
    return result;
  });
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
