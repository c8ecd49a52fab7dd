import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SfError, Messages } from '@salesforce/core';
import { isBulkError } from '../bulk/bulkError.js';
import { type Clock } from '../bulk/clock.js';
import { isTerminal } from '../bulk/job.js';
import { type AnyJob } from '../bulk/jobs.js';
import { isNetworkError } from '../bulk/retrying.js';
import { type Transport } from '../bulk/transport.js';
import { PRIVATE_FILE } from '../run/durably.js';
import { keptIfDone } from '../run/keptIfDone.js';
import { onOrg } from '../run/onOrg.js';
import { type IngestResult, type ResultKind, RESULTS } from './resultKinds.js';
import { ResultRows } from './resultRows.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

export type ResultTools = {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Named in the commands that go on after an error. */
  readonly username?: string;
  /** Takes the result's bytes in order, one after another. */
  readonly write: (bytes: Buffer) => Promise<void>;
};

export type ResultRead = {
  readonly rows: number;
  readonly bytes: number;
  /** Rows by the job's own counters; undefined where it counts none. They may lag behind (BULK_API §1). */
  readonly expected?: number;
};

/** A page or result is read so often at most: what breaks off or has too few rows may be whole the next time. */
const MOST_TRIES = 4;
/** Doubled before each further try. */
const FIRST_PAUSE_MS = 500;

/**
 * Reads a result of a job as CSV with one header, page after page. A page is written only when all of it has come, with as many rows as the
 * org says that it has; so what was written is whole up to a page. Costs an API call for each page.
 * @throws SfError `JobNotOverError`, `NoResultsError`, `ResultsExpiredError`, `ResultNotWholeError`; what the transport throws
 */
