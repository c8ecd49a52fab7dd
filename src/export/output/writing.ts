import { rm } from 'node:fs/promises';
import { type ExportColumn, type OutputAsked } from '../asked.js';
import { type ExportRun } from '../exportRun.js';
import { type KnownRows } from '../query/since.js';
import { besidePath, fileSink, OutputWriter, type Sink } from './outputFile.js';

export type Writing = {
  readonly run: ExportRun;
  readonly output: OutputAsked;
  readonly columns?: readonly ExportColumn[];
  /** Where output for `-` goes. */
  readonly stdout: Sink;
  readonly signal: AbortSignal;
  /** Rows that are left out. */
  readonly known?: KnownRows;
  /** Whether the pages are read once more afterwards. */
  readonly keepsPages: boolean;
};

export async function openWriter(path: string, { output, stdout }: Writing): Promise<OutputWriter> {
  if (path === '-') return new OutputWriter(path, stdout, output.isPacked);
  // What an earlier try left would be another file of the same name on a file system that knows links.
  await rm(besidePath(path), { force: true });
  return new OutputWriter(path, await fileSink(besidePath(path)), output.isPacked);
}
