import { createReadStream } from 'node:fs';
import { fileChunks } from '../../input/chunks.js';
import { type DelimiterName } from '../../input/delimiters.js';
import { unpacked } from '../../input/unpacked.js';
import { type Manifest } from '../output/manifest.js';
import { PageScan } from '../pages/pageScan.js';

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

type Format = Pick<Manifest, 'format' | 'columnDelimiter'>;

/**
 * Counts the rows of an output file anew, by another way than they were counted when it was written.
 * @returns a text for what is no file of the format
 */
export async function recount(
  path: string,
  { format, columnDelimiter }: Format,
  workDir: string
): Promise<number | string> {
  switch (format) {
    case 'parquet': {
      const { countParquet } = await import('../output/parquet.js');
      return countParquet(path, workDir);
    }
    case 'csv':
      return csvRows(path, columnDelimiter as DelimiterName);
    case 'ndjson':
      return lines(path);
    case 'json':
      return objects(path);
  }
}

async function* contentOf(path: string): AsyncGenerator<Buffer> {
  if (!path.endsWith('.gz')) {
    yield* fileChunks(path);
    return;
  }
  for await (const chunk of unpacked(createReadStream(path))) yield chunk as Buffer;
}

async function csvRows(path: string, delimiter: DelimiterName): Promise<number | string> {
  const scan = new PageScan(delimiter);
  for await (const chunk of contentOf(path)) scan.add(chunk);
  const { rows, problem } = scan.end();
  return problem ?? rows;
}

async function lines(path: string): Promise<number> {
  let count = 0;
  for await (const chunk of contentOf(path))
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) count += 1;
  return count;
}

/** Objects directly in the list; braces within texts are none. */
async function objects(path: string): Promise<number> {
  let count = 0;
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  for await (const chunk of contentOf(path))
    for (const byte of chunk) {
      if (isEscaped) isEscaped = false;
      else if (isText && byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) isText = !isText;
      else if (!isText && byte === OPEN) depth += 1;
      else if (!isText && byte === CLOSE && (depth -= 1) === 0) count += 1;
    }
  return count;
}
