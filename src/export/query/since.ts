import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileChunks } from '../../input/chunks.js';
import { type RecordBatch } from '../../input/recordBatch.js';
import { scanRecords } from '../../input/records.js';
import { writeDurably } from '../../run/durably.js';
import { pageFiles, rowBytes } from '../output/assemble.js';
import { type SinceAsked } from '../asked.js';
import { type RunRecord } from '../../run/run.js';
import { type ExportRun } from '../exportRun.js';
import { RowMarks } from './rowMarks.js';
import { readWatermark, writeWatermark } from './watermark.js';

/**
 * A transaction may be committed minutes after the time that its records bear; so the next export begins this much below the watermark, and
 * leaves out what it finds there unchanged. An Apex transaction runs for 10 minutes at most.
 */
export const MARGIN_MS = 10 * 60_000;

/** What tells exports that are the same one from others; not the file, which may bear a date. */
export type Identity = {
  readonly orgId: string;
  readonly soql: string;
  readonly operation: string;
  readonly field: string;
  /** Given by the user, where several exports have all else in common. */
  readonly name?: string;
};

/** Where the watermark of an export is kept. */
export function watermarkKey({ orgId, soql, operation, field, name }: Identity): string {
  const text = JSON.stringify([orgId.slice(0, 15), soql, operation, field, ...(name === undefined ? [] : [name])]);
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** The condition of a delta: from the margin below the watermark on. */
export function sinceCondition({ field, watermark }: { readonly field: string; readonly watermark: string }): string {
  return `${field} >= ${new Date(Date.parse(watermark) - MARGIN_MS).toISOString().slice(0, 19)}Z`;
}

/** Keeps for the run which rows it will meet again: the watermark itself may move on before it ends. */
export async function keepRecent(directory: string, key: string): Promise<void> {
  await writeDurably(join(directory, RECENT), (await readWatermark(key))?.recent() ?? '');
}

const RECENT = 'recent.marks';

/** Says of rows whether the last run has exported them just so. */
export class KnownRows {
  private constructor(private readonly marks: RowMarks) {}

  /** What `keepRecent` has kept for the run. */
  public static async read(directory: string): Promise<KnownRows> {
    const path = join(directory, RECENT);
    const { size } = await stat(path);
    return new KnownRows(await RowMarks.of(fileChunks(path), RowMarks.rowsIn(size)));
  }

  public has(batch: RecordBatch, row: number): boolean {
    return this.marks.has(wholeRow(batch, row));
  }
}

/** Keeps how far the export has come, for the next run of it; an older run never sets a newer one back. */
export async function keepWatermark(
  run: ExportRun,
  since: SinceAsked,
  names: readonly string[],
  { runId, startedAt }: Pick<RunRecord, 'runId' | 'startedAt'>
): Promise<void> {
  const before = await readWatermark(since.key);
  const highest = await highestStamp(run, names, since.field);
  const watermark = later(since.from, highest === undefined ? undefined : notAfter(startedAt, highest));
  if (watermark === undefined) return; // nothing was ever exported
  if (before && before.runId !== runId && Date.parse(before.watermark) > Date.parse(watermark)) return;
  const recent = rowsFrom(run, names, { field: since.field, fromMs: Date.parse(watermark) - MARGIN_MS });
  await writeWatermark(since.key, { watermark, runId }, recent);
}

/**
 * A watermark never goes back: where the record that it came from was deleted, or this machine's clock was set back, the rows of the margin
 * below it are still met, and must be known.
 */
function later(before: string | undefined, now: string | undefined): string | undefined {
  if (before === undefined || now === undefined) return before ?? now;
  return Date.parse(now) > Date.parse(before) ? now : before;
}

/**
 * A field of one's own may hold a time to come, behind which no change would ever be found. What lies after the start is met again and is
 * known by its mark.
 */
function notAfter(startedAt: string, stamp: string): string {
  return Date.parse(stamp) > Date.parse(startedAt) ? startedAt : stamp;
}

/**
 * What a row is known again by: all of it, as the org wrote it. Its time alone, in whole seconds, would pass off a record that was changed
 * once more within the second as the one that was exported.
 */
function wholeRow(batch: RecordBatch, row: number): string {
  return batch.record(row).toString('latin1');
}

function placeOf(field: string, names: readonly string[]): number {
  return names.findIndex((name) => name.toLowerCase() === field.toLowerCase());
}

async function highestStamp(run: ExportRun, names: readonly string[], field: string): Promise<string | undefined> {
  const stamp = placeOf(field, names);
  let highest: string | undefined;
  for await (const batch of allRows(run, names.length))
    for (let row = 0; row < batch.count; row += 1) {
      const value = batch.field(row, stamp);
      // The org writes all of them in one form, whose order as text is that of time.
      if (value !== '' && (highest === undefined || value > highest)) highest = value;
    }
  return highest;
}

async function* rowsFrom(
  run: ExportRun,
  names: readonly string[],
  { field, fromMs }: { readonly field: string; readonly fromMs: number }
): AsyncGenerator<string> {
  const stamp = placeOf(field, names);
  const from = new Date(fromMs).toISOString();
  for await (const batch of allRows(run, names.length))
    for (let row = 0; row < batch.count; row += 1) if (batch.field(row, stamp) >= from) yield wholeRow(batch, row);
}

async function* allRows(run: ExportRun, columns: number): AsyncGenerator<RecordBatch> {
  const { delimiter } = run.asked;
  for (const page of pageFiles(run)) yield* scanRecords(rowBytes(page, run.asked), { delimiter, columns });
}
