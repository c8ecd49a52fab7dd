import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection } from '@salesforce/core';
import { type Clock } from '../bulk/clock.js';
import { orgReads } from '../bulk/orgReads.js';
import { createTransport, type Transport } from '../bulk/transport.js';
import { writeDurably } from '../run/durably.js';
import { endWhen, Interruption } from '../run/ending.js';
import { readJournal } from '../run/journal.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { createRun, type OpenRun, openRun, type RunRecord } from '../run/run.js';
import { reportFailure, withReport } from '../run/withReport.js';
import { type LoadAsked, loadAsked, type LoadSession } from './asked.js';
import { type LoadResult } from './loadResult.js';
import { finish, removeSpool } from './finish.js';
import { LimitReached } from './limitReached.js';
import { LoadRun, type LoadTools } from './loadRun.js';
import { checkReadableAgain, openForLoad, type Opened, prepare } from './prepare/prepare.js';
import { type Prepared, readPrepared } from './prepare/prepared.js';
import { type Ended, loadResult } from './result.js';
import { sendParts } from './send/sendParts.js';
import { fold, isOver, type LoadState, NOTHING_YET } from './state.js';

/** What a load is given from outside; a test rules all of it. */
export type LoadWorld = {
  readonly connection: Connection;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Aborted with an `Interruption` when the user wants out. */
  readonly interrupt: AbortSignal;
  readonly onEvent: (event: LoadEvent, state: LoadState) => void;
  /** Called once, when the run can be resumed by its id. */
  readonly onRun: (run: RunRecord, directory: string) => void;
  /** Writes the page for people of a run that this process leaves, and returns its path. */
  readonly writeReport?: (run: RunRecord, directory: string, result: LoadResult) => Promise<string>;
};

/**
 * Loads an input into the org: reads, maps, checks and cuts all of it, sends the parts as jobs, settles each row and writes the result
 * files and summary.json into the run directory.
 * @throws SfError before anything was sent, when input, org or directory can't be used; BulkError when the org stops answering. A run that
 * exists by then can be resumed.
 */
export async function load(
  record: RunRecord,
  runDir: string,
  session: LoadSession,
  world: LoadWorld
): Promise<LoadResult> {
  const asked = loadAsked(record.asked);
  const opened = await openForLoad(asked, orgReads(world));
  const open = await createRun<LoadEvent>(record, runDir);
  return carryOn(open, { asked, session, world, opened });
}

/**
 * Takes a load up where its journal ends; the result is that of an undisturbed load.
 * @throws as `load`; SfError `RunIsLockedError` when it is still under way, `StdinNotReadError` when its input can't be had again
 */
export async function resumeLoad(runDir: string, session: LoadSession, world: LoadWorld): Promise<LoadResult> {
  const open = await openRun<LoadEvent>(runDir);
  const asked = loadAsked(open.record.asked);
  try {
    if (!open.entries.some(({ event }) => event.type === 'input-scanned')) checkReadableAgain(asked);
  } catch (error) {
    await open.close();
    throw error;
  }
  return carryOn(open, { asked, session, world });
}

/**
 * The result of a load that has come to its end and left nothing to go on with; undefined for every other one.
 * @throws SfError `JournalTamperedError`; the file system's error where there is no journal
 */
export async function finishedResult(runDir: string): Promise<LoadResult | undefined> {
  const entries = await readJournal<LoadEvent>(runDir);
  const state = entries.reduce((before, { event }) => fold(before, event), NOTHING_YET);
  if (!state.files || !isOver(state)) return undefined;
  const text = await readFile(join(runDir, SUMMARY), 'utf8').catch(() => undefined);
  // Without a summary the process ended between the results and it; a resume writes it.
  return text === undefined ? undefined : (JSON.parse(text) as LoadResult);
}

const SUMMARY = 'summary.json';

type Going = {
  readonly asked: LoadAsked;
  readonly session: LoadSession;
  readonly world: LoadWorld;
  /** Missing for a resumed load, which opens the input only if it was not read to its end. */
  readonly opened?: Opened;
};

