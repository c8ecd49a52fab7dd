import { free } from '../../input/freed.js';

const FIRST_CHUNK = 256;
const LARGEST_CHUNK = 64 * 1024;

/** A growing list of 32-bit numbers in half the memory of an array, and without its copy at each growth: lists here have millions. */
export class Uint32List {
  public length = 0;
  private readonly chunks: Uint32Array[] = [];
  private last = new Uint32Array(0);
  private filled = 0;

  public push(number: number): void {
    if (this.filled === this.last.length) {
      this.last = new Uint32Array(Math.min(Math.max(this.length, FIRST_CHUNK), LARGEST_CHUNK));
      this.chunks.push(this.last);
      this.filled = 0;
    }
    this.last[this.filled] = number;
    this.filled += 1;
    this.length += 1;
  }

  /** In the order in which they came, in pieces; they are not copies. */
  public *pieces(): Generator<Uint32Array> {
    for (const chunk of this.chunks) yield chunk === this.last ? chunk.subarray(0, this.filled) : chunk;
  }

  /** Gives its memory back: the list is empty then. */
  public close(): void {
    for (const memory of this.chunks.splice(0)) free(memory);
    this.last = new Uint32Array(0);
    this.length = this.filled = 0;
  }

  public toArray(): Uint32Array {
    const all = new Uint32Array(this.length);
    let at = 0;
    for (const piece of this.pieces()) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}

/** The bytes of the numbers as they lie in memory. */
export function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
