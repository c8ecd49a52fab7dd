import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { PRIVATE_FILE } from '../../run/durably.js';
import { type OutputFile } from '../../run/exportEvents.js';
import { type PageFile } from './assemble.js';
import { hashFile } from './fileHash.js';
import { type LayingOut, layoutOf } from './layout.js';
import { Numbered } from './numbered.js';
import { besidePath } from './outputFile.js';
import { chunkPath } from './outputPath.js';
import { type ParquetFile } from './parquet.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** Parquet is made file by file from CSV: from the pages as they lie there, or, in numbered files, from pieces of so many rows. */
export async function writeTyped(
  pages: readonly PageFile[],
  { header, names, writing }: LayingOut
): Promise<OutputFile[]> {
  const { run, columns, signal } = writing;
  const { writeParquet } = await import('./parquet.js');
  const directory = join(run.directory, 'parquet');
  const targets = await typedTargets(pages, { header, names, writing });
  for (const { path } of targets) await writeFile(besidePath(path), '', { mode: PRIVATE_FILE });
  const { rows, warnings } = await writeParquet(
    { delimiter: run.asked.delimiter, names, columns, directory, signal },
    targets.map((target) => ({ ...target, path: besidePath(target.path) })),
    (written) => run.show({ type: 'writing', rows: written })
  );
  for (const message of warnings.filter((one) => !run.state.warnings.includes(one)))
    await run.emit({ type: 'warning', message });
  const files: OutputFile[] = [];
  for (const [index, { path, rows: expected }] of targets.entries()) {
    if (rows[index] !== expected)
      throw messages.createError('rowsDontAddUp', [path, `${rows[index]} instead of ${expected}`]);
    await syncFile(besidePath(path));
    files.push({ path, rows: expected, ...(await hashFile(besidePath(path))) });
  }
  return files;
}

async function typedTargets(
  pages: readonly PageFile[],
  { header, names, writing }: LayingOut
): Promise<readonly ParquetFile[]> {
  const { run, output } = writing;
  if (output.chunkRows === undefined && !writing.known) {
    const csvs = pages.filter(({ headerBytes }) => headerBytes > 0).map(({ path }) => path);
    return [{ path: output.path, csvs, rows: pages.reduce((sum, { rows }) => sum + rows, 0) }];
  }
  const pieces = { ...output, format: 'csv' as const, path: join(run.pagesDir, 'piece.csv') };
  const numbered = new Numbered(layoutOf('csv', { header, names, writing }), { ...writing, output: pieces });
  return (await numbered.write(pages, names.length)).map(({ path, rows }, index) => ({
    path: output.chunkRows === undefined ? output.path : chunkPath(output.path, index + 1),
    csvs: [besidePath(path)],
    rows
  }));
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
