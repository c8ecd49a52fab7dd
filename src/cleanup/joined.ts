import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE_DIRECTORY } from '../run/durably.js';
import { tableRows } from './csvTable.js';
import { isThere } from '../run/isThere.js';
import { id18 } from '../bulk/recordId.js';
import { LineFile } from './lineFile.js';

/** A CSV whose first of the named columns is the Id. */
export type IdTable = { readonly path: string; readonly columns: readonly string[] };

/** What the two tables have of one record, without its Id; undefined where a table has not the record. */
export type Joined = {
  readonly id: string;
  readonly left?: readonly string[];
  readonly right?: readonly string[];
};

/** A piece of the left table that is held in memory at once. */
const PIECE_BYTES = 32_000_000;

/**
 * The records of two tables, matched by their Ids whatever their length; in the order of the right one, then those that only the left one has.
 * Memory is that of one piece of the left table, however large they are: beyond that both are dealt into pieces on disk first, each a share of
 * the Ids.
 * @param scratch a directory that is not there yet, for the pieces
 */
export async function* joinById(left: IdTable, right: IdTable, scratch: string): AsyncGenerator<Joined> {
  const bytes = (await isThere(left.path)) ? (await stat(left.path)).size : 0;
  const pieces = Math.ceil(bytes / PIECE_BYTES);
  if (pieces <= 1) {
    yield* joinPiece(tableRows(left.path, left.columns), tableRows(right.path, right.columns));
    return;
  }
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true, mode: PRIVATE_DIRECTORY });
  try {
    const lefts = await deal(left, pieces, join(scratch, 'left'));
    const rights = await deal(right, pieces, join(scratch, 'right'));
    for (const [i, path] of lefts.entries())
      yield* joinPiece(tableRows(path, left.columns), tableRows(rights[i] ?? '', right.columns));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function* joinPiece(left: AsyncIterable<string[]>, right: AsyncIterable<string[]>): AsyncGenerator<Joined> {
  const held = new Map<string, string[]>();
  for await (const [id = '', ...values] of left) held.set(id18(id), values);
  for await (const [given = '', ...values] of right) {
    const id = id18(given);
    yield { id, left: held.get(id), right: values };
    held.delete(id);
  }
  for (const [id, values] of held) yield { id, left: values };
}

async function deal({ path, columns }: IdTable, pieces: number, name: string): Promise<string[]> {
  const paths = Array.from({ length: pieces }, (_, i) => `${name}-${i}.csv`);
  const files = paths.map((one) => new LineFile(one));
  try {
    for (const file of files) file.add(columns);
    for await (const row of tableRows(path, columns)) {
      const file = files[pieceOf(id18(row[0] ?? ''), pieces)];
      file?.add(row);
      await file?.drain();
    }
  } finally {
    for (const file of files) await file.close();
  }
  return paths;
}

/** Ids count upwards, so their last letters before the check spread evenly. */
function pieceOf(id: string, pieces: number): number {
  let mixed = 0;
  for (let i = 10; i < 15; i += 1) mixed = Math.imul(mixed ^ (id.charCodeAt(i) || 0), 0x9e3779b1) >>> 0;
  return (mixed >>> 8) % pieces;
}
