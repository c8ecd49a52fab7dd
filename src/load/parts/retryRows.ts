import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../run/durably.js';
import { type PartNumber } from '../../run/loadEvents.js';

/** Why a row goes again. */
export type RetryReason = {
  /** What the org said of it. */
  readonly error: string;
  /** The record that has locked it, where the org has named one. */
  readonly lockedId?: string;
  /** It was in none of the results. */
  readonly mayHaveHappened?: boolean;
};

/** A row of a settled part that goes again: its place in that part. */
export type RetryRow = { readonly at: number; readonly reason: RetryReason };

/** Rows side by side with the number of their reason: reasons are few, and each is longer than all else that is filed of a row. */
type Filed = { readonly reasons: readonly RetryReason[]; readonly rows: readonly number[] };

/** Durable when it returns. */
export async function writeRetryRows(settledDir: string, part: PartNumber, rows: readonly RetryRow[]): Promise<void> {
  const reasons: RetryReason[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (reason: RetryReason): number => {
    const known = JSON.stringify(reason);
    const number = numbers.get(known) ?? reasons.push(reason) - 1;
    numbers.set(known, number);
    return number;
  };
  const filed: Filed = { reasons, rows: rows.flatMap(({ at, reason }) => [at, numberOf(reason)]) };
  await writeDurably(retryPath(settledDir, part), JSON.stringify(filed));
}

/** In the order of the part. Rows that share a reason have the very same one. */
export async function readRetryRows(settledDir: string, part: PartNumber): Promise<RetryRow[]> {
  const filed = JSON.parse(await readFile(retryPath(settledDir, part), 'utf8')) as Filed;
  const rows: RetryRow[] = [];
  for (let i = 0; i < filed.rows.length; i += 2) {
    const reason = filed.reasons[filed.rows[i + 1] ?? -1];
    if (!reason) throw new Error(`a row of part ${part} goes again for no reason`);
    rows.push({ at: filed.rows[i] ?? 0, reason });
  }
  return rows.sort((a, b) => a.at - b.at);
}

export async function removeRetryRows(settledDir: string, part: PartNumber): Promise<void> {
  await rm(retryPath(settledDir, part), { force: true });
}

function retryPath(settledDir: string, part: PartNumber): string {
  return join(settledDir, `${String(part).padStart(5, '0')}.retry.json`);
}
