import { readFile } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { FileWriter } from './fileWriter.js';
import { numbersIn } from './numbersIn.js';

/**
 * To be raised when rows get other hashes than before, by another form of values or another hash: a run that was prepared by an earlier version of
 * the plugin knows its rows by themselves then.
 */
const VERSION = 1;
const FIRST_CHUNK = 256;
const LARGEST_CHUNK = 32 * 1024;

/** The hashes of the keys of a part's rows as they are gathered: 8 bytes a row. */
export class KeyHashes {
  public length = 0;
  private readonly chunks: Float64Array[] = [];
  private last = new Float64Array(0);
  private filled = 0;

  /** @param hash see `hash53` */
  public push(hash: number): void {
    if (this.filled === this.last.length) {
      this.last = new Float64Array(Math.min(Math.max(this.length, FIRST_CHUNK), LARGEST_CHUNK));
      this.chunks.push(this.last);
      this.filled = 0;
    }
    this.last[this.filled] = hash;
    this.filled += 1;
    this.length += 1;
  }

  /** The version first, as one of the numbers. Durable when it returns; gives the memory back. */
  public async write(path: string): Promise<void> {
    const writer = await FileWriter.create(path);
    await writer.append(Buffer.from(Float64Array.of(VERSION).buffer));
    for (const chunk of this.chunks) {
      const length = chunk === this.last ? this.filled : chunk.length;
      await writer.append(Buffer.from(chunk.buffer, 0, length * Float64Array.BYTES_PER_ELEMENT));
    }
    await writer.close();
    for (const memory of this.chunks.splice(0)) free(memory);
  }
}

/** The hashes of a part's rows in their order; undefined where the part has none, as when one of its rows has no key, or others than are used now. */
export async function readKeyHashes(path: string, rows: number): Promise<Float64Array | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes?.length !== (rows + 1) * Float64Array.BYTES_PER_ELEMENT) return undefined;
  const numbers = numbersIn(bytes, Float64Array);
  return numbers[0] === VERSION ? numbers.subarray(1) : undefined;
}
