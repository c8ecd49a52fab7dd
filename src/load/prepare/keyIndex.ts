import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { free } from '../../input/freed.js';
import { HashTable } from '../../input/hashTable.js';
import { PRIVATE_FILE } from '../../run/durably.js';
import { numbersIn } from '../parts/numbersIn.js';
import { Uint32List } from '../parts/uint32List.js';

/** A power of two. Enough that one bucket of 150 million rows, the service's daily limit, is sorted in 40 MB. */
const BUCKETS = 64;
/** Pairs of a bucket that are gathered before they are written: 2 MB of all buckets. */
const MOST_PENDING = 2048;
const FIRST_PENDING = 16;

/**
 * Finds rows that may have the same key, in memory that does not grow with their number: 16 bytes a row on disk (a 53-bit hash and the
 * row number), bucket by bucket. Different keys may share a hash, so what it finds are candidates. A bucket has a file only once it
 * outgrows memory; none is made durable, as a scan that was broken off begins anew.
 */
export class KeyIndex {
  private readonly files = new Map<number, FileHandle>();
  private readonly pending = Array.from({ length: BUCKETS }, () => new Float64Array(FIRST_PENDING * 2));
  private readonly filled = new Uint32Array(BUCKETS);
  private readonly full: number[] = [];

  private constructor(private readonly directory: string) {}

  public static async create(directory: string): Promise<KeyIndex> {
    await mkdir(directory, { recursive: true });
    return new KeyIndex(directory);
  }

  /** @param hash of the row's key; see `hash53` @returns false when `drain` must be called before the next one */
  public add(rowNumber: number, hash: number): boolean {
    const bucket = hash & (BUCKETS - 1);
    const at = this.filled[bucket] ?? 0;
    const pairs = this.roomFor(bucket, at);
    pairs[at] = hash;
    pairs[at + 1] = rowNumber;
    this.filled[bucket] = at + 2;
    if (at + 2 < MOST_PENDING * 2) return true;
    this.full.push(bucket);
    return false;
  }

  public async drain(): Promise<void> {
    for (const bucket of this.full.splice(0)) await this.write(bucket);
  }

  /** Numbers of the rows that share a hash with another, ascending. Ends the index. */
  public async candidates(): Promise<Uint32Array> {
    const found = new Uint32List();
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const pairs = await this.pairs(bucket);
      for (const rowNumber of sharers(pairs)) found.push(rowNumber);
      free(pairs);
    }
    await this.abandon();
    await rm(this.directory, { recursive: true });
    return found.toArray().sort();
  }

  public async abandon(): Promise<void> {
    await Promise.allSettled([...this.files.values()].map((file) => file.close()));
    this.files.clear();
    for (const pairs of this.pending.splice(0)) free(pairs);
  }

  private roomFor(bucket: number, at: number): Float64Array {
    const pairs = this.pending[bucket] ?? new Float64Array(0);
    if (at < pairs.length) return pairs;
    const larger = new Float64Array(Math.min(pairs.length * 4, MOST_PENDING * 2));
    larger.set(pairs);
    free(pairs);
    this.pending[bucket] = larger;
    return larger;
  }

  private gathered(bucket: number): Float64Array {
    return this.pending[bucket]?.subarray(0, this.filled[bucket]) ?? new Float64Array(0);
  }

  private async write(bucket: number): Promise<void> {
    const { buffer, byteOffset, byteLength } = this.gathered(bucket);
    this.filled[bucket] = 0;
    const file = this.files.get(bucket) ?? (await open(this.pathOf(bucket), 'w', PRIVATE_FILE));
    this.files.set(bucket, file);
    await file.appendFile(new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** All pairs of a bucket. */
  private async pairs(bucket: number): Promise<Float64Array> {
    if (!this.files.has(bucket)) return this.gathered(bucket);
    await this.write(bucket);
    return numbersIn(await readFile(this.pathOf(bucket)), Float64Array);
  }

  private pathOf(bucket: number): string {
    return join(this.directory, String(bucket));
  }
}

/** Row numbers of the (hash, row number) pairs whose hash is there more than once. */
function* sharers(pairs: Float64Array): Generator<number> {
  const hashes = new Float64Array(pairs.length / 2);
  for (let at = 0; at < hashes.length; at += 1) hashes[at] = pairs[at * 2] ?? 0;
  const table = new HashTable(hashes);
  const isShared = new Uint8Array(hashes.length);
  let hasShared = false;
  for (let at = 0; at < hashes.length; at += 1) {
    const other = table.add(at);
    if (other < 0) continue;
    isShared[other] = isShared[at] = 1;
    hasShared = true;
  }
  table.close();
  free(hashes);
  if (!hasShared) return;
  for (let at = 0; at < isShared.length; at += 1) if (isShared[at] === 1) yield pairs[at * 2 + 1] ?? 0;
}
