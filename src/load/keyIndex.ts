import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hash53 } from './hash53.js';
import { FileWriter } from './partFile.js';

/** Enough that one bucket of 150 million rows, the service's daily limit, is sorted in 40 MB. */
const BUCKETS = 64;
/** Pairs of a bucket that are gathered before they are written. */
const PENDING_PAIRS = 2048;

/**
 * Finds rows that may have the same key, in memory that does not grow with their number: 16 bytes a row on disk (a 53-bit hash and the
 * row number), bucket by bucket. Different keys may share a hash, so what it finds are candidates.
 */
export class KeyIndex {
  private readonly files: FileWriter[] = [];
  private readonly pending = Array.from({ length: BUCKETS }, () => new Float64Array(PENDING_PAIRS * 2));
  private readonly filled = new Uint32Array(BUCKETS);
  private readonly full: number[] = [];

  private constructor(private readonly directory: string) {}

  public static async create(directory: string): Promise<KeyIndex> {
    await mkdir(directory, { recursive: true });
    const index = new KeyIndex(directory);
    for (let bucket = 0; bucket < BUCKETS; bucket += 1)
      index.files.push(await FileWriter.create(index.pathOf(bucket), PENDING_PAIRS * 16));
    return index;
  }

  /** False when `drain` must be called before the next one. */
  public add(rowNumber: number, key: string): boolean {
    const hash = hash53(key);
    const bucket = hash % BUCKETS;
    const pairs = this.pending[bucket];
    const at = this.filled[bucket] ?? 0;
    if (!pairs) return true;
    pairs[at] = hash;
    pairs[at + 1] = rowNumber;
    this.filled[bucket] = at + 2;
    if (at + 2 < pairs.length) return true;
    this.full.push(bucket);
    return false;
  }

  public async drain(): Promise<void> {
    for (const bucket of this.full.splice(0)) await this.write(bucket);
  }

  /** Numbers of the rows that share a hash with another, ascending. Ends the index. */
  public async candidates(): Promise<Uint32Array> {
    const found: number[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      await this.write(bucket);
      await this.files[bucket]?.close();
      for (const rowNumber of sharers(await readFile(this.pathOf(bucket)))) found.push(rowNumber);
    }
    await rm(this.directory, { recursive: true });
    return Uint32Array.from(found).sort();
  }

  public async abandon(): Promise<void> {
    await Promise.allSettled(this.files.map((file) => file.abandon()));
  }

  private async write(bucket: number): Promise<void> {
    const pairs = this.pending[bucket]?.subarray(0, this.filled[bucket]);
    this.filled[bucket] = 0;
    if (pairs && pairs.length > 0)
      await this.files[bucket]?.append(Buffer.from(pairs.buffer, pairs.byteOffset, pairs.byteLength));
  }

  private pathOf(bucket: number): string {
    return join(this.directory, String(bucket));
  }
}

/** Row numbers of the (hash, row number) pairs whose hash is there more than once. */
function* sharers(bytes: Buffer): Generator<number> {
  const pairs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const hashes = new Float64Array(pairs.length / 2);
  for (let at = 0; at < hashes.length; at += 1) hashes[at] = pairs[at * 2] ?? 0;
  hashes.sort();
  const shared = new Set<number>();
  for (let at = 1; at < hashes.length; at += 1) {
    const hash = hashes[at];
    if (hash !== undefined && hash === hashes[at - 1]) shared.add(hash);
  }
  if (shared.size === 0) return;
  for (let at = 0; at < pairs.length; at += 2) if (shared.has(pairs[at] ?? -1)) yield pairs[at + 1] ?? 0;
}
