import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Global, Messages } from '@salesforce/core';
import { z } from 'zod';
import { type RecordBatch, scanRecords } from '../input/records.js';
import { PRIVATE_DIRECTORY, writeDurably } from '../run/durably.js';
import { pageFiles, rowBytes } from './assemble.js';
import { type SinceAsked } from './asked.js';
import { type ExportRun } from './exportRun.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

const watermarkSchema = z.object({
  version: z.literal(1),
  /** The highest value of the field that was exported, as the org wrote it. */
  watermark: z.string(),
  runId: z.string(),
  /** What lies within the margin below the watermark: Id and value of each row, with a space between. */
  recent: z.array(z.string())
});

/** Up to where an export has come, and which rows a later one will meet again. */
export type Watermark = Readonly<z.infer<typeof watermarkSchema>>;

/**
 * A transaction may be committed minutes after the time that its records bear; so the next export begins this much below the watermark, and
 * leaves out what it finds there unchanged. An Apex transaction runs for 10 minutes at most.
 */
export const MARGIN_MS = 10 * 60_000;

/** Tells exports that are the same one from others: the org, the query and the field. */
export function watermarkKey(orgId: string, soql: string, operation: string, field: string): string {
  const text = JSON.stringify([orgId.slice(0, 15), soql, operation, field]);
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/**
 * The watermark of the last completed run of the same export; undefined for the first one.
 * @throws SfError `WatermarkStrangeError`
 */
export async function readWatermark(key: string): Promise<Watermark | undefined> {
  const path = watermarkPath(key);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return watermarkSchema.parse(JSON.parse(text));
  } catch {
    throw messages.createError('watermarkStrange', [path], [path]);
  }
}

/** Keeps for the run which rows it will meet again: the watermark itself may move on before it ends. */
export async function keepRecent(directory: string, recent: readonly string[]): Promise<void> {
  await writeDurably(join(directory, RECENT), JSON.stringify(recent));
}

/** What `keepRecent` has kept; nothing for a first run. */
export async function readRecent(directory: string): Promise<string[]> {
  const text = await readFile(join(directory, RECENT), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  return z.array(z.string()).parse(JSON.parse(text));
}

const RECENT = 'recent.json';

/** The condition of a delta: from the margin below the watermark on. */
export function sinceCondition({ field, watermark }: { readonly field: string; readonly watermark: string }): string {
  return `${field} >= ${new Date(Date.parse(watermark) - MARGIN_MS).toISOString().slice(0, 19)}Z`;
}

/** Says of rows whether the last run has exported them just so. */
export class KnownRows {
  private readonly known: ReadonlySet<string>;
  private readonly places: Places;

  public constructor(recent: readonly string[], names: readonly string[], field: string) {
    this.known = new Set(recent);
    this.places = placesOf(names, field);
  }

  public has(batch: RecordBatch, row: number): boolean {
    return this.known.has(keyOf(batch, row, this.places));
  }
}

/** Keeps how far the export has come, for the next run of it; an older run never sets a newer one back. */
export async function keepWatermark(
  run: ExportRun,
  since: SinceAsked,
  names: readonly string[],
  runId: string
): Promise<void> {
  const before = await readWatermark(since.key);
  const highest = await highestStamp(run, names, since.field);
  const watermark = highest ?? since.from;
  if (watermark === undefined) return; // nothing was ever exported
  if (before && before.runId !== runId && Date.parse(before.watermark) > Date.parse(watermark)) return;
  const recent = await rowsFrom(run, names, { field: since.field, fromMs: Date.parse(watermark) - MARGIN_MS });
  await mkdir(watermarkDir(), { recursive: true, mode: PRIVATE_DIRECTORY });
  const text = JSON.stringify({ version: 1, watermark, runId, recent } satisfies Watermark);
  await writeDurably(watermarkPath(since.key), text);
}

type Places = { readonly id: number; readonly stamp: number };

function placesOf(names: readonly string[], field: string): Places {
  const place = (name: string): number => names.findIndex((one) => one.toLowerCase() === name.toLowerCase());
  return { id: place('Id'), stamp: place(field) };
}

function keyOf(batch: RecordBatch, row: number, { id, stamp }: Places): string {
  return `${batch.field(row, id)} ${batch.field(row, stamp)}`;
}

async function highestStamp(run: ExportRun, names: readonly string[], field: string): Promise<string | undefined> {
  const { stamp } = placesOf(names, field);
  let highest: string | undefined;
  for await (const batch of allRows(run, names.length))
    for (let row = 0; row < batch.count; row += 1) {
      const value = batch.field(row, stamp);
      // The org writes all of them in one form, whose order as text is that of time.
      if (value !== '' && (highest === undefined || value > highest)) highest = value;
    }
  return highest;
}

async function rowsFrom(
  run: ExportRun,
  names: readonly string[],
  { field, fromMs }: { readonly field: string; readonly fromMs: number }
): Promise<string[]> {
  const places = placesOf(names, field);
  const from = new Date(fromMs).toISOString();
  const rows: string[] = [];
  for await (const batch of allRows(run, names.length))
    for (let row = 0; row < batch.count; row += 1)
      if (batch.field(row, places.stamp) >= from) rows.push(keyOf(batch, row, places));
  return rows;
}

async function* allRows(run: ExportRun, columns: number): AsyncGenerator<RecordBatch> {
  const { delimiter } = run.asked;
  for (const page of pageFiles(run)) yield* scanRecords(rowBytes(page, run.asked), { delimiter, columns });
}

function watermarkPath(key: string): string {
  return join(watermarkDir(), `${key}.json`);
}

function watermarkDir(): string {
  return join(homedir(), Global.SF_STATE_FOLDER, 'bulkops', 'watermarks');
}
