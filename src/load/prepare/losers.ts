import { join } from 'node:path';
import { fileChunks } from '../../input/chunks.js';
import { scanRecords } from '../../input/records.js';
import { type PartNumber } from '../../run/loadEvents.js';
import { type LoadAsked } from '../asked.js';
import { BucketFiles } from './bucketFiles.js';
import { hash53 } from '../../input/hash53.js';
import { free } from '../../input/freed.js';
import { type PartPaths, partPaths } from '../parts/partFile.js';
import { rowNumbers } from '../parts/partRows.js';
import { keyForm, type Prepared } from './prepared.js';
import { Reasons } from './reasons.js';

/** The rows among which two of one key may be. */
export type Candidates = {
  /** In the order of their rows. */
  readonly parts: ReadonlyArray<{ readonly part: PartNumber }>;
  /** Numbers of the rows that may have the key of another one, ascending. */
  readonly candidates: Uint32Array;
  readonly prepared: Prepared;
  readonly onDuplicate: LoadAsked['onDuplicate'];
  readonly partsDir: string;
};

/** Other rows that a reason names; the rest is a number. */
const MOST_NAMED = 5;
/** As long as an external ID can be; a column that is none may hold a whole letter. */
const MOST_OF_A_KEY = 255;
/** Candidates of one bucket: so few that all that is made for them is still young when the bucket is done, and so garbage that is found at once. */
const BUCKET_ROWS = 1000;

/** What there is to know of one key, whether two rows have it or all. Rows come in ascending order. */
type SameKey = {
  readonly key: string;
  /** Numbers of the first of its rows, one more than a reason names. */
  readonly numbers: number[];
  count: number;
  last: number;
};

/**
 * The rows that are not sent because others have their key. They are found in two rounds over files: by hash of the key, so that all rows of a
 * key are seen together, and by place, so that the reasons can be read in the order of the rows.
 */
export class Losers {
  public count = 0;
  private readonly isLoser: Uint8Array;
  private readonly reasons = new Reasons(BUCKET_ROWS);

  /** @param filed the reasons of losers, by place */
  private constructor(
    private readonly candidates: Uint32Array,
    private readonly filed: BucketFiles
  ) {
    this.isLoser = new Uint8Array(candidates.length);
  }

  public static async find(asked: Candidates): Promise<Losers> {
    const keyed = await BucketFiles.create(join(asked.partsDir, 'candidates'));
    const losers = new Losers(asked.candidates, await BucketFiles.create(join(asked.partsDir, 'losers')));
    try {
      await gatherKeys(asked, keyed);
      for (let bucket = 0; bucket < bucketsOf(asked.candidates); bucket += 1) await losers.judge(bucket, keyed, asked);
      await losers.filed.flush();
      return losers;
    } catch (error) {
      await losers.close();
      throw error;
    } finally {
      await keyed.remove();
    }
  }

  public has(rowNumber: number): boolean {
    return this.isLoser[placeOf(rowNumber, this.candidates)] === 1;
  }

  /** Hands on why a row is not sent; quickest when the rows are asked for in ascending order. */
  public reasonOf(rowNumber: number, use: (reason: string) => void | Promise<void>): void | Promise<void> {
    const at = placeOf(rowNumber, this.candidates);
    // A promise for each row would cost more than all the rest of this.
    if (bucketOf(at) === this.reasons.bucket) return use(this.reasons.of(at));
    return this.reasons.read(bucketOf(at), this.filed).then(() => use(this.reasons.of(at)));
  }

  public async close(): Promise<void> {
    await this.filed.remove();
  }

  /** Finds the losers among the rows whose keys have one hash bucket. They are read twice: rows of one key may be more than memory holds. */
  private async judge(bucket: number, keyed: BucketFiles, asked: Candidates): Promise<void> {
    const form = formOf(asked);
    const keys = new Map<string, SameKey>();
    await keyed.each(bucket, (at, key) => note(keys, form(key), { key, number: this.numberAt(at) }));
    await keyed.each(bucket, (at, key) => {
      const same = keys.get(form(key));
      const number = this.numberAt(at);
      if (!same || same.count < 2 || number === winner(same, asked.onDuplicate)) return;
      return this.drop(at, describeOthers(number, same));
    });
  }

  private drop(at: number, reason: string): void | Promise<void> {
    this.isLoser[at] = 1;
    this.count += 1;
    return this.filed.add(bucketOf(at), at, reason);
  }

  private numberAt(at: number): number {
    return this.candidates[at] ?? 0;
  }
}

/** Lays the keys of all candidates into buckets by what the org takes for one key. */
async function gatherKeys(asked: Candidates, keyed: BucketFiles): Promise<void> {
  const { parts, candidates, prepared, partsDir } = asked;
  const column = prepared.keyColumn ?? 0;
  const form = formOf(asked);
  const buckets = bucketsOf(candidates);
  for (const { part } of parts) {
    const paths = partPaths(partsDir, part);
    const places = await candidatesIn(paths, candidates);
    let row = -1; // the header
    if (places)
      for await (const batch of scanRecords(fileChunks(paths.sent), { delimiter: prepared.delimiter })) {
        for (let i = 0; i < batch.count; i += 1, row += 1) {
          const place = places[row] ?? 0;
          if (place === 0) continue;
          const key = batch.field(i, column);
          const waiting = keyed.add(hash53(form(key)) % buckets, place - 1, key);
          if (waiting) await waiting;
        }
      }
    free(places);
  }
  await keyed.flush();
}

/** For each row of a part one more than its place among the candidates, 0 where it is none; undefined where all are none. */
async function candidatesIn(paths: PartPaths, candidates: Uint32Array): Promise<Uint32Array | undefined> {
  const places = await rowNumbers(paths);
  let hasSome = false;
  for (let row = 0; row < places.length; row += 1) {
    const place = placeOf(places[row] ?? 0, candidates) + 1;
    places[row] = place;
    hasSome ||= place > 0;
  }
  if (hasSome) return places;
  free(places);
  return undefined;
}

function note(keys: Map<string, SameKey>, form: string, { key, number }: { key: string; number: number }): void {
  const same = keys.get(form);
  if (!same) {
    keys.set(form, { key, numbers: [number], count: 1, last: number });
    return;
  }
  if (same.numbers.length <= MOST_NAMED) same.numbers.push(number);
  same.count += 1;
  same.last = number;
}

function winner({ numbers, last }: SameKey, onDuplicate: LoadAsked['onDuplicate']): number | undefined {
  return onDuplicate === 'first' ? numbers[0] : onDuplicate === 'last' ? last : undefined;
}

function describeOthers(number: number, { key, numbers, count }: SameKey): string {
  const named = numbers.filter((other) => other !== number).slice(0, MOST_NAMED);
  const rest = count - 1 - named.length;
  const shown = key.length > MOST_OF_A_KEY ? `${key.slice(0, MOST_OF_A_KEY)}…` : key;
  return `the key ${shown} is also in row ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function formOf({ prepared }: Candidates): (key: string) => string {
  return keyForm(prepared.columns[prepared.keyColumn ?? 0]?.type ?? 'unknown', prepared);
}

function bucketsOf(candidates: Uint32Array): number {
  return Math.ceil(candidates.length / BUCKET_ROWS);
}

function bucketOf(at: number): number {
  return Math.floor(at / BUCKET_ROWS);
}

/** The place of a number among ascending ones; -1 when it is not there. */
function placeOf(number: number, ascending: Uint32Array): number {
  let [low, high] = [0, ascending.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = ascending[middle] ?? 0;
    if (found === number) return middle;
    if (found < number) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
