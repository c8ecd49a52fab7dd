import { mkdir, rm } from 'node:fs/promises';
import { type ExportEvent } from '../run/exportEvents.js';
import { headerLine, pageFiles, rowBytes } from './output/assemble.js';
import { ExportRun, type ExportTask, type ExportTools } from './exportRun.js';
import { fetchRanges } from './pages/fetchRanges.js';
import { headerNames } from './pages/header.js';
import { fileSink } from './output/outputFile.js';
import { NOTHING_YET } from './state.js';

export type QueryToRead = Pick<ExportTask, 'operation'> & {
  readonly soql: string;
  /** Pages that are fetched side by side. */
  readonly concurrency?: number;
};

export type QueryRead = { readonly rows: number; readonly columns: readonly string[] };

/**
 * Reads the result of a query job into a CSV file with one header: the engine of exports for those who need rows and no run. Every page is
 * proven as in an export; a process that dies half-way leaves a directory `<path>.pages` that the next try clears.
 * 1 API call for a page, 1 for five pages, and polling.
 * @throws SfError as `fetchRanges` does; the transport's errors
 */
export async function readQuery(
  { soql, operation, concurrency = 4 }: QueryToRead,
  path: string,
  tools: ExportTools,
  onEvent: (event: ExportEvent) => void = () => undefined
): Promise<QueryRead> {
  const directory = `${path}.pages`;
  const task: ExportTask = { soql, operation, concurrency, delimiter: 'COMMA', lineEnding: 'LF' };
  const run = new ExportRun(directory, task, { onEvent }, NOTHING_YET);
  await rm(directory, { recursive: true, force: true });
  await mkdir(run.pagesDir, { recursive: true, mode: 0o700 });
  try {
    await run.emit({ type: 'ranges-planned', ranges: [{ range: 1, soql }] });
    await fetchRanges(run, tools);
    return await laidTogether(run, path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function laidTogether(run: ExportRun, path: string): Promise<QueryRead> {
  const pages = pageFiles(run);
  const header = await headerLine(pages, run);
  const sink = await fileSink(path);
  try {
    await sink.write(header);
    for (const page of pages) for await (const bytes of rowBytes(page, run.asked)) await sink.write(bytes);
  } finally {
    await sink.close();
  }
  return {
    rows: pages.reduce((sum, { rows }) => sum + rows, 0),
    columns: headerNames(header, run.asked.delimiter)
  };
}