async function carryOn(open: OpenRun<LoadEvent>, going: Going): Promise<LoadResult> {
  const { session, world } = going;
  const asked = { ...going.asked, ...session.asked };
  const state = open.entries.reduce((before, { event }) => fold(before, event), NOTHING_YET);
  const run = new LoadRun(open.directory, asked, { journal: open.journal, onEvent: world.onEvent }, state);
  const ending = new AbortController();
  const stopWaiting = endWhen(ending, world, session);
  const transport = await createTransport(world.connection, { ...world, signal: ending.signal });
  const { writeReport } = world;
  const write = writeReport && ((told: LoadResult) => writeReport(open.record, open.directory, told));
  try {
    world.onRun(open.record, open.directory);
    const { prepared, ended } = await tell(run, {
      ...going,
      asked,
      tools: { transport, clock: world.clock, random: world.random, ending }
    });
    await run.emit(callsCounted(transport));
    const nowMs = world.clock.now();
    const result = await withReport(loadResult({ run: open, asked, state: run.state, prepared, ended, nowMs }), write);
    await writeDurably(join(open.directory, SUMMARY), `${JSON.stringify(result, undefined, 2)}\n`);
    return result;
  } catch (error) {
    await reportFailure(error, () => soFar({ run, open, asked, transport, world }), write);
    throw error;
  } finally {
    stopWaiting();
    await transport.close();
    await open.close();
  }
}

function callsCounted({ apiCalls, apiUsage }: Transport): LoadEvent {
  return { type: 'calls-counted', calls: apiCalls, orgUsed: apiUsage?.used, orgMax: apiUsage?.max };
}

/** The result of a load that an error has ended, which may be before its columns are known. */
async function soFar({ run, open, asked, transport, world }: Failing): Promise<LoadResult> {
  await run.emit(callsCounted(transport));
  const prepared = { externalId: asked.externalId, mapping: [] };
  return loadResult({ run: open, asked, state: run.state, prepared, ended: 'interrupt', nowMs: world.clock.now() });
}

type Failing = {
  readonly run: LoadRun;
  readonly open: OpenRun<LoadEvent>;
  readonly asked: LoadAsked;
  readonly transport: Transport;
  readonly world: LoadWorld;
};

async function tell(run: LoadRun, going: Going & { tools: LoadTools }): Promise<{ prepared: Prepared; ended: Ended }> {
  const { asked, world } = going;
  const opened = run.state.scanned ? undefined : (going.opened ?? (await openForLoad(asked, orgReads(world))));
  const prepared = opened?.prepared ?? (await readPrepared(run.directory));
  try {
    return { prepared, ended: await carryThrough(run, { ...going, opened, prepared }) };
  } catch (error) {
    if (error instanceof Interruption) return { prepared, ended: error.why };
    if (!(error instanceof LimitReached)) throw error;
    await run.emit({ type: 'warning', message: error.message });
    return { prepared, ended: 'limit' };
  }
}

type Known = Going & { readonly tools: LoadTools; readonly prepared: Prepared };

/** The story of a load from wherever it stands: read, send, settle, retry, finish. */
async function carryThrough(run: LoadRun, { session, opened, prepared, tools }: Known): Promise<Ended> {
  if (run.state.files && isOver(run.state)) {
    await removeSpool(run); // the end of the process may have come between the results and this
    return 'by-itself';
  }
  if (run.state.files && !run.state.stopping) return 'dry-run';
  if (run.state !== NOTHING_YET) await run.emit({ type: 'load-resumed' });
  if (opened) await prepare(opened, run, tools.ending.signal);
  if (session.isDryRun) {
    await finish(run, prepared, true);
    return 'dry-run';
  }
  await sendParts(run, prepared, tools, session.isAsync);
  if (session.isAsync) return 'async';
  await finish(run, prepared);
  return 'by-itself';
}
