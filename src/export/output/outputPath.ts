import { readdir, rm, stat, writeFile } from 'node:fs/promises';
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
  return join(dirname(path), `${stem}-${String(number).padStart(DIGITS, '0')}${ends}`);
}

const DIGITS = 5;

/** The number of a file among the numbered ones of a path; undefined for any other file. */
export function chunkNumber(path: string, file: string): number | undefined {
  const [, digits = ''] = /-(\d{5,})(?:\.[a-z]+)*$/i.exec(basename(file)) ?? [];
  const number = Number(digits);
  return number > 0 && chunkPath(path, number) === file ? number : undefined;
}

/** The numbered files that lie beside the first of them, with it. */
export async function numberedLike(first: string): Promise<string[]> {
  const path = first.replace(/-0*1(?=(?:\.[a-z]+)*$)/i, '');
  if (chunkNumber(path, first) !== 1) return [];
  return (await chunksThere(path).catch(() => [])).sort(); // without its folder the first is missing, too
}

/** Numbered files of a path that are there. */
async function chunksThere(path: string): Promise<string[]> {
  const directory = dirname(path);
  const names = await readdir(directory).catch((error: Error) => {
    throw unwritable({ file: path, flag: '--output-file' }, error);
  });
  return names.map((name) => join(directory, name)).filter((file) => chunkNumber(path, file) !== undefined);
}

/** Removes numbered files of an older output that has had more of them: beside those of this one they would pass for its rows. */
export async function removeHigherChunks({ path, chunkRows, mayOverwrite }: OutputAsked, last: number): Promise<void> {
  if (chunkRows === undefined || !mayOverwrite) return;
  for (const file of await chunksThere(path)) if ((chunkNumber(path, file) ?? 0) > last) await rm(file);
}

/** A name before and from its first known ending on. */
function splitName(name: string): [string, string] {
  const found = /(?:\.(?:csv|tsv|txt|json|ndjson|jsonl|parquet))?(?:\.gz)?$/i.exec(name);
  const at = found?.index ?? name.length;
  return [name.slice(0, at), name.slice(at)];
}

/**
 * Fails where the output can't be written, before any work is done.
 * @throws SfError `OutputExistsError`, `OutputNoFileError`, `OutputUnwritableError`
 */
export async function checkOutput({ path, chunkRows, mayOverwrite, manifest }: OutputAsked): Promise<void> {
  const isNumbered = chunkRows !== undefined;
  if (path !== '-') {
    const place: Place = { file: isNumbered ? chunkPath(path, 1) : path, flag: '--output-file' };
    const there = isNumbered ? await chunksThere(path) : [];
    for (const file of new Set([place.file, ...there])) await checkPlace({ ...place, file }, mayOverwrite);
    await checkWritable(place);
  }
  if (manifest === undefined) return;
  const place: Place = { file: manifest, flag: '--manifest' };
  await checkPlace(place, mayOverwrite);
  await checkWritable(place);
}

/** A file, and the flag that names it. */
type Place = { readonly file: string; readonly flag: '--output-file' | '--manifest' };

async function checkPlace({ file, flag }: Place, mayOverwrite: boolean): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unwritable({ file, flag }, error);
  });
  if (found && !found.isFile()) throw messages.createError('outputNoFile', [file], [flag]);
  if (found && !mayOverwrite) throw messages.createError('outputExists', [file], [flag]);
}

async function checkWritable(place: Place): Promise<void> {
  const beside = besidePath(place.file);
  try {
    await writeFile(beside, '', { mode: PRIVATE_FILE });
    await rm(beside);
  } catch (error) {
    throw unwritable(place, error as Error);
  }
}

function unwritable({ file, flag }: Place, { message }: Error): Error {
  return messages.createError('outputUnwritable', [file, message], [flag]);
}
