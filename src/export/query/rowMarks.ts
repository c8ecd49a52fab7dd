import { hash } from 'node:crypto';

/** A row is known again by so many bytes: of a SHA-256, so that no other row is ever taken for it and left out. */
const MARK_BYTES = 16;
const MARK_WORDS = MARK_BYTES / Uint32Array.BYTES_PER_ELEMENT;
/** Places for each mark: the fuller the table, the longer the search. */
const ROOM = 1.25;
/** Marks that are written at once. */
const PIECE_MARKS = 4096;

/**
 * Writes what stands for a row in the state that it has. As text, since a buffer for each of millions of rows lies outside of the heap and
 * is collected late.
 */
function writeMark(row: string, into: Buffer, at: number): void {
  into.write(hash('sha256', row, 'binary'), at, MARK_BYTES, 'latin1');
}

/** The marks of rows one after another, as they lie in a file. */
export async function* markBytes(rows: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Buffer> {
  let piece = Buffer.alloc(PIECE_MARKS * MARK_BYTES);
  let filled = 0;
  for await (const row of rows) {
    writeMark(row, piece, filled);
    filled += MARK_BYTES;
    if (filled < piece.length) continue;
    yield piece;
    piece = Buffer.alloc(piece.length);
    filled = 0;
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** Marks in memory: 20 bytes for each row, so that a load of millions just before an export does not fill the heap. */
export class RowMarks {
  private readonly words: Uint32Array;
  private readonly places: number;
  private readonly asked = Buffer.alloc(MARK_BYTES);

  private constructor(rows: number) {
    this.places = Math.ceil(rows * ROOM) + 1;
    this.words = new Uint32Array(this.places * MARK_WORDS);
  }

  /** @param bytes what `markBytes` has made of at most so many rows, in pieces of any size */
  public static async of(bytes: AsyncIterable<Buffer>, rows: number): Promise<RowMarks> {
    const marks = new RowMarks(rows);
    let rest = Buffer.alloc(0);
    for await (const chunk of bytes) {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (; at + MARK_BYTES <= all.length; at += MARK_BYTES) marks.add(all, at);
      rest = Buffer.from(all.subarray(at));
    }
    return marks;
  }

  public static rowsIn(bytes: number): number {
    return Math.floor(bytes / MARK_BYTES);
  }

  public has(row: string): boolean {
    writeMark(row, this.asked, 0);
    return this.isAt(this.placeOf(this.asked, 0), this.asked, 0);
  }

  private add(bytes: Buffer, from: number): void {
    const at = this.placeOf(bytes, from) * MARK_WORDS;
    for (let word = 0; word < MARK_WORDS; word += 1) this.words[at + word] = wordOf(bytes, from, word);
  }

  /** Where a mark is, or the free place where it would be. */
  private placeOf(bytes: Buffer, from: number): number {
    let place = wordOf(bytes, from, 1) % this.places;
    while (this.words[place * MARK_WORDS] !== 0 && !this.isAt(place, bytes, from)) place = (place + 1) % this.places;
    return place;
  }

  private isAt(place: number, bytes: Buffer, from: number): boolean {
    for (let word = 0; word < MARK_WORDS; word += 1)
      if (this.words[place * MARK_WORDS + word] !== wordOf(bytes, from, word)) return false;
    return true;
  }
}

/** The first word is never 0, which stands for a free place. */
function wordOf(bytes: Buffer, from: number, word: number): number {
  const value = bytes.readUInt32LE(from + word * Uint32Array.BYTES_PER_ELEMENT);
  return word === 0 && value === 0 ? 1 : value;
}
