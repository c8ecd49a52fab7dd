import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { scanRecords, type RecordBatch } from '../../input/records.js';
import { PRIVATE_FILE } from '../../run/durably.js';
import { type OutputFile } from '../../run/exportEvents.js';
import { headerLine, pageFiles, type PageFile, rowBytes } from './assemble.js';
import { type ExportColumn, type OutputAsked } from '../asked.js';
import { type ExportRun } from '../exportRun.js';
import { hashFile } from './fileHash.js';
import { headerNames } from '../pages/header.js';
import { JsonRows } from './jsonRows.js';
import { layPages } from './layPages.js';
import { besidePath, fileSink, OutputWriter, type Sink } from './outputFile.js';
import { chunkPath } from './outputPath.js';
import { type KnownRows } from '../query/since.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

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

/** How rows look in a format, and what stands around them in each file. */
type Layout = {
  readonly begin: Buffer;
  readonly between: Buffer;
  readonly end: (rows: number) => Buffer;
  /** Holds until the next call. */
  encode(batch: RecordBatch, from: number, to: number): Buffer;
};

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

/** One file, or as many numbered ones as it takes. */
class Numbered {
  private readonly files: OutputFile[] = [];
  private writer?: OutputWriter;
  /** Rows that have passed, written or left out. */
  private rows = 0;

  public constructor(
    private readonly layout: Layout,
    private readonly writing: Writing
  ) {}

  public async write(pages: readonly PageFile[], columns: number): Promise<OutputFile[]> {
    const { run, signal } = this.writing;
    try {
      for (const page of pages) {
        signal.throwIfAborted();
        await this.page(page, columns);
        run.show({ type: 'writing', rows: this.rows });
      }
      if (this.files.length === 0 && !this.writer) await this.open();
      await this.close();
      return this.files;
    } catch (error) {
      await this.writer?.abandon();
      throw error;
    }
  }

  private async page(page: PageFile, columns: number): Promise<void> {
    const { run } = this.writing;
    const before = this.rows;
    const bytes = rowBytes(page, run.asked);
    for await (const batch of scanRecords(bytes, { delimiter: run.asked.delimiter, columns })) await this.batch(batch);
    const rows = this.rows - before;
    if (rows !== page.rows) throw messages.createError('rowsDontAddUp', [page.path, `${rows} instead of ${page.rows}`]);
  }

  private async batch(batch: RecordBatch): Promise<void> {
    const { known } = this.writing;
    this.rows += batch.count;
    for (let from = 0; from < batch.count;) {
      let end = known ? from : batch.count;
      while (end < batch.count && !known?.has(batch, end)) end += 1;
      await this.stretch(batch, from, end);
      from = end + 1; // the row there, if there is one, is left out
    }
  }

  private async stretch(batch: RecordBatch, first: number, end: number): Promise<void> {
    for (let from = first; from < end;) {
      const writer = this.writer ?? (await this.open());
      const room = (this.writing.output.chunkRows ?? Infinity) - writer.rows;
      const to = Math.min(end, from + room);
      if (writer.rows > 0) await writer.write(this.layout.between, 0);
      await writer.write(this.layout.encode(batch, from, to), to - from);
      if (to - from === room) await this.close();
      from = to;
    }
  }

  private async open(): Promise<OutputWriter> {
    const { output } = this.writing;
    const path = output.chunkRows === undefined ? output.path : chunkPath(output.path, this.files.length + 1);
    this.writer = await openWriter(path, this.writing);
    await this.writer.write(this.layout.begin, 0);
    return this.writer;
  }

  private async close(): Promise<void> {
    const { writer } = this;
    if (!writer) return;
    await writer.write(this.layout.end(writer.rows), 0);
    this.writer = undefined;
    this.files.push(await writer.finish());
  }
}

/** Parquet is made file by file from CSV: from the pages as they lie there, or, in numbered files, from pieces of so many rows. */
async function writeTyped(pages: readonly PageFile[], { header, names, writing }: LayingOut): Promise<OutputFile[]> {
  const { run, output, columns, signal } = writing;
  const { writeParquet } = await import('./parquet.js');
  const directory = join(run.directory, 'parquet');
  const source = { delimiter: run.asked.delimiter, names, columns, directory };
  const files: OutputFile[] = [];
  const add = async (path: string, csvs: readonly string[], expected: number): Promise<void> => {
    signal.throwIfAborted();
    const beside = besidePath(path);
    await writeFile(beside, '', { mode: PRIVATE_FILE });
    const rows = await writeParquet({ ...source, files: csvs }, beside);
    if (rows !== expected) throw messages.createError('rowsDontAddUp', [path, `${rows} instead of ${expected}`]);
    await syncFile(beside);
    files.push({ path, rows, ...(await hashFile(beside)) });
    run.show({ type: 'writing', rows: files.reduce((sum, file) => sum + file.rows, 0) });
  };
  if (output.chunkRows === undefined && !writing.known) {
    const withText = pages.filter(({ headerBytes }) => headerBytes > 0);
    await add(
      output.path,
      withText.map(({ path }) => path),
      pages.reduce((sum, { rows }) => sum + rows, 0)
    );
    return files;
  }
  const pieces = { ...output, format: 'csv' as const, path: join(run.pagesDir, 'piece.csv') };
  const layout = layoutOf('csv', { header, names, writing });
  for (const [index, piece] of (
    await new Numbered(layout, { ...writing, output: pieces }).write(pages, names.length)
  ).entries())
    await add(
      output.chunkRows === undefined ? output.path : chunkPath(output.path, index + 1),
      [besidePath(piece.path)],
      piece.rows
    );
  return files;
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function openWriter(path: string, { output, stdout }: Writing): Promise<OutputWriter> {
  if (path === '-') return new OutputWriter(path, stdout, output.isPacked);
  // What an earlier try left would be another file of the same name on a file system that knows links.
  await rm(besidePath(path), { force: true });
  return new OutputWriter(path, await fileSink(besidePath(path)), output.isPacked);
}

type LayingOut = { readonly header: Buffer; readonly names: readonly string[]; readonly writing: Writing };

const NOTHING = Buffer.alloc(0);

function layoutOf(format: OutputAsked['format'], { header, names, writing }: LayingOut): Layout {
  switch (format) {
    case 'csv': {
      const lineEnd = Buffer.from(writing.run.asked.lineEnding === 'CRLF' ? '\r\n' : '\n');
      return { begin: header, between: NOTHING, end: () => NOTHING, encode: (...rows) => rawRows(...rows, lineEnd) };
    }
    case 'ndjson': {
      const rows = new JsonRows(names, writing.columns);
      const between = Buffer.from('\n');
      const encode: Layout['encode'] = (batch, from, to) => rows.encode(batch, from, to, between);
      return { begin: NOTHING, between, end: (count) => (count === 0 ? NOTHING : between), encode };
    }
    case 'json': {
      const rows = new JsonRows(names, writing.columns);
      const between = Buffer.from(',\n');
      const encode: Layout['encode'] = (batch, from, to) => rows.encode(batch, from, to, between);
      return { begin: Buffer.from('[\n'), between, end: () => Buffer.from('\n]\n'), encode };
    }
    case 'parquet':
      throw new Error('parquet is not written row by row');
  }
}

function rawRows(batch: RecordBatch, from: number, to: number, lineEnd: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let row = from; row < to; row += 1) pieces.push(batch.record(row), lineEnd);
  return Buffer.concat(pieces);
}
