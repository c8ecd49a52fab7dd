import { free } from '../../input/freed.js';
import { type PartNumber } from '../../run/loadEvents.js';
import { partPaths, PartWriter } from '../parts/partFile.js';
import { onItsWay } from '../parts/partRows.js';
import { readRetryRows, type RetryReason } from '../parts/retryRows.js';
import { RowPlaces } from '../parts/rowPlaces.js';

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
  const rows = await WaitingRows.of(from, place);
  const parts: Array<RetryParts[number]> = [];
  try {
    const limit = attempt === 1 ? ROWS_OF_A_RETRY.first : ROWS_OF_A_RETRY.later;
    for (const some of rows.cut(limit)) {
      const part = firstNew + parts.length;
      const size = await writePart(part, rows.places, some, place);
      parts.push({ part, ...size, ...(rows.mayHaveHappened(some[0] ?? 0) && { mayHaveHappened: true }) });
    }
    return parts;
  } finally {
    rows.places.close();
  }
}

/** Rows that go again. In memory is what they are ordered by, and not the rows. */
class WaitingRows {
  public readonly places = new RowPlaces();
  private readonly reasons: RetryReason[] = [];

  public static async of(parts: readonly PartNumber[], { partsDir, settledDir }: RetryPlace): Promise<WaitingRows> {
    const rows = new WaitingRows();
    for (const part of parts) {
      const { places, reasons } = await readRetryRows(settledDir, part);
      await rows.places.add(partPaths(partsDir, part), places);
      free(places);
      for (const reason of reasons) rows.reasons.push(reason);
    }
    return rows;
  }

  public mayHaveHappened(row: number): boolean {
    return this.reasons[row]?.mayHaveHappened === true;
  }

  /** The rows of each new part: those that may have happened apart, as what the org says of them is read otherwise; those of one lock together. */
  public *cut(limit: number): Generator<Uint32Array> {
    const order = Uint32Array.from(this.reasons.keys()).sort((a, b) => this.compare(a, b));
    const found = order.findIndex((row) => this.mayHaveHappened(row));
    const firstInDoubt = found < 0 ? order.length : found;
    for (const group of [order.subarray(0, firstInDoubt), order.subarray(firstInDoubt)])
      for (let start = 0; start < group.length;) {
        const end = this.endOfPart(group, start, limit);
        yield group.subarray(start, end);
        start = end;
      }
  }

  private compare(a: number, b: number): number {
    const doubt = Number(this.mayHaveHappened(a)) - Number(this.mayHaveHappened(b));
    if (doubt !== 0) return doubt;
    const [idOfA, idOfB] = [this.lockedId(a), this.lockedId(b)];
    return idOfA < idOfB ? -1 : idOfA > idOfB ? 1 : this.places.numberOf(a) - this.places.numberOf(b);
  }

  /** Of the record that has locked a row; the empty string where that is not known. */
  private lockedId(row: number): string {
    return this.reasons[row]?.lockedId ?? '';
  }

  /** Where a part that begins at `start` ends: full, but never between two rows that wait for the same record unless these alone overfill it. */
  private endOfPart(rows: Uint32Array, start: number, limit: number): number {
    const full = Math.min(start + limit, rows.length);
    const lockedId = this.lockedId(rows[full] ?? -1);
    if (full === rows.length || lockedId === '') return full;
    let end = full;
    while (end > start && this.lockedId(rows[end - 1] ?? -1) === lockedId) end -= 1;
    return end > start ? end : full;
  }
}

async function writePart(
  part: PartNumber,
  places: RowPlaces,
  rows: Uint32Array,
  { partsDir, sentHeader }: RetryPlace
): Promise<{ rows: number; bytes: number }> {
  const writer = await PartWriter.create(partPaths(partsDir, part), sentHeader);
  try {
    await places.each(rows, (row) => writer.append(onItsWay(row)));
    return await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
