/** The Ids of a page's rows, as far as two texts can tell of them. */
export type PageIds = {
  readonly low: string;
  readonly high: string;
  /** Each is above the one before, so that no Id is there twice. */
  readonly isAscending: boolean;
};

const QUOTE = 0x22;
/** An Id has 15 characters, or 18 with its check letters; their bytes sort as Ids do. */
const LENGTHS: ReadonlySet<number> = new Set([15, 18]);
const LONGEST = 18;
/** With its quotes. */
const MOST_BYTES = LONGEST + 2;

/** Takes in the Ids of a page as they pass, some hundred thousand a second: no strings are made of them. */
export class IdRange {
  private readonly lowest = Buffer.alloc(LONGEST);
  private readonly highest = Buffer.alloc(LONGEST);
  /** Of all of them; 0 before the first. */
  private length = 0;
  private isAscending = true;
  private isKnown = true;
  private readonly carried = Buffer.alloc(MOST_BYTES);
  private carriedBytes = 0;

  /** Takes the beginning of a value that goes on in the next chunk. */
  public carry(chunk: Buffer, from: number): void {
    const bytes = chunk.length - from;
    if (this.carriedBytes + bytes > MOST_BYTES) this.isKnown = false;
    else this.carriedBytes += chunk.copy(this.carried, this.carriedBytes, from);
  }

  /** Takes a value, or the end of one that was carried; `from` and `to` are about its quotes, if it has any. */
  public add(chunk: Buffer, from: number, to: number): void {
    if (this.carriedBytes === 0) {
      this.take(chunk, from, to);
      return;
    }
    this.carry(chunk.subarray(0, to), from);
    this.take(this.carried, 0, this.carriedBytes);
    this.carriedBytes = 0;
  }

  /** Undefined where there are none, or values that are no Ids. */
  public get ids(): PageIds | undefined {
    if (!this.isKnown || this.length === 0) return undefined;
    const text = (id: Buffer): string => id.toString('latin1', 0, this.length);
    return { low: text(this.lowest), high: text(this.highest), isAscending: this.isAscending };
  }

  private take(bytes: Buffer, quotedFrom: number, quotedTo: number): void {
    const isQuoted = bytes[quotedFrom] === QUOTE;
    const from = isQuoted ? quotedFrom + 1 : quotedFrom;
    const length = (isQuoted ? quotedTo - 1 : quotedTo) - from;
    if (this.length === 0 && LENGTHS.has(length)) {
      this.length = length;
      bytes.copy(this.lowest, 0, from, from + length);
      bytes.copy(this.highest, 0, from, from + length);
    } else if (length !== this.length) this.isKnown = false;
    else if (order(bytes, from, this.highest, length) > 0) bytes.copy(this.highest, 0, from, from + length);
    else {
      this.isAscending = false;
      if (order(bytes, from, this.lowest, length) < 0) bytes.copy(this.lowest, 0, from, from + length);
    }
  }
}

function order(bytes: Buffer, from: number, id: Buffer, length: number): number {
  for (let i = 0; i < length; i += 1) {
    const difference = (bytes[from + i] ?? 0) - (id[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
