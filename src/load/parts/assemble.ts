import { createHash } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeRecord } from '../../input/encode.js';
import { DELIMITERS, type DelimiterName } from '../../input/delimiters.js';
import { type LoadFiles, type LoadFileSums } from '../../run/loadEvents.js';
import { FileWriter } from './fileWriter.js';
import { mergeRecords, type RecordSource } from './mergeRecords.js';
import { type FragmentKind } from '../settle/settle.js';

/** Columns before the input's own, which a later load ignores on the way in. */
const LEADING_COLUMNS = {
  success: ['sf__Id', 'sf__Created'],
  failed: ['sf__Id', 'sf__Error', 'bulkops__Row'],
  unaccounted: ['sf__Id', 'sf__Error', 'bulkops__Row'],
  skipped: ['sf__Id', 'sf__Error', 'bulkops__Row']
} as const satisfies Record<FragmentKind, readonly string[]>;

export type Assembling = {
  readonly runDir: string;
  /** The header line of the input, without row end. */
  readonly inputHeader: string;
  readonly delimiter: DelimiterName;
  /** Where the records of each result file lie that is wanted. */
  readonly sources: ReadonlyMap<FragmentKind, readonly RecordSource[]>;
};

/**
 * Lays records over each other by row number into success.csv, failed.csv and the others, in the input's order. A file is written
 * beside its name and renamed when whole; success.csv and failed.csv are there even when they hold no row. Can be done again.
 */
export async function assemble(asked: Assembling): Promise<{ files: LoadFiles; sums: LoadFileSums }> {
  const files: { -readonly [Kind in FragmentKind]?: string } = {};
  const sums: { -readonly [Kind in FragmentKind]?: LoadFileSums[Kind] } = {};
  for (const [kind, sources] of asked.sources) {
    const path = join(asked.runDir, `${kind}.csv`);
    if (sources.length === 0 && !ALWAYS_THERE.has(kind)) {
      await rm(path, { force: true });
      continue;
    }
    sums[kind] = await writeFile(path, sources, headerOf(kind, asked));
    files[kind] = path;
  }
  return { files, sums };
}

const LEAST_BYTES = 4096;
const ALWAYS_THERE: ReadonlySet<FragmentKind> = new Set(['success', 'failed']);

function headerOf(kind: FragmentKind, { delimiter, inputHeader }: Assembling): Buffer {
  const leading = encodeRecord(LEADING_COLUMNS[kind], DELIMITERS[delimiter]) + DELIMITERS[delimiter];
  return Buffer.from(`${leading}${inputHeader}\n`);
}

async function writeFile(
  path: string,
  sources: readonly RecordSource[],
  header: Buffer
): Promise<{ bytes: number; sha256: string }> {
  const whole = `${path}.writing`;
  // Records come in large pieces: gathering them would only copy them once more.
  const writer = await FileWriter.create(whole, LEAST_BYTES);
  const hash = createHash('sha256');
  try {
    await writer.append(header);
    hash.update(header);
    for await (const records of mergeRecords(sources)) {
      await writer.append(records);
      hash.update(records);
    }
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  await rename(whole, path);
  return { bytes: writer.bytes, sha256: hash.digest('hex') };
}
