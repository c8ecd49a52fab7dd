import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileChunks } from '../input/chunks.js';

/** What a file of a run is, so that it can be told from another one later. */
export type FileFacts = { readonly name: string; readonly bytes: number; readonly sha256: string };

/** Reads the whole file: about a second for a gigabyte. @throws the file system's errors */
export async function fileFacts(path: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  for await (const chunk of fileChunks(path)) hash.update(chunk);
  return { name: basename(path), bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}
