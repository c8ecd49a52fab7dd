import { access, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Messages } from '@salesforce/core';
import { PRIVATE_FILE } from '../../run/durably.js';
import { type OutputAsked } from '../asked.js';
import { besidePath } from './outputFile.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** The path of one of several numbered files: `tx.csv.gz` becomes `tx-00001.csv.gz`. */
export function chunkPath(path: string, number: number): string {
  const name = basename(path);
  const [stem = '', ends = ''] = splitName(name);
  return join(dirname(path), `${stem}-${String(number).padStart(5, '0')}${ends}`);
}

/** A name before and from its first known ending on. */
function splitName(name: string): [string, string] {
  const found = /(?:\.(?:csv|tsv|txt|json|ndjson|jsonl|parquet))?(?:\.gz)?$/i.exec(name);
  const at = found?.index ?? name.length;
  return [name.slice(0, at), name.slice(at)];
}

/**
 * Fails where the output can't be written, before any work is done.
 * @throws SfError `OutputExistsError`, `OutputUnwritableError`
 */
export async function checkOutput({ path, chunkRows, mayOverwrite, manifest }: OutputAsked): Promise<void> {
  if (path === '-') return;
  const first = chunkRows === undefined ? path : chunkPath(path, 1);
  for (const file of [first, ...(manifest === undefined ? [] : [manifest])]) {
    if (!mayOverwrite && (await exists(file))) throw messages.createError('outputExists', [file]);
    const beside = besidePath(file);
    try {
      await writeFile(beside, '', { mode: PRIVATE_FILE });
      await rm(beside);
    } catch (error) {
      throw messages.createError('outputUnwritable', [file, (error as Error).message]);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw messages.createError('outputUnwritable', [path, error.message]);
    }
  );
}
