import { type FileHandle, open } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { PRIVATE_FILE } from '../../run/durably.js';

/** Writes are gathered to this size: fewer system calls, and never more than this in memory for a file. */
const WRITE_BYTES = 512 * 1024;
/** Where the room of a writer begins: most files of a small load stay below it, and large rooms are work for the garbage collector. */
const FIRST_ROOM_BYTES = 4096;

/** Up to here a loop copies bytes sooner than a call into native code. */
const LONGEST_SHORT = 48;

/** Gathers bytes for one file and writes them in large pieces. `close` returns only when they are durable. */
export class FileWriter {
  public bytes = 0;
  private pending: Buffer;
  private filled = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly gather: number
  ) {
    this.pending = Buffer.allocUnsafeSlow(Math.min(FIRST_ROOM_BYTES, gather));
  }

  /** Creates or empties the file, readable by its owner alone: it holds people's data. */
  public static async create(path: string, gather = WRITE_BYTES): Promise<FileWriter> {
    return new FileWriter(await open(path, 'w', PRIVATE_FILE), gather);
  }

  /** Takes a copy of the bytes. */
  public async append(bytes: Buffer): Promise<void> {
    this.bytes += bytes.length;
    if (!this.hasRoom(bytes.length)) await this.flush();
    if (!this.hasRoom(bytes.length)) return writeAll(this.file, bytes);
    bytes.copy(this.pending, this.filled);
    this.filled += bytes.length;
  }

  /** As `append` when there is room, without a promise: false when there is none. The hot path of cutting and settling. */
  public appendNow(bytes: Buffer, start: number, end: number): boolean {
    const length = end - start;
    if (!this.hasRoom(length)) return false;
    this.copy(bytes, start, end);
    this.filled += length;
    this.bytes += length;
    return true;
  }

  /** As `appendNow`, with an LF after it. */
  public appendLineNow(bytes: Buffer, start: number, end: number): boolean {
    const length = end - start + 1;
    if (!this.hasRoom(length)) return false;
    this.copy(bytes, start, end);
    this.filled += length;
    this.pending[this.filled - 1] = 0x0a;
    this.bytes += length;
    return true;
  }

  /** Whether so many bytes can be gathered before the next flush. */
  public hasRoom(length: number): boolean {
    const needed = this.filled + length;
    if (needed <= this.pending.length) return true;
    if (needed > this.gather) return false;
    const larger = Buffer.allocUnsafeSlow(Math.min(this.gather, Math.max(needed, this.pending.length * 4)));
    this.pending.copy(larger, 0, 0, this.filled);
    free(this.pending);
    this.pending = larger;
    return true;
  }

  public async flush(): Promise<void> {
    const { filled } = this;
    this.filled = 0;
    if (filled > 0) await writeAll(this.file, this.pending.subarray(0, filled));
  }

  public async close(): Promise<void> {
    try {
      await this.flush();
      await this.file.datasync();
    } finally {
      await this.file.close();
    }
    free(this.pending);
  }

  /** Closes the file, whatever is in it: for the way out of an error. */
  public async abandon(): Promise<void> {
    await this.file.close();
  }

  private copy(bytes: Buffer, start: number, end: number): void {
    if (end - start > LONGEST_SHORT) {
      bytes.copy(this.pending, this.filled, start, end);
      return;
    }
    const { pending, filled } = this;
    for (let at = start; at < end; at += 1) pending[filled + at - start] = bytes[at] ?? 0;
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten;
}
