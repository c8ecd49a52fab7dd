import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileChunks } from '../../input/chunks.js';
import { free } from '../../input/freed.js';
import { HeldBytes } from '../../input/heldBytes.js';
import { PRIVATE_FILE } from '../../run/durably.js';

/** What is gathered of all buckets before it is written. A power of two. */
const PENDING_BYTES = 512 * 1024;
/** Number and length before each text. */
const HEAD_BYTES = 8;

/** Where it gives a promise, that is waited for before the next one. */
export type OnText = (number: number, text: string) => void | Promise<void>;

/**
 * Sorts numbered texts into buckets on disk, so that they can be looked at a bucket at a time: memory does not grow with their number. They wait to
 * be written as bytes and not as objects, which would be too old by then to be garbage that is found soon. The files are not kept open, as there may be
 * more than a process may open, and not durable.
 */
export class BucketFiles {
  /** For each text: its number and its length as 32-bit numbers, and the text. */
  private readonly pending = Buffer.allocUnsafeSlow(PENDING_BYTES);
  private filled = 0;
  /** Of each that is pending its bucket and where it begins, in one number, so that they can be sorted as they are. */
  private readonly places = new Float64Array(PENDING_BYTES / HEAD_BYTES);
  private count = 0;
  private readonly written = new Set<number>();

  private constructor(private readonly directory: string) {}

  public static async create(directory: string): Promise<BucketFiles> {
    await mkdir(directory, { recursive: true });
    return new BucketFiles(directory);
  }

  /** A promise when it must be waited for before the next one. */
  public add(bucket: number, number: number, text: string): void | Promise<void> {
    const bytes = HEAD_BYTES + Buffer.byteLength(text);
    if (this.filled + bytes > PENDING_BYTES) return this.addSlowly(bucket, number, text);
    this.places[this.count] = bucket * PENDING_BYTES + this.filled;
    this.count += 1;
    put(this.pending, this.filled, number, text);
    this.filled += bytes;
  }

  /** Must be called between the last `add` and the first `each`. */
  public async flush(): Promise<void> {
    const run = Buffer.allocUnsafeSlow(this.filled);
    const places = this.places.subarray(0, this.count).sort();
    for (let at = 0; at < places.length;) {
      const bucket = Math.floor((places[at] ?? 0) / PENDING_BYTES);
      let bytes = 0;
      for (; at < places.length; at += 1) {
        const start = (places[at] ?? 0) - bucket * PENDING_BYTES;
        if (start >= PENDING_BYTES) break;
        bytes += this.pending.copy(run, bytes, start, start + HEAD_BYTES + this.pending.readUInt32LE(start + 4));
      }
      await this.append(bucket, run.subarray(0, bytes));
    }
    free(run);
    this.count = 0;
    this.filled = 0;
  }

  /** Hands on the texts of a bucket in the order in which they came; none when there is no such bucket. */
  public async each(bucket: number, onText: OnText): Promise<void> {
    if (!this.written.has(bucket)) return;
    const held = new HeldBytes();
    try {
      for await (const chunk of fileChunks(this.pathOf(bucket))) {
        held.add(chunk);
        const { bytes } = held;
        let at = 0;
        for (let end = endOf(bytes, at); end <= bytes.length; end = endOf(bytes, at)) {
          const waiting = onText(bytes.readUInt32LE(at), bytes.toString('utf8', at + HEAD_BYTES, end));
          if (waiting) await waiting;
          at = end;
        }
        held.drop(at);
      }
    } finally {
      held.close();
    }
  }

  public async remove(): Promise<void> {
    free(this.pending);
    free(this.places);
    await rm(this.directory, { recursive: true, force: true });
  }

  private async addSlowly(bucket: number, number: number, text: string): Promise<void> {
    await this.flush();
    const bytes = HEAD_BYTES + Buffer.byteLength(text);
    if (bytes <= PENDING_BYTES) return this.add(bucket, number, text);
    const alone = Buffer.allocUnsafeSlow(bytes);
    put(alone, 0, number, text);
    await this.append(bucket, alone);
  }

  private async append(bucket: number, bytes: Buffer): Promise<void> {
    this.written.add(bucket);
    await appendFile(this.pathOf(bucket), bytes, { mode: PRIVATE_FILE });
  }

  private pathOf(bucket: number): string {
    return join(this.directory, String(bucket));
  }
}

function put(bytes: Buffer, at: number, number: number, text: string): void {
  bytes.writeUInt32LE(number, at);
  bytes.writeUInt32LE(bytes.write(text, at + HEAD_BYTES), at + 4);
}

/** Where a text ends that begins at a place; endless where not even its length is there. */
function endOf(bytes: Buffer, at: number): number {
  return at + HEAD_BYTES > bytes.length ? Infinity : at + HEAD_BYTES + bytes.readUInt32LE(at + 4);
}
