import { Messages } from '@salesforce/core';
import { type RecordBatch } from '../../input/recordBatch.js';
import { scanRecords } from '../../input/records.js';
import { type OutputFile } from '../../run/exportEvents.js';
import { type PageFile, rowBytes } from './assemble.js';
import { type Layout } from './layout.js';
import { type OutputWriter } from './outputFile.js';
import { chunkPath } from './outputPath.js';
import { openWriter, type Writing } from './writing.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** One file, or as many numbered ones as it takes. */
export class Numbered {
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
