/** Bytes where they lie in a buffer: a buffer of their own for each row would be most of what a load leaves to the garbage collector. */
export class Span {
  public bytes: Buffer = NOTHING;
  public start = 0;
  public end = 0;

  public static of(bytes: Buffer): Span {
    const span = new Span();
    span.set(bytes, 0, bytes.length);
    return span;
  }

  public set(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** The same bytes: it holds as long as the span does. */
  public get buffer(): Buffer {
    return this.bytes.subarray(this.start, this.end);
  }
}

const NOTHING = Buffer.alloc(0);
