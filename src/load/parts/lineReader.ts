import { type FileHandle, open } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { readAtLeast } from './readAtLeast.js';
import { Span } from './span.js';

const READ_BYTES = 256 * 1024;

/** Reads records of known length, each followed by one LF, from a file of a part. */
export class LineReader {
  /** The one that was taken last; it holds until the next one. */
  public readonly record = new Span();
  private room = Buffer.allocUnsafe(READ_BYTES);
  private filled = 0;
  private position = 0;

  private constructor(private readonly file: FileHandle) {}

  public static async open(path: string): Promise<LineReader> {
    return new LineReader(await open(path, 'r'));
  }

  public async skipLine(): Promise<void> {
    for (;;) {
      const end = this.room.subarray(0, this.filled).indexOf(0x0a, this.position);
      if (end >= 0) {
        this.position = end + 1;
        return;
      }
      await this.more(this.filled - this.position + 1);
    }
  }

  /** Whether a record of this length is in memory, so that it can be taken. */
  public has(length: number): boolean {
    return this.filled - this.position > length;
  }

  /** Takes a record that is in memory. */
  public take(length: number): void {
    this.record.set(this.room, this.position, this.position + length);
    this.position += length + 1;
  }

  /** Reads on until a record of this length is in memory. */
  public async read(length: number): Promise<void> {
    if (!this.has(length)) await this.more(length + 1);
  }

  public async close(): Promise<void> {
    await this.file.close();
    free(this.room);
  }

  /** Makes at least `needed` bytes available from the position on. */
  private async more(needed: number): Promise<void> {
    const rest = this.filled - this.position;
    if (needed > this.room.length) {
      const room = Buffer.allocUnsafe(Math.max(needed, this.room.length * 2));
      this.room.copy(room, 0, this.position, this.filled);
      free(this.room);
      this.room = room;
    } else this.room.copyWithin(0, this.position, this.filled);
    this.position = 0;
    this.filled = rest;
    this.filled += await readAtLeast(this.file, this.room.subarray(rest), {
      least: needed - rest,
      what: 'a part file'
    });
  }
}
