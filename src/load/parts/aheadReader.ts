import { type FileHandle, open } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { readAtLeast } from './readAtLeast.js';

const ROOM_BYTES = 64 * 1024;
const WHAT = 'a part file';

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
      await readAtLeast(this.file, into.subarray(to, to + length), { least: length, from: start, what: WHAT });
      return;
    }
    this.start = start;
    this.end = start; // nothing, if the read breaks off
    this.end += await readAtLeast(this.file, this.room, { least: length, from: start, what: WHAT });
    this.copyNow(start, end, into, to);
  }

  public async close(): Promise<void> {
    await this.file.close();
    free(this.room);
  }
}
