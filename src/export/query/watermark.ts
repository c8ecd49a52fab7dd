import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Global, Messages } from '@salesforce/core';
import { z } from 'zod';
import { PRIVATE_DIRECTORY, writeDurably } from '../../run/durably.js';
import { markBytes } from './rowMarks.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** The first line of the file; what follows are the marks of the rows that lie within the margin below the watermark. */
const headSchema = z.object({
  version: z.literal([2, 3]),
  /** The highest value of the field that was exported, as the org wrote it. */
  watermark: z.string(),
  runId: z.string()
});

/** Version 2 had marks of Id and time alone. Without marks, what lies within the margin comes once more. */
const VERSION = 3;

/** Before, the whole file was one JSON, with the rows in plain. */
const version1Schema = headSchema.extend({ version: z.literal(1) });

/** Up to where an export has come, and which rows a later one will meet again. */
export type Watermark = {
  readonly watermark: string;
  readonly runId: string;
  /** Marks of rows, to be read once. */
  readonly recent: () => AsyncIterable<Buffer>;
};

const MOST_HEAD_BYTES = 4096;
const LF = 0x0a;

/**
 * The watermark that is kept under a key; undefined when there is none.
 * @throws SfError `WatermarkStrangeError`
 */
export async function readWatermark(key: string): Promise<Watermark | undefined> {
  const path = watermarkPath(key);
  const head = await firstLine(path);
  if (head === undefined) return readVersion1(key);
  const { version, watermark, runId } = parsed(head.text, headSchema, path);
  const recent = (): AsyncIterable<Buffer> => createReadStream(path, { start: head.bytes });
  return { watermark, runId, recent: version === VERSION ? recent : noMarks };
}

/** Replaces what is kept under the key in one step. */
export async function writeWatermark(
  key: string,
  { watermark, runId }: Pick<Watermark, 'watermark' | 'runId'>,
  rows: AsyncIterable<string>
): Promise<void> {
  await mkdir(watermarkDir(), { recursive: true, mode: PRIVATE_DIRECTORY });
  const head = JSON.stringify({ version: VERSION, watermark, runId } satisfies z.infer<typeof headSchema>);
  await writeDurably(watermarkPath(key), headed(`${head}\n`, markBytes(rows)));
  await rm(version1Path(key), { force: true });
}

async function* headed(head: string, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(head);
  yield* rest;
}

async function firstLine(path: string): Promise<{ readonly text: string; readonly bytes: number } | undefined> {
  const file = await open(path, 'r').catch(absent);
  if (!file) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_HEAD_BYTES), 0, MOST_HEAD_BYTES, 0);
    const end = buffer.subarray(0, bytesRead).indexOf(LF);
    return { text: buffer.toString('utf8', 0, Math.max(end, 0)), bytes: end + 1 };
  } finally {
    await file.close();
  }
}

async function readVersion1(key: string): Promise<Watermark | undefined> {
  const path = version1Path(key);
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) return undefined;
  const { watermark, runId } = parsed(text, version1Schema, path);
  return { watermark, runId, recent: noMarks };
}

function noMarks(): AsyncIterable<Buffer> {
  return Readable.from([]);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function parsed<T>(text: string, schema: z.ZodType<T>, path: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw messages.createError('watermarkStrange', [path], [path]);
  }
}

function watermarkPath(key: string): string {
  return join(watermarkDir(), `${key}.watermark`);
}

function version1Path(key: string): string {
  return join(watermarkDir(), `${key}.json`);
}

function watermarkDir(): string {
  return join(homedir(), Global.SF_STATE_FOLDER, 'bulkops', 'watermarks');
}
