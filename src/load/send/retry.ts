import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type PartNumber } from '../../run/loadEvents.js';
import { writeDurably } from '../../run/durably.js';
import { type NewPartRow, partPaths, PartWriter } from '../parts/partFile.js';
import { eachRow } from '../parts/partRows.js';

/** A row of a settled part that goes again: its place in that part, its number in the input, and what the org said of it. */
export type RetryRow = {
  readonly at: number;
  readonly number: number;
  readonly error: string;
  readonly lockedId?: string;
  /** It was in none of the results. */
  readonly mayHaveHappened?: boolean;
};

/**
 * Rows of a first retry go in jobs of one internal batch each, side by side; later ones in small jobs one after another, where nothing
 * of ours can be in their way (BULK_API §5: fewer concurrent jobs, fewer rows).
 */
export const ROWS_OF_A_RETRY = { first: 10_000, later: 2000 } as const;

/** Of a first pause where nothing is known of the org: row locks of other users last seconds at most, and each wave doubles the wait. */
const USUAL_PAUSE_MS = 200;
const FIRST_PAUSE = { leastMs: 100, mostMs: 2000 } as const;
const LONGEST_PAUSE_MS = 60_000;

/**
 * How long to wait before a wave of retries, doubled for each, with jitter between half and all of it, so that two loads do not meet again.
 * @param firstMs of the first wave, before jitter
 */
export function retryPauseMs(attempt: number, random: () => number, firstMs: number = USUAL_PAUSE_MS): number {
  const pauseMs = Math.min(firstMs * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  return Math.round(pauseMs * (0.5 + random() / 2));
}

/**
 * A first pause that suits the org: as long as a small retry job takes there. A row is locked by a transaction much like our own ones, of this load or of
 * another, and where those take long it is locked for long.
 * @param rowMs what the org takes for a row, where that is known
 */
export function firstPauseMs(rowMs: number | undefined): number {
  if (rowMs === undefined) return USUAL_PAUSE_MS;
  return Math.min(Math.max(rowMs * ROWS_OF_A_RETRY.later, FIRST_PAUSE.leastMs), FIRST_PAUSE.mostMs);
}

export async function writeRetryRows(settledDir: string, part: PartNumber, rows: readonly RetryRow[]): Promise<void> {
  await writeDurably(retryPath(settledDir, part), JSON.stringify(rows));
}

export async function readRetryRows(settledDir: string, part: PartNumber): Promise<RetryRow[]> {
  return JSON.parse(await readFile(retryPath(settledDir, part), 'utf8')) as RetryRow[];
}

export async function removeRetryRows(settledDir: string, part: PartNumber): Promise<void> {
  await rm(retryPath(settledDir, part), { force: true });
}

export type RetryParts = ReadonlyArray<{
  readonly part: PartNumber;
  readonly rows: number;
  readonly bytes: number;
  readonly mayHaveHappened?: boolean;
}>;

export type RetryPlace = {
  readonly partsDir: string;
  readonly settledDir: string;
  readonly sentHeader: Buffer;
};

/**
 * Lays the rows of settled parts that go again into new parts, those that met the same locked record next to each other in the same
 * part, so that they stop fighting each other. Changes nothing but the new parts' files, which are durable when it returns: after a
 * crash before the plan is journaled it is simply done again.
 * @param from settled parts with rows to retry
 * @param firstNew number of the first new part
 */
export async function layRetryParts(
  from: readonly PartNumber[],
  firstNew: PartNumber,
  attempt: number,
  place: RetryPlace
): Promise<RetryParts> {
  const rows: LockedRow[] = [];
  for (const part of from) for (const row of await rowsToRetry(part, place)) rows.push(row);
  const parts: Array<RetryParts[number]> = [];
  // Rows that may have happened go apart: what the org says of them is read otherwise.
  for (const mayHaveHappened of [false, true]) {
    const group = rows.filter((row) => row.mayHaveHappened === mayHaveHappened);
    for (const part of await layGroup(group, firstNew + parts.length, attempt, place))
      parts.push(mayHaveHappened ? { ...part, mayHaveHappened } : part);
  }
  return parts;
}

async function layGroup(
  rows: LockedRow[],
  firstNew: PartNumber,
  attempt: number,
  place: RetryPlace
): Promise<Array<RetryParts[number]>> {
  rows.sort((a, b) => (a.lockedId < b.lockedId ? -1 : a.lockedId > b.lockedId ? 1 : a.number - b.number));
  const limit = attempt === 1 ? ROWS_OF_A_RETRY.first : ROWS_OF_A_RETRY.later;
  const parts: Array<RetryParts[number]> = [];
  for (let start = 0; start < rows.length;) {
    const end = endOfPart(rows, start, limit);
    const part = firstNew + parts.length;
    parts.push({ part, ...(await writePart(part, rows.slice(start, end), place)) });
    start = end;
  }
  return parts;
}

/** Where a part that begins at `start` ends: full, but never between two rows that wait for the same record unless these alone overfill it. */
function endOfPart(rows: ReadonlyArray<{ lockedId: string }>, start: number, limit: number): number {
  const full = Math.min(start + limit, rows.length);
  if (full === rows.length) return full;
  const lockedId = rows[full]?.lockedId;
  if (!lockedId) return full;
  let end = full;
  while (end > start && rows[end - 1]?.lockedId === lockedId) end -= 1;
  return end > start ? end : full;
}

type LockedRow = NewPartRow & { readonly lockedId: string; readonly mayHaveHappened: boolean };

async function rowsToRetry(part: PartNumber, place: RetryPlace): Promise<LockedRow[]> {
  const wanted = new Map((await readRetryRows(place.settledDir, part)).map((row) => [row.at, row]));
  const rows: LockedRow[] = [];
  await eachRow(partPaths(place.partsDir, part), ({ at, number, sent, input }) => {
    const retry = wanted.get(at);
    if (!retry) return;
    const own = input === sent ? undefined : Buffer.from(input.buffer);
    const { lockedId = '', mayHaveHappened = false } = retry;
    rows.push({ number, sent: Buffer.from(sent.buffer), input: own, lockedId, mayHaveHappened });
  });
  return rows;
}

async function writePart(
  part: PartNumber,
  rows: readonly NewPartRow[],
  place: RetryPlace
): Promise<{ rows: number; bytes: number }> {
  const writer = await PartWriter.create(partPaths(place.partsDir, part), place.sentHeader);
  try {
    for (const row of rows) await writer.append(row);
    return await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function retryPath(settledDir: string, part: PartNumber): string {
  return join(settledDir, `${String(part).padStart(5, '0')}.retry.json`);
}
