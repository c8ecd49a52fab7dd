import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../../run/durably.js';
import { type OutputFile } from '../../run/exportEvents.js';
import { type PageFile, rowBytes } from './assemble.js';
import { type OutputAsked } from '../asked.js';
import { type ExportRun } from '../exportRun.js';
import { LaidFile } from './laidFile.js';
import { besidePath } from './outputFile.js';

/** Pages that lie both in the output and in files of their own, at most: a disk that is slower than the writing holds it back. */
const MOST_TWICE = 4;

type Laying = {
  readonly run: ExportRun;
  readonly output: Pick<OutputAsked, 'path'>;
  readonly signal: AbortSignal;
};

/**
 * Lays proven pages one after another into the output as the org sent them, with one header. A page goes as soon as its rows are on disk in
 * the output and the journal says so: thus an export needs the room of its rows once, and not twice.
 * @returns the file, whole and on disk, under its passing name
 * @throws the file system's errors; the signal's reason
 */
export async function layPages(
  pages: readonly PageFile[],
  header: Buffer,
  { run, output, signal }: Laying
): Promise<OutputFile> {
  const before = run.state.laid;
  const file = await LaidFile.open(besidePath(output.path), before?.bytes);
  const marks = new Marks(run, pages, file, before?.pages ?? 0);
  try {
    if (!before) {
      await file.append(header);
      await syncDirectory(dirname(output.path)); // a mark is worth nothing where the file's name is lost
    }
    let rows = sumOfRows(pages.slice(0, before?.pages ?? 0));
    for (const [at, page] of pages.entries()) {
      if (at < (before?.pages ?? 0)) continue;
      signal.throwIfAborted();
      for await (const bytes of rowBytes(page, run.asked)) await file.append(bytes);
      rows += page.rows;
      run.show({ type: 'writing', rows });
      await marks.set(at + 1);
    }
    await marks.end();
    return { path: output.path, rows, ...(await file.sync()) };
  } finally {
    await marks.end().catch(() => undefined); // it has been thrown above, or something has before it
    await file.close();
  }
}

/** Says in the journal how far the output has come, and removes the pages that it does not need any more: one step at a time, beside the writing. */
class Marks {
  private setting?: Promise<void>;
  private failure?: { readonly error: unknown };
  /** The first page with text stays, for its header. */
  private readonly kept: PageFile | undefined;

  public constructor(
    private readonly run: ExportRun,
    private readonly pages: readonly PageFile[],
    private readonly file: LaidFile,
    private done: number
  ) {
    this.kept = pages.find(({ headerBytes }) => headerBytes > 0);
  }

  /** @param pages of which all rows were appended. @throws what went wrong with an earlier mark */
  public async set(pages: number): Promise<void> {
    if (pages - this.done >= MOST_TWICE) await this.setting;
    if (this.failure) throw this.failure.error;
    this.setting ??= this.mark(pages)
      .catch((error: unknown) => {
        this.failure = { error };
      })
      .finally(() => (this.setting = undefined));
  }

  /** @throws as `set` */
  public async end(): Promise<void> {
    await this.setting;
    if (this.failure) throw this.failure.error;
  }

  private async mark(pages: number): Promise<void> {
    const laid = await this.file.sync();
    await this.run.emitDurably({ type: 'pages-laid', pages, ...laid });
    for (const page of this.pages.slice(this.done, pages)) if (page !== this.kept) await rm(page.path, { force: true });
    this.done = pages;
  }
}

function sumOfRows(pages: readonly PageFile[]): number {
  return pages.reduce((sum, { rows }) => sum + rows, 0);
}
