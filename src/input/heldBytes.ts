import { free } from './freed.js';

const NOTHING: Buffer = Buffer.alloc(0);

/** The bytes that are not scanned yet, in a buffer that is used again and again. */
export class HeldBytes {
  public bytes: Buffer = NOTHING;
  private room: Buffer = NOTHING;

  /** Takes a copy: the producer may use its buffer again. What was seen of `bytes` before is overwritten, or gone. */
  public add(chunk: Buffer): void {
    const { bytes, room } = this;
    const held = bytes.length;
    const length = held + chunk.length;
    if (length > room.length) {
      this.room = Buffer.allocUnsafeSlow(Math.max(length, room.length * 2));
      bytes.copy(this.room);
      free(room);
    } else room.copyWithin(0, bytes.byteOffset - room.byteOffset, bytes.byteOffset - room.byteOffset + held);
    chunk.copy(this.room, held);
    this.bytes = this.room.subarray(0, length);
  }

  /** Lets go of what was scanned. */
  public drop(length: number): void {
    this.bytes = this.bytes.subarray(length);
  }

  /** Gives its memory back: what was seen of `bytes` is gone. */
  public close(): void {
    free(this.room);
    this.bytes = NOTHING;
    this.room = NOTHING;
  }
}
