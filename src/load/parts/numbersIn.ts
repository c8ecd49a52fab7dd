import { open } from 'node:fs/promises';

/** What makes numbers of one kind over memory. */
type NumbersOver<Numbers> = {
  readonly BYTES_PER_ELEMENT: number;
  new (memory: ArrayBufferLike, byteOffset?: number, length?: number): Numbers;
};

/** The numbers that a file has, where they were read to. A small file may lie askew in a buffer that is shared; a copy of a large one would count. */
export function numbersIn<Numbers>({ buffer, byteOffset, byteLength }: Buffer, Kind: NumbersOver<Numbers>): Numbers {
  const { BYTES_PER_ELEMENT } = Kind;
  return byteOffset % BYTES_PER_ELEMENT === 0
    ? new Kind(buffer, byteOffset, byteLength / BYTES_PER_ELEMENT)
    : new Kind(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** The number that a file of 32-bit ones begins with; Infinity where it is empty. */
export async function firstNumberIn(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return bytesRead === head.length ? head.readUInt32LE() : Infinity;
  } finally {
    await file.close();
  }
}
