import { rename } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { DELIMITERS } from '../../input/delimiters.js';
import { type PartNumber, type RowErrorCount } from '../../run/loadEvents.js';
import { type CutPart } from './cut.js';
import { ErrorCounts } from '../errorCounts.js';
import { FragmentWriter } from '../parts/fragment.js';
import { type Candidates, Losers } from './losers.js';
import { readKeyHashes } from '../parts/keyHashes.js';
import { partPaths, PartWriter, removePart } from '../parts/partFile.js';
import { eachRow, onItsWay, rowNumbers } from '../parts/partRows.js';
import { sentHeader } from './prepared.js';
import { failedPrefix, fragmentPath, type FragmentKind } from '../settle/settle.js';

export type Deduplicating = Candidates & { readonly parts: readonly CutPart[]; readonly settledDir: string };

export type Deduplicated = {
  readonly parts: readonly CutPart[];
  readonly rejected: number;
  readonly skipped: number;
  readonly errors: readonly RowErrorCount[];
};

/** No part has this number, so its files are free. */
const BESIDE: PartNumber = 0;

/**
 * Takes out rows whose key another row of the input has: in one job they would all fail, in two the last writer would be a matter of luck
 * (BULK_API §5). `reject` takes out all of a key, `first` and `last` all but one. Parts without such a row are not touched. Memory: 5 bytes for
 * each candidate, and some 5 MB however many there are.
 */
export async function dropDuplicates(asked: Deduplicating): Promise<Deduplicated> {
  const nothing = { parts: asked.parts, rejected: 0, skipped: 0, errors: [] };
  if (asked.candidates.length === 0) return nothing;
  const losers = await Losers.find(asked);
  try {
    if (losers.count === 0) return nothing;
    const isReject = asked.onDuplicate === 'reject';
    const { parts, errors } = await without(losers, isReject ? 'failed' : 'skipped', asked);
    return isReject
      ? { parts, rejected: losers.count, skipped: 0, errors: errors.list() }
      : { parts, rejected: 0, skipped: losers.count, errors: [] };
  } finally {
    await losers.close();
  }
}

async function without(
  losers: Losers,
  kind: FragmentKind,
  asked: Deduplicating
): Promise<{ parts: CutPart[]; errors: ErrorCounts }> {
  const filed = await FragmentWriter.create(fragmentPath(asked.settledDir, 'duplicates', kind));
  const errors = new ErrorCounts();
  const parts: CutPart[] = [];
  try {
    for (const part of asked.parts) {
      const numbers = await rowNumbers(partPaths(asked.partsDir, part.part));
      const hasLoser = numbers.some((number) => losers.has(number));
      free(numbers);
      const left = hasLoser ? await rewrite(part, asked, { losers, filed, errors }) : part;
      if (left.rows > 0) parts.push(left);
    }
    await filed.close();
  } catch (error) {
    await filed.abandon();
    throw error;
  }
  return { parts, errors };
}

type Filing = { readonly losers: Losers; readonly filed: FragmentWriter; readonly errors: ErrorCounts };

async function rewrite({ part, rows }: CutPart, asked: Deduplicating, to: Filing): Promise<CutPart> {
  const from = partPaths(asked.partsDir, part);
  const beside = partPaths(asked.partsDir, BESIDE);
  const delimiter = DELIMITERS[asked.prepared.delimiter];
  const writer = await PartWriter.create(beside, sentHeader(asked.prepared));
  const keys = await readKeyHashes(from.keys, rows);
  await eachRow(from, (row) => {
    const { at, number, input } = row;
    if (!to.losers.has(number)) return writer.append({ ...onItsWay(row), key: keys?.[at] });
    return to.losers.reasonOf(number, (reason) => {
      const error = `BULKOPS_DUPLICATE_KEY:${reason}:--`;
      to.errors.add(error, number);
      return to.filed.append(number, failedPrefix({ id: '', error }, number, delimiter), input);
    });
  });
  free(keys);
  const size = await writer.close();
  await removePart(from);
  if (size.rows === 0) await removePart(beside);
  else
    for (const what of ['sent', 'rows', 'input', 'keys'] as const)
      await rename(beside[what], from[what]).catch(isAbsent);
  return { part, ...size };
}

/** A part whose rows are all sent as they came has no file of inputs, one with a row without key none of keys. */
function isAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