export async function readResult(job: AnyJob, result: ResultKind, tools: ResultTools): Promise<ResultRead> {
  checkHasResults(job, tools);
  const spool = await mkdtemp(join(tmpdir(), 'bulkops-result-'));
  try {
    return await keptIfDone(spool, () =>
      result === 'query' ? readQuery(job, spool, tools) : readIngest(job, result, spool, tools)
    );
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

function checkHasResults({ id, state, kind }: AnyJob, { username }: ResultTools): void {
  const next = (verb: string): string => onOrg(`sf bulkops job ${verb} --job-id ${id}`, username);
  if (!isTerminal(state)) throw messages.createError('jobNotOver', [id, state], [next('watch')]);
  if (kind === 'query' && state !== 'JobComplete') throw messages.createError('noResults', [id, state], [next('show')]);
}

async function readIngest(job: AnyJob, result: IngestResult, spool: string, tools: ResultTools): Promise<ResultRead> {
  const expected = expectedRows(job, result);
  const address = `/jobs/ingest/${job.id}/${RESULTS[result].path}`;
  const page = await wholePage({ job, address, path: join(spool, result), expected }, tools);
  await copy(page.path, 0, tools);
  return { rows: page.rows, bytes: page.bytes, expected };
}

/** What the counters of a job that was not broken off say; those of a failed or aborted one say nothing (BULK_API §1). */
function expectedRows(job: AnyJob, result: IngestResult): number | undefined {
  if (job.state !== 'JobComplete') return undefined;
  const { numberRecordsProcessed: processed, numberRecordsFailed: failed } = job;
  return { success: processed - failed, failed, unprocessed: 0 }[result];
}

async function readQuery(job: AnyJob, spool: string, tools: ResultTools): Promise<ResultRead> {
  const expected = job.numberRecordsProcessed;
  const locators = new Set<string>();
  let rows = 0;
  let bytes = 0;
  let isMidLine = false;
  for (let locator: string | undefined; ;) {
    const query = locator === undefined ? '' : `?locator=${encodeURIComponent(locator)}`;
    const address = `${versionedPath(job)}/results${query}`;
    const page = await wholePage({ job, address, path: join(spool, 'page') }, tools);
    const from = locator === undefined ? 0 : page.headerBytes;
    if (isMidLine && page.rows > 0) await tools.write(Buffer.from('\n'));
    await copy(page.path, from, tools);
    rows += page.rows;
    bytes += page.bytes - from;
    ({ isMidLine } = page);
    if (page.next === undefined) break;
    // The page after this one is one that was there before: read on, it would never end.
    if (locators.has(page.next)) throw notWhole(job, `page ${locators.size + 2} was there before`);
    locators.add(page.next);
    locator = page.next;
  }
  if (rows !== expected) throw notWhole(job, `the job says ${expected} rows, and ${rows} came`);
  return { rows, bytes, expected };
}

/** Results are for the version of the API that made the job; any other gets a 409 (BULK_API §2). */
function versionedPath({ id, apiVersion }: AnyJob): string {
  const path = `/jobs/query/${id}`;
  return apiVersion === undefined ? path : `/services/data/v${apiVersion.toFixed(1)}${path}`;
}

type Asked = {
  readonly job: AnyJob;
  readonly address: string;
  readonly path: string;
  /** Rows by a counter that may lag: with fewer the page is read again, and then taken for what it is. */
  readonly expected?: number;
};

type Page = {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly headerBytes: number;
  readonly isMidLine: boolean;
  /** The locator of the page after it. */
  readonly next?: string;
};

/** The page on disk, whole. */
async function wholePage(asked: Asked, tools: ResultTools): Promise<Page> {
  for (let tries = 1; ; tries += 1) {
    const isLast = tries === MOST_TRIES;
    try {
      const { page, problem } = await fetchPage(asked, tools);
      if (problem !== undefined && isLast) throw notWhole(asked.job, problem);
      if (problem === undefined && (isLast || page.rows >= (asked.expected ?? 0))) return page;
    } catch (error) {
      if (isBulkError(error) && error.kind === 'gone')
        throw messages.createError('resultsExpired', [asked.job.id], [asked.job.id]);
      // A body that broke off; everything else that can pass was tried again by the transport.
      if (!isNetworkError(error) || (error as SfError).name !== 'BodyBroken' || isLast) throw error;
    }
    await tools.clock.sleep(FIRST_PAUSE_MS * 2 ** (tries - 1), tools.signal);
  }
}

async function fetchPage(
  { address, path }: Asked,
  { transport }: ResultTools
): Promise<{ page: Page; problem?: string }> {
  const headers = { accept: 'text/csv' };
  const answer = await transport.stream({ method: 'GET', path: address, headers, isRepeatable: true });
  const counter = new ResultRows();
  const file = await open(path, 'w', PRIVATE_FILE);
  let bytes = 0;
  try {
    for await (const chunk of answer.body) {
      counter.add(chunk);
      bytes += chunk.length;
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
  const locator = answer.headers['sforce-locator'];
  const page: Page = {
    path,
    rows: counter.rows,
    bytes,
    headerBytes: counter.headerBytes ?? bytes,
    isMidLine: !counter.endsWithLine,
    // The end is the word null, and not a missing header (BULK_API §2).
    next: locator === undefined || locator === 'null' || locator === '' ? undefined : locator
  };
  return { page, problem: problemOf(counter, answer.headers['sforce-numberofrecords']) };
}

function problemOf(counter: ResultRows, promised: string | undefined): string | undefined {
  if (counter.isBrokenOff) return 'it breaks off within quotes';
  if (promised === undefined || Number(promised) === counter.rows) return undefined;
  return `it should have ${promised} rows and has ${counter.rows}`;
}

async function copy(path: string, from: number, { write, signal }: ResultTools): Promise<void> {
  for await (const chunk of createReadStream(path, { start: from, highWaterMark: 256 * 1024 })) {
    signal.throwIfAborted();
    await write(chunk as Buffer);
  }
}

function notWhole({ id }: AnyJob, problem: string): SfError {
  return messages.createError('resultNotWhole', [id, problem], [id]);
}
