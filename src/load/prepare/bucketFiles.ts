import { createReadStream } from 'node:fs';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE_FILE } from '../../run/durably.js';

/** Characters of all buckets that are gathered before they are written. */
const MOST_PENDING = 128 * 1024;
/** Little, so that what is read of it is garbage while it is young: it would lie about otherwise until the whole heap is searched. */
const READ_BYTES = 8 * 1024;

/**
 * Sorts values into buckets on disk, so that they can be looked at a bucket at a time: memory does not grow with their number. One line of JSON
 * a value; the files are not kept open, as there may be more than a process may open, and not durable.
 */
export class BucketFiles<Value> {
  private readonly pending = new Map<number, string>();
  private pendingLength = 0;

  private constructor(private readonly directory: string) {}

  public static async create<Value>(directory: string): Promise<BucketFiles<Value>> {
    await mkdir(directory, { recursive: true });
    return new BucketFiles<Value>(directory);
  }

  /** A promise when it must be waited for before the next one. */
  public add(bucket: number, value: Value): void | Promise<void> {
    const line = `${JSON.stringify(value)}\n`;
    this.pending.set(bucket, (this.pending.get(bucket) ?? '') + line);
    this.pendingLength += line.length;
    if (this.pendingLength >= MOST_PENDING) return this.flush();
  }

  /** Must be called between the last `add` and the first `values`. */
  public async flush(): Promise<void> {
    for (const [bucket, text] of this.pending) await appendFile(this.pathOf(bucket), text, { mode: PRIVATE_FILE });
    this.pending.clear();
    this.pendingLength = 0;
  }

  /** The values of a bucket in the order in which they came, many at a time; none when there is no such bucket. */
  public async *values(bucket: number): AsyncGenerator<Value[]> {
    let rest = '';
    try {
      for await (const chunk of createReadStream(this.pathOf(bucket), {
        encoding: 'utf8',
        highWaterMark: READ_BYTES
      })) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        yield lines.map((line) => JSON.parse(line) as Value);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  public async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  private pathOf(bucket: number): string {
    return join(this.directory, String(bucket));
  }
}
