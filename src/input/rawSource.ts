import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Messages, SfError } from '@salesforce/core';
import { fileChunks, firstBytes, rejoin } from './chunks.js';
import { unpacked } from './unpacked.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

/** Stands for standard input where a path is given. */
export const STDIN = '-';

/** How messages name a source. */
export function sourceName(path: string): string {
  return path === STDIN ? 'standard input' : path;
}

/** Whether a source is gone once it was read: standard input, or a pipe such as the shell makes of `<(…)`. */
export async function isReadOnce(path: string): Promise<boolean> {
  return path === STDIN || !(await stat(path)).isFile();
}

/** Bytes of a source as they lie on disk; undefined where that can't be known (standard input, a pipe) or says little (gzip). */
export async function sourceBytes(path: string): Promise<number | undefined> {
  if ((await isReadOnce(path)) || (await isPackedFile(path))) return undefined;
  return (await stat(path)).size;
}

/**
 * The bytes of a source, unpacked where they begin as gzip does, whatever the name.
 * @throws SfError `NotGzipError`, also for a name in .gz that is none; `FileUnreadableError`
 */
export async function* rawChunks(path: string): AsyncGenerator<Buffer> {
  try {
    if (await isReadOnce(path)) yield* streamed(path);
    else if (await isPackedFile(path)) yield* unpackedChunks(createReadStream(path), path);
    else yield* fileChunks(path);
  } catch (error) {
    if (error instanceof SfError) throw error;
    throw messages.createError('fileUnreadable', [sourceName(path), (error as Error).message]);
  }
}

/** What can be read but once is told by its first bytes while it is read. */
async function* streamed(path: string): AsyncGenerator<Buffer> {
  const stream = path === STDIN ? process.stdin : createReadStream(path);
  const chunks = stream[Symbol.asyncIterator]() as AsyncGenerator<Buffer>;
  const head = await firstBytes(chunks, GZIP.length);
  const all = rejoin(head, chunks);
  if (head.subarray(0, GZIP.length).equals(GZIP)) yield* unpackedChunks(Readable.from(all), path);
  else yield* all;
}

async function* unpackedChunks(packed: Readable, path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of unpacked(packed)) yield chunk as Buffer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR')
      throw messages.createError('notGzip', [sourceName(path), messages.getMessage('gzip.cutShort')]);
    if (code?.startsWith('Z_'))
      throw messages.createError('notGzip', [sourceName(path), messages.getMessage('gzip.damaged')]);
    throw error;
  } finally {
    packed.destroy();
  }
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/** By its name too: one that is none is said to be none. */
async function isPackedFile(path: string): Promise<boolean> {
  if (path.toLowerCase().endsWith('.gz')) return true;
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(GZIP.length);
    await file.read(head, 0, head.length, 0);
    return head.equals(GZIP);
  } finally {
    await file.close();
  }
}
