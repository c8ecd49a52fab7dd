import { rename } from 'node:fs/promises';
import { fileChunks } from '../input/chunks.js';
import { DELIMITERS } from '../input/delimiters.js';
import { scanRecords } from '../input/records.js';
import { type PartNumber, type RowErrorCount } from '../run/loadEvents.js';
import { type LoadAsked } from './asked.js';
import { type CutPart } from './cut.js';
import { ErrorCounts } from './errorCounts.js';
import { FragmentWriter } from './fragment.js';
import { eachRow, partPaths, PartWriter, removePart, rowNumbers } from './partFile.js';
import { keyForm, type Prepared, sentHeader } from './prepared.js';
import { failedPrefix, fragmentPath, type FragmentKind } from './settle.js';

export type Deduplicating = {
  readonly parts: readonly CutPart[];
  /** Numbers of the rows that may have the key of another one, ascending. */
  readonly candidates: Uint32Array;
  readonly prepared: Prepared;
  readonly onDuplicate: LoadAsked['onDuplicate'];
  readonly partsDir: string;
  readonly settledDir: string;
};

export type Deduplicated = {
  readonly parts: readonly CutPart[];
  readonly rejected: number;
  readonly skipped: number;
  readonly errors: readonly RowErrorCount[];
};

/** A row that is not sent, because these others have its key. */
type Loser = { readonly key: string; readonly others: readonly number[] };

/** Other rows that a message names; the rest is a number. */
const MOST_NAMED = 5;
/** No part has this number, so its files are free. */
const BESIDE: PartNumber = 0;

/**
 * Takes out rows whose key another row of the input has: in one job they would all fail, in two the last writer would be a matter of luck
 * (BULK_API §5). `reject` takes out all of a key, `first` and `last` all but one. Parts without such a row are not touched.
 */
export async function dropDuplicates(asked: Deduplicating): Promise<Deduplicated> {
  const losers = losersOf(await rowsByKey(asked), asked.onDuplicate);
  if (losers.size === 0) return { parts: asked.parts, rejected: 0, skipped: 0, errors: [] };
  const kind: FragmentKind = asked.onDuplicate === 'reject' ? 'failed' : 'skipped';
  const filed = await FragmentWriter.create(fragmentPath(asked.settledDir, 'duplicates', kind));
  const errors = new ErrorCounts();
  const parts: CutPart[] = [];
  try {
    for (const part of asked.parts) {
      const hasLoser = (await rowNumbers(partPaths(asked.partsDir, part.part))).some((number) => losers.has(number));
      const left = hasLoser ? await rewrite(part, asked, { losers, filed, errors }) : part;
      if (left.rows > 0) parts.push(left);
    }
    await filed.close();
  } catch (error) {
    await filed.abandon();
    throw error;
  }
  const isReject = kind === 'failed';
  return {
    parts,
    rejected: isReject ? losers.size : 0,
    skipped: isReject ? 0 : losers.size,
    errors: isReject ? errors.list() : []
  };
}

/** Rows of one key, and the key as the first of them writes it. */
type SameKey = { readonly key: string; readonly numbers: number[] };

/** The candidates' rows by their true keys. */
async function rowsByKey({ parts, candidates, prepared, partsDir }: Deduplicating): Promise<Map<string, SameKey>> {
  const wanted = new Set(candidates);
  const rows = new Map<string, SameKey>();
  const column = prepared.keyColumn ?? 0;
  const form = keyForm(prepared.columns[column]?.type ?? 'unknown', prepared);
  for (const { part } of parts) {
    const paths = partPaths(partsDir, part);
    const numbers = await rowNumbers(paths);
    if (!numbers.some((number) => wanted.has(number))) continue;
    let at = -1;
    for await (const batch of scanRecords(fileChunks(paths.sent), { delimiter: prepared.delimiter })) {
      for (let i = 0; i < batch.count; i += 1, at += 1) {
        const number = numbers[at];
        if (number === undefined || !wanted.has(number)) continue;
        const key = batch.field(i, column);
        const same = rows.get(form(key));
        if (same) same.numbers.push(number);
        else rows.set(form(key), { key, numbers: [number] });
      }
    }
  }
  return rows;
}

function losersOf(rows: ReadonlyMap<string, SameKey>, onDuplicate: LoadAsked['onDuplicate']): Map<number, Loser> {
  const losers = new Map<number, Loser>();
  for (const { key, numbers } of rows.values()) {
    if (numbers.length < 2) continue;
    const winner = onDuplicate === 'first' ? numbers[0] : onDuplicate === 'last' ? numbers.at(-1) : undefined;
    for (const number of numbers) if (number !== winner) losers.set(number, { key, others: numbers });
  }
  return losers;
}

type Filing = {
  readonly losers: ReadonlyMap<number, Loser>;
  readonly filed: FragmentWriter;
  readonly errors: ErrorCounts;
};

async function rewrite({ part }: CutPart, asked: Deduplicating, to: Filing): Promise<CutPart> {
  const from = partPaths(asked.partsDir, part);
  const beside = partPaths(asked.partsDir, BESIDE);
  const delimiter = DELIMITERS[asked.prepared.delimiter];
  const writer = await PartWriter.create(beside, sentHeader(asked.prepared));
  await eachRow(from, ({ number, sent, input }) => {
    const loser = to.losers.get(number);
    if (!loser) return writer.append({ number, sent, input: input === sent ? undefined : input });
    const error = `BULKOPS_DUPLICATE_KEY:${describeOthers(number, loser)}:--`;
    to.errors.add(error, number);
    return to.filed.append(number, failedPrefix({ id: '', error }, number, delimiter), input);
  });
  const size = await writer.close();
  await removePart(from);
  if (size.rows === 0) await removePart(beside);
  else for (const what of ['sent', 'rows', 'input'] as const) await rename(beside[what], from[what]).catch(isAbsent);
  return { part, ...size };
}

/** A part whose rows are all sent as they came has no file of inputs. */
function isAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function describeOthers(number: number, { key, others }: Loser): string {
  const rest = others.filter((other) => other !== number);
  const named = rest.slice(0, MOST_NAMED).join(', ');
  const more = rest.length > MOST_NAMED ? ` and ${rest.length - MOST_NAMED} more` : '';
  return `the key ${key} is also in row ${named}${more}`;
}
