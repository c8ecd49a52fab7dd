import { type FileHandle } from 'node:fs/promises';

/** What is wanted of a file: so many bytes at least, from a place on or from where the last read has ended. */
type Wanted = { readonly least: number; readonly from?: number; readonly what: string };

/**
 * Fills memory from its beginning, as far as one read or more give it.
 * @returns how many bytes
 * @throws Error when the file ends before that; `what` names it
 */
export async function readAtLeast(file: FileHandle, into: Buffer, { least, from, what }: Wanted): Promise<number> {
  let filled = 0;
  while (filled < least) {
    const position = from === undefined ? null : from + filled;
    const { bytesRead } = await file.read(into, filled, into.length - filled, position);
    if (bytesRead === 0) throw new Error(`${what} is shorter than its index says`);
    filled += bytesRead;
  }
  return filled;
}
