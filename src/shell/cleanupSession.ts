import { type Connection, Messages } from '@salesforce/core';
import { type CleanupStatus } from '../cleanup/apply/applyResult.js';
import { type CleanupWorld } from '../cleanup/apply/cleanupRun.js';
import { type CleanupResult } from '../cleanup/cleanupResult.js';
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
  work: (world: CleanupWorld) => Promise<R>
): Promise<R> {
  const { systemClock } = await import('../bulk/clock.js');
  const { orgReads } = await import('../bulk/orgReads.js');
  const { orgReader } = await import('../cleanup/org/queryReader.js');
  const { cleanupSummary } = await import('../report/cleanupSummary.js');
  const { cleanupLine } = await import('../report/cleanupLines.js');
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  return announced({ ...told, isAsync: false }, async (announce) => {
    let step: string | undefined;
    const interrupt = onInterrupt(() => tell(messages.getMessage('stopping')));
    const org = { connection, clock: systemClock, random: Math.random, interrupt };
    const tools = { ...org, reads: orgReads(org) };
    const result = await work({
      ...tools,
      read: orgReader(tools),
      onEvent: (event) => {
        if (event.type === 'step-starting') ({ step } = event);
        announce.event(event);
        const line = cleanupLine(event);
        if (line !== undefined) tell(line);
      },
      onLoadEvent: (event) => announce.event(event, step),
      onRun: (run, directory) => {
        announce.run(run, directory);
        tell(messages.getMessage('run', [run.runId, directory]));
      },
      writeReport: async (run, directory, known) => {
        const { writeCleanupReport } = await import('../report/cleanupReport.js');
        return writeCleanupReport(run, directory, known);
      }
    });
    process.exitCode = OF_STATUS[result.status];
    announce.summary(cleanupSummary(result));
    return result;
  });
}
