/** The bytes that are not scanned yet, in a buffer that is used again and again. */
export class HeldBytes {
  public bytes: Buffer = Buffer.alloc(0);
  private room: Buffer = Buffer.alloc(0);

  /** Takes a copy: the producer may use its buffer again. What was seen of `bytes` before is overwritten. */
  public add(chunk: Buffer): void {
    const { bytes } = this;
    const length = bytes.length + chunk.length;
    if (length > this.room.length) {
      const room = Buffer.allocUnsafe(Math.max(length, this.room.length * 2));
      bytes.copy(room);
      this.room = room;
    } else
      this.room.copyWithin(
        0,
        bytes.byteOffset - this.room.byteOffset,
        bytes.byteOffset - this.room.byteOffset + bytes.length
      );
    chunk.copy(this.room, bytes.length);
    this.bytes = this.room.subarray(0, length);
  }

  /** Lets go of what was scanned. */
  public drop(length: number): void {
    this.bytes = this.bytes.subarray(length);
  }
}
