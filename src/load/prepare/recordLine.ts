/** Below this many bytes a loop is quicker than a call into native code, which makes an object besides. */
const FEW_BYTES = 32;

/** A record that is put together from bytes of others, in one buffer that serves for all: it holds until the next one is begun. */
export class RecordLine {
  private room: Buffer = Buffer.alloc(0);
  private filled = 0;

  public begin(): void {
    this.filled = 0;
  }

  public add(bytes: Buffer, start = 0, end = bytes.length): void {
    const needed = this.filled + end - start;
    if (needed > this.room.length) this.grow(needed);
    const { room, filled } = this;
    if (end - start < FEW_BYTES) for (let at = start; at < end; at += 1) room[filled + at - start] = bytes[at] ?? 0;
    else bytes.copy(room, filled, start, end);
    this.filled = needed;
  }

  public get bytes(): Buffer {
    return this.room.subarray(0, this.filled);
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.room.length * 2));
    this.room.copy(larger, 0, 0, this.filled);
    this.room = larger;
  }
}
