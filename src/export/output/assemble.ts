import { DELIMITERS } from '../../input/delimiters.js';
import { fileChunks } from '../../input/chunks.js';
import { type ExportRun } from '../exportRun.js';
import { landedPages, hasPages } from '../state.js';
import { open } from 'node:fs/promises';

/** A proven page on disk. */
export type PageFile = {
  readonly path: string;
  readonly rows: number;
  readonly headerBytes: number;
  readonly isTerminated: boolean;
};

/** The pages of all ranges in the order of the output. */
export function pageFiles(run: ExportRun): PageFile[] {
  const files: PageFile[] = [];
  for (const range of run.state.ranges ?? []) {
    if (!hasPages(range)) throw new Error(`range ${range.range} was not fetched`);
    for (const [page, { rows, headerBytes, isTerminated }] of landedPages(range).sort(([a], [b]) => a - b))
      files.push({ path: run.pagePath(range.range, page), rows, headerBytes, isTerminated });
  }
  return files;
}

/** The header line that all pages have, or one made of the query's columns where no page has any. */
export async function headerLine(files: readonly PageFile[], { asked }: Pick<ExportRun, 'asked'>): Promise<Buffer> {
  const found = files.find(({ headerBytes }) => headerBytes > 0);
  const lineEnd = asked.lineEnding === 'CRLF' ? '\r\n' : '\n';
  if (!found) {
    const names = asked.hasOtherColumns ? [] : (asked.columns ?? []).map(({ name }) => `"${name}"`);
    return Buffer.from(names.length === 0 ? '' : `${names.join(DELIMITERS[asked.delimiter])}${lineEnd}`);
  }
  const file = await open(found.path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(found.headerBytes), 0, found.headerBytes, 0);
    return buffer.at(-1) === 0x0a ? buffer : Buffer.concat([buffer, Buffer.from(lineEnd)]);
  } finally {
    await file.close();
  }
}

/** The rows of a page as sent, without its header; each piece holds until the next one is asked for. */
export async function* rowBytes(
  { path, rows, headerBytes, isTerminated }: PageFile,
  { lineEnding }: Pick<ExportRun['asked'], 'lineEnding'>
): AsyncGenerator<Buffer> {
  yield* fileChunks(path, headerBytes);
  if (rows > 0 && !isTerminated) yield Buffer.from(lineEnding === 'CRLF' ? '\r\n' : '\n');
}
