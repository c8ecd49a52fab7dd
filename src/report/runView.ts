import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { z } from 'zod';
import { loadAsked } from '../load/asked.js';
import { readPrepared } from '../load/prepare/prepared.js';
import { loadResult } from '../load/result.js';
import { fold, NOTHING_YET } from '../load/state.js';
import { type JournalEntry, readJournal } from '../run/journal.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { isRunHeld } from '../run/lock.js';
import { readRecord, type RunRecord } from '../run/run.js';
import { runKind } from '../run/runKind.js';
import { cleanupSoFar } from './cleanupSoFar.js';
import { exportSoFar } from './exportSoFar.js';
import { type RunOverview } from './runOverview.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'runs');

/** What every summary.json has, whatever made it; the rest is kept as it is. */
const summarySchema = z.looseObject({
  status: z.string(),
  durationMs: z.number().optional(),
  sobject: z.string().optional(),
  next: z.string().optional(),
  apiCalls: z.number().optional()
});

/** A summary.json, or what would stand in it by now. */
export type Summary = {
  readonly status: string;
  readonly durationMs?: number;
  readonly sobject?: string;
  readonly next?: string;
  readonly apiCalls?: number;
  readonly [more: string]: unknown;
};

export type RunView = {
  readonly overview: RunOverview;
  readonly record: RunRecord;
  readonly isRunning: boolean;
  /** Exactly the `--json` result of the run's command. Missing for an unfinished run of a kind whose journal is not understood here. */
  readonly summary?: Summary;
};

/**
 * What is known of a run. A summary.json that is younger than all of the journal is taken as it is; otherwise the run is not over, and
 * its summary is folded from the journal.
 * @throws SfError `NotARunError`, `JournalTamperedError`, `SummaryStrangeError`
 */
export async function viewRun(runDir: string, nowMs: number): Promise<RunView> {
  const record = await readRecord(runDir);
  const isRunning = await isRunHeld(runDir);
  const entries = await readEntries<unknown>(runDir);
  const written = await writtenSummary(runDir);
  const isCurrent = written && !isRunning && isYounger(written, record, entries);
  const summary = isCurrent ? written : await summarySoFar({ runDir, record, isRunning, entries, written, nowMs });
  return { overview: overview(runDir, { record, isRunning, summary }), record, isRunning, summary };
}

function overview(runDir: string, { record, isRunning, summary }: Omit<RunView, 'overview'>): RunOverview {
  const rows = z.record(z.string(), z.number()).safeParse(summary?.rows);
  return {
    runId: record.runId,
    runDir,
    status: isRunning ? 'Running' : (summary?.status ?? 'Interrupted'),
    command: record.command,
    sobject: summary?.sobject,
    org: record.org.username,
    startedAt: record.startedAt,
    durationMs: summary?.durationMs,
    rows: rows.success ? rows.data : undefined,
    next: isRunning ? undefined : summary?.next
  };
}

/** The entries of a journal; none where a run was killed before it had one. */
export async function readEntries<Event>(runDir: string): Promise<Array<JournalEntry<Event>>> {
  return readJournal<Event>(runDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

async function writtenSummary(runDir: string): Promise<Summary | undefined> {
  const text = await readFile(join(runDir, 'summary.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined; // the run is not over, or was killed
    throw error;
  });
  return text === undefined ? undefined : parsedSummary(text, runDir);
}

function parsedSummary(text: string, runDir: string): Summary {
  try {
    return summarySchema.parse(JSON.parse(text));
  } catch {
    throw messages.createError('summaryStrange', [runDir]);
  }
}

/** A resume adds to the journal after the summary of the process before it. */
function isYounger(
  { durationMs }: Summary,
  { startedAt }: RunRecord,
  entries: ReadonlyArray<JournalEntry<unknown>>
): boolean {
  const last = entries.at(-1);
  return durationMs === undefined || !last || Date.parse(last.at) <= Date.parse(startedAt) + durationMs;
}

type Unfinished = Pick<RunView, 'record' | 'isRunning'> & {
  readonly runDir: string;
  readonly entries: ReadonlyArray<JournalEntry<unknown>>;
  readonly written?: Summary;
  readonly nowMs: number;
};

async function summarySoFar(unfinished: Unfinished): Promise<Summary | undefined> {
  const { runDir, record, isRunning, entries, written, nowMs } = unfinished;
  const lastMs = Date.parse(entries.at(-1)?.at ?? record.startedAt);
  const standing = { isRunning, apiCalls: written?.apiCalls ?? 0, nowMs: isRunning ? nowMs : lastMs };
  const kind = runKind(record);
  if (kind === 'export') return { ...exportSoFar({ record, directory: runDir }, entries, standing) };
  if (kind === 'cleanup') return cleanupSummary(unfinished, standing.nowMs);
  if (kind !== 'load') return written;
  const asked = loadAsked(record.asked);
  const state = entries.reduce((before, { event }) => fold(before, event as LoadEvent), NOTHING_YET);
  const prepared = state.scanned ? await readPrepared(runDir) : { externalId: asked.externalId, mapping: [] };
  const result = loadResult({
    run: { record, directory: runDir },
    asked,
    state,
    prepared,
    ended: isRunning ? 'async' : 'interrupt',
    nowMs: standing.nowMs
  });
  return { ...result };
}

/** What is written stands, also when another run has noted in the journal that it takes this one back. */
async function cleanupSummary(
  { runDir, record, entries, written }: Unfinished,
  nowMs: number
): Promise<Summary | undefined> {
  const isOver = entries.some(({ event }) => (event as { type?: unknown }).type === 'cleanup-finished');
  if (isOver && written) return written;
  // An undo whose apply is gone, say: there is no more to be told of it than that it is there.
  const soFar = await cleanupSoFar({ record, directory: runDir }, entries, nowMs).catch(() => written);
  return soFar && { ...soFar };
}
