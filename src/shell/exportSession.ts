import { type Connection, Messages, SfError } from '@salesforce/core';
import { exportAsked, type ExportSession, type SinceAsked } from '../export/asked.js';
import { type ExportWorld } from '../export/export.js';
import { type ExportResult, type ExportStatus } from '../export/exportResult.js';
import { isLive } from '../run/exportEvents.js';
import { type Announced, announced } from './announced.js';
import { EXIT } from './exitCodes.js';
import { onInterrupt } from './interrupt.js';
import { screenOf } from './screen.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

const OF_STATUS: Readonly<Record<ExportStatus, number>> = {
  Success: EXIT.done,
  InProgress: EXIT.inProgress,
  Interrupted: EXIT.interrupted,
  Closed: EXIT.done,
  Failed: EXIT.failed
};

type Carried = Omit<Announced, 'isAsync'> & {
  readonly session: ExportSession;
  readonly connection: Connection;
  /** The rows, and nothing else, go to standard output. */
  readonly isToStdout: boolean;
};

/** Exports or resumes with what a terminal has to give, and turns the outcome into an exit code. Progress goes to stderr. */
export async function carryOutExport(
  { session, connection, isToStdout, ...told }: Carried,
  work: (world: ExportWorld) => Promise<ExportResult>
): Promise<ExportResult> {
  const { ExportProgress } = await import('../report/exportProgress.js');
  const { exportSummary } = await import('../report/exportSummary.js');
  const { systemClock } = await import('../bulk/clock.js');
  const { stdoutSink } = await import('./stdoutSink.js');
  const { stderr } = process;
  const tell = (line: string): void => void stderr.write(`${line}\n`);
  return announced({ ...told, isAsync: session.isAsync, isStdoutTaken: isToStdout }, async (announce) => {
    const progress = new ExportProgress({ screen: screenOf(stderr, told.command.jsonEnabled()), now: Date.now });
    const world: ExportWorld = {
      connection,
      clock: systemClock,
      random: Math.random,
      interrupt: onInterrupt(() => tell('\nStopping; press Ctrl-C again to end at once.')),
      stdout: stdoutSink(),
      onEvent: (event, state) => {
        progress.show(event, state);
        if (!isLive(event)) announce.event(event);
      },
      onRun: (run, directory) => {
        announce.run(run, directory);
        tell(`Run ${run.runId} in ${directory}`);
        const { since } = exportAsked(run.asked);
        if (since) tell(sinceText(since));
      },
      writeReport: async (run, directory, result) => {
        const { writeExportReport } = await import('../report/exportReport.js');
        return writeExportReport(run, directory, result);
      }
    };
    const result = await work(world)
      .catch((error: unknown) => {
        throw translated(error);
      })
      .finally(() => progress.end());
    process.exitCode = exitCode(result, session);
    // Whoever reads the rows does not want a summary among them, and who has closed the pipe wants none at all.
    if (!isToStdout) announce.summary(exportSummary(result));
    else if (result.status !== 'Closed') tell(exportSummary(result));
    return result;
  });
}

/** Whoever reads the log of a delta sees what it is one of. */
function sinceText({ field, from }: SinceAsked): string {
  return from === undefined ? messages.getMessage('sinceFirst') : messages.getMessage('sinceFrom', [from, field]);
}

/** Nobody waited for an asynchronous export, so that it goes on is no news. */
function exitCode({ status }: ExportResult, { isAsync, waitMs }: ExportSession): number {
  return status === 'InProgress' && isAsync && waitMs === undefined ? EXIT.done : OF_STATUS[status];
}

function translated(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof SfError || !('code' in error)) return error;
  const { code } = error;
  return code === 'ENOSPC' || code === 'EDQUOT' ? messages.createError('diskFull', [error.message]) : error;
}
