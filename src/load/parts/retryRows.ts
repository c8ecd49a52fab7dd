import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { free } from '../../input/freed.js';
import { type PartNumber } from '../../run/loadEvents.js';
import { FileWriter } from './fileWriter.js';
import { partName } from './partFile.js';
import { bytesOf, Uint32List } from './uint32List.js';

/** Why a row goes again. */
export type RetryReason = {
  /** What the org said of it. */
  readonly error: string;
  /** The record that has locked it, where the org has named one. */
  readonly lockedId?: string;
  /** It was in none of the results. */
  readonly mayHaveHappened?: boolean;
};

/**
 * Rows of a part that go again, as they are gathered: 8 bytes a row, since these may be all rows of a job that has failed. Their file has a line of
 * JSON with each reason once, as it is longer than all else of a row, and then for each row its place in the part and the number of its reason as
 * little-endian 32-bit numbers.
 */
export class RetryRows {
  private readonly reasons: RetryReason[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly rows = new Uint32List();

  public get count(): number {
    return this.rows.length / 2;
  }

  /** @param at the place of the row in the part */
  public add(at: number, reason: RetryReason): void {
    const key = `${reason.mayHaveHappened ? '?' : ''}${reason.lockedId ?? ''}:${reason.error}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.reasons.push(reason) - 1;
      this.numbers.set(key, number);
    }
    this.rows.push(at);
    this.rows.push(number);
  }

  /** Durable when it returns; gives the memory back. */
  public async write(settledDir: string, part: PartNumber): Promise<void> {
    const file = await FileWriter.create(retryPath(settledDir, part));
    await file.append(Buffer.from(`${JSON.stringify(this.reasons)}\n`));
    for (const piece of this.rows.pieces()) await file.append(bytesOf(piece));
    await file.close();
    this.rows.close();
  }
}

/** Rows that go again in the order of their part: the place of each in it, and why; those that share a reason have the very same one. */
export type FiledRetries = { readonly places: Uint32Array; readonly reasons: readonly RetryReason[] };

export async function readRetryRows(settledDir: string, part: PartNumber): Promise<FiledRetries> {
  const bytes = await readFile(retryPath(settledDir, part));
  const end = bytes.indexOf('\n') + 1;
  const reasons = JSON.parse(bytes.toString('utf8', 0, end)) as readonly RetryReason[];
  const rows = new Uint32Array((bytes.length - end) / Uint32Array.BYTES_PER_ELEMENT);
  bytes.copy(bytesOf(rows), 0, end);
  free(bytes);
  const placeOf = (i: number): number => rows[i * 2] ?? 0;
  const reasonOf = (i: number): RetryReason => {
    const reason = reasons[rows[i * 2 + 1] ?? -1];
    if (!reason) throw new Error(`a row of part ${part} goes again for no reason`);
    return reason;
  };
  const order = new Uint32Array(rows.length / 2).map((_, i) => i).sort((a, b) => placeOf(a) - placeOf(b));
  const found = { places: order.map(placeOf), reasons: Array.from(order, reasonOf) };
  for (const memory of [rows, order]) free(memory);
  return found;
}

export async function removeRetryRows(settledDir: string, part: PartNumber): Promise<void> {
  await rm(retryPath(settledDir, part), { force: true });
}

function retryPath(settledDir: string, part: PartNumber): string {
  return join(settledDir, `${partName(part)}.retry`);
}
