import { type OutputFile } from '../../run/exportEvents.js';
import { headerLine, pageFiles, type PageFile, rowBytes } from './assemble.js';
import { headerNames } from '../pages/header.js';
import { layoutOf } from './layout.js';
import { layPages } from './layPages.js';
import { Numbered } from './numbered.js';
import { writeTyped } from './writeTyped.js';
import { openWriter, type Writing } from './writing.js';

/**
 * Lays the pages in order into the output: one file or numbered ones, under passing names.
 * @returns the files, whole and on disk
 * @throws SfError `RowsDontAddUpError`; the file system's errors; the signal's reason
 */
export async function writeOutput(writing: Writing): Promise<OutputFile[]> {
  const { run, output } = writing;
  const pages = pageFiles(run);
  const header = await headerLine(pages, run);
  if (output.format === 'csv' && output.chunkRows === undefined && !writing.known)
    return [await (mayLay(writing) ? layPages : writeRaw)(pages, header, writing)];
  const names = headerNames(header, run.asked.delimiter);
  if (output.format === 'parquet') return writeTyped(pages, { header, names, writing });
  const layout = layoutOf(output.format, { header, names, writing });
  return new Numbered(layout, writing).write(pages, names.length);
}

/** Whether an output that was broken off can be gone on with: a stream and a gzip file can't. */
function mayLay({ output, keepsPages }: Pick<Writing, 'output' | 'keepsPages'>): boolean {
  return output.path !== '-' && !output.isPacked && !keepsPages;
}

/** CSV byte for byte as the org sent it, with one header. */
async function writeRaw(pages: readonly PageFile[], header: Buffer, writing: Writing): Promise<OutputFile> {
  const { run, output, signal } = writing;
  const writer = await openWriter(output.path, writing);
  try {
    await writer.write(header, 0);
    for (const page of pages) {
      signal.throwIfAborted();
      for await (const bytes of rowBytes(page, run.asked)) await writer.write(bytes, 0);
      writer.rows += page.rows;
      run.show({ type: 'writing', rows: writer.rows });
    }
    return await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
