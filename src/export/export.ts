import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection } from '@salesforce/core';
import { type Clock } from '../bulk/clock.js';
import { createTransport, type Transport } from '../bulk/transport.js';
import { PRIVATE_DIRECTORY, writeDurably } from '../run/durably.js';
import { endWhen, Interruption } from '../run/ending.js';
import { type ExportEvent } from '../run/exportEvents.js';
import { createRun, type OpenRun, openRun, type RunRecord } from '../run/run.js';
import { reportFailure, withReport } from '../run/withReport.js';
import { type ExportAsked, exportAsked, type ExportSession } from './asked.js';
import { ExportRun, type ExportTools } from './exportRun.js';
import { type ExportResult } from './exportResult.js';
import { isHopeless } from './hopeless.js';
import { fetchRanges } from './pages/fetchRanges.js';
import { columnNames, deliver, relistLost } from './output/deliver.js';
import { OutputClosed, type Sink } from './output/outputFile.js';
import { planRanges } from './query/planRanges.js';
import { checkOutput } from './output/outputPath.js';
import { type Ended, exportResult } from './result.js';
import { keepRecent, keepWatermark } from './query/since.js';
import { type ExportState, fold, isFetched, NOTHING_YET } from './state.js';

/** What an export is given from outside; a test rules all of it. */
export type ExportWorld = {
  readonly connection: Connection;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Aborted when the user wants out. */
  readonly interrupt: AbortSignal;
  /** Where output for `-` goes. */
  readonly stdout: Sink;
  readonly onEvent: (event: ExportEvent, state: ExportState) => void;
  /** Called once, when the run can be resumed by its id. */
  readonly onRun: (run: RunRecord, directory: string) => void;
  /** Writes the page for people of a run that this process leaves, and returns its path. */
  readonly writeReport?: (run: RunRecord, directory: string, result: ExportResult) => Promise<string>;
};

/**
 * Exports what a query gives: has the org run it as one job or several, fetches the pages side by side, proves each and all of them, and
 * lays them into the output with a manifest.
 * @throws SfError before anything was asked of the org, when the output or the run directory can't be written; while it goes on, when a
 * page can't be proven or the org refuses. A run that exists by then can be resumed.
 */
export async function exportData(
  record: RunRecord,
  runDir: string,
  session: ExportSession,
  world: ExportWorld
): Promise<ExportResult> {
  const asked = exportAsked(record.asked);
  await checkOutput(asked.output);
  return carryOn(await createRun<ExportEvent>(record, runDir), { asked, session, world });
}

/**
 * Takes an export up where its journal ends: pages that have landed are not fetched again.
 * @throws as `exportData`; SfError `RunIsLockedError` when it is still under way
 */
export async function resumeExport(runDir: string, session: ExportSession, world: ExportWorld): Promise<ExportResult> {
  const open = await openRun<ExportEvent>(runDir);
  return carryOn(open, { asked: exportAsked(open.record.asked), session, world });
}

type Going = { readonly asked: ExportAsked; readonly session: ExportSession; readonly world: ExportWorld };

async function carryOn(open: OpenRun<ExportEvent>, { asked, session, world }: Going): Promise<ExportResult> {
  const state = open.entries.reduce((before, { event }) => fold(before, event), NOTHING_YET);
  const run = new ExportRun(open.directory, asked, { journal: open.journal, onEvent: world.onEvent }, state);
  const ending = new AbortController();
  const stopWaiting = endWhen(ending, world, session);
  const transport = await createTransport(world.connection, { ...world, signal: ending.signal });
  const apiVersion = Number(open.record.org.apiVersion);
  const { writeReport } = world;
  const write = writeReport && ((told: ExportResult) => writeReport(open.record, open.directory, told));
  const standing = { run, open, asked, transport, world };
  try {
    world.onRun(open.record, open.directory);
    const tools = { transport, clock: world.clock, apiVersion, ending };
    const ended = await tell(run, { open, asked, session, world, tools });
    const result = await withReport(resultOf({ ...standing, ended }), write);
    await writeDurably(join(open.directory, 'summary.json'), `${JSON.stringify(result, undefined, 2)}\n`);
    // Nobody reads on: what was fetched need not lie about. A resume would fetch it again.
    if (ended === 'closed') await rm(run.pagesDir, { recursive: true, force: true });
    return result;
  } catch (error) {
    // Whoever called is told of the error, and of none that befalls the journal.
    if (error instanceof Error && isHopeless(error)) await run.emitDurably(failure(error)).catch(() => undefined);
    await reportFailure(error, () => resultOf({ ...standing, ended: 'interrupt' }), write);
    throw error;
  } finally {
    stopWaiting();
    await transport.close();
    await open.close();
  }
}

function failure({ name, message }: Error): ExportEvent {
  return { type: 'export-failed', name, message };
}

type Standing = Pick<Going, 'asked' | 'world'> & {
  readonly run: ExportRun;
  readonly open: OpenRun<ExportEvent>;
  readonly transport: Transport;
  readonly ended: Ended;
};

function resultOf({ run, open, asked, transport, world, ended }: Standing): ExportResult {
  const nowMs = world.clock.now();
  return exportResult({ run: open, asked, state: run.state, ended, apiCalls: transport.apiCalls, nowMs });
}

type Telling = Going & { readonly open: OpenRun<ExportEvent>; readonly tools: ExportTools };

async function tell(run: ExportRun, telling: Telling): Promise<Ended> {
  try {
    return await carryThrough(run, telling);
  } catch (error) {
    if (error instanceof Interruption) return error.why;
    if (error instanceof OutputClosed) return 'closed';
    throw error;
  }
}

/** The story of an export from wherever it stands: query, fetch and prove, write. */
async function carryThrough(run: ExportRun, { open, asked, session, world, tools }: Telling): Promise<Ended> {
  if (run.state !== NOTHING_YET && !run.state.output) await run.emit({ type: 'export-resumed' });
  if (!run.state.ranges && asked.since?.from !== undefined) await keepRecent(run.directory, asked.since.key);
  if (!run.state.ranges) await run.emitDurably({ type: 'ranges-planned', ranges: await planRanges(asked, tools) });
  if (!run.state.output) {
    await mkdir(run.pagesDir, { recursive: true, mode: PRIVATE_DIRECTORY });
    await relistLost(run, asked);
    await fetchRanges(run, tools, session.isAsync);
    if (!isFetched(run.state)) return 'async';
    await deliver({
      run,
      record: open.record,
      asked,
      stdout: world.stdout,
      clock: world.clock,
      signal: tools.ending.signal
    });
  }
  // The end of the process may have come between the output and this.
  if (asked.since && (await areThere(run))) await keepWatermark(run, asked.since, await columnNames(run), open.record);
  await rm(run.pagesDir, { recursive: true, force: true });
  return 'by-itself';
}

/** Whether the pages were not removed yet, which is the last thing that is done. */
async function areThere(run: ExportRun): Promise<boolean> {
  return access(run.pagesDir).then(
    () => true,
    () => false // an export that is over is asked to go on once more
  );
}
