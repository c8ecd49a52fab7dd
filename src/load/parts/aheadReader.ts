import { type FileHandle, open } from 'node:fs/promises';
import { free } from '../../input/freed.js';

const ROOM_BYTES = 64 * 1024;

/** Copies pieces of a file into memory. It reads some way ahead, so that it is quick where pieces ascend and lie near each other. */
export class AheadReader {
  private readonly room = Buffer.allocUnsafeSlow(ROOM_BYTES);
  /** What of the file is in the room. */
  private start = 0;
  private end = 0;

  private constructor(
    public readonly path: string,
    private readonly file: FileHandle
  ) {}

  public static async open(path: string): Promise<AheadReader> {
    return new AheadReader(path, await open(path, 'r'));
  }

  /** As `copy` where the piece is in the room already, without a promise; false where it is not. */
  public copyNow(start: number, end: number, into: Buffer, to: number): boolean {
    if (start < this.start || end > this.end) return false;
    this.room.copy(into, to, start - this.start, end - this.start);
    return true;
  }

  /** @throws Error when the file is shorter than that */
  public async copy(start: number, end: number, into: Buffer, to: number): Promise<void> {
    const length = end - start;
    if (length > ROOM_BYTES) {
      await this.read(into.subarray(to, to + length), start, length);
      return;
    }
    this.start = start;
    this.end = start; // nothing, if the read breaks off
    this.end += await this.read(this.room, start, length);
    this.copyNow(start, end, into, to);
  }

  public async close(): Promise<void> {
    await this.file.close();
    free(this.room);
  }

  /** Fills memory, with so many bytes at least. @returns how many */
  private async read(into: Buffer, from: number, least: number): Promise<number> {
    let filled = 0;
    while (filled < least) {
      const { bytesRead } = await this.file.read(into, filled, into.length - filled, from + filled);
      if (bytesRead === 0) throw new Error('a part file is shorter than its index says');
      filled += bytesRead;
    }
    return filled;
  }
}
