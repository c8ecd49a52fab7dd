import { free } from '../../input/freed.js';

/** Somewhat less than is written to a file at once. */
const PIECE_BYTES = 500 * 1024;

/** Records of one result file, by ascending row number, wherever they lie. */
export type RecordSource = {
  /** No record has a lower row number; Infinity where there is none at all. */
  readonly firstRow: () => Promise<number>;
  readonly open: () => Promise<RecordCursor>;
};

/** A place among the records of one source. */
export type RecordCursor = {
  /** Number of the next row; Infinity at the end. */
  readonly row: number;
  /** Of the next record, with its row end. */
  readonly recordBytes: number;
  /**
   * Copies records whose row number is below `limit`, as many as there is room for, or fewer where the next must be read.
   * @returns their bytes; 0 where there is no room for the next one. A promise where they must be read.
   */
  readonly take: (limit: number, into: Buffer, at: number) => number | Promise<number>;
  readonly close: () => Promise<void>;
};

/**
 * The records of several sources in ascending order of row number, in pieces of whole records that hold until the next is asked for. Only
 * sources whose rows lie between each other are open at the same time: parts follow each other, so these are few.
 * @param sources which share no row
 * @throws Error when the records of a source do not fit its index
 */
export async function* mergeRecords(sources: readonly RecordSource[]): AsyncGenerator<Buffer> {
  const firstRows = await Promise.all(sources.map(async (source) => ({ source, row: await source.firstRow() })));
  const waiting = firstRows.sort((a, b) => b.row - a.row);
  let open: RecordCursor[] = [];
  let piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let filled = 0;
  try {
    for (;;) {
      const first = lowest(open);
      const next = waiting.at(-1);
      if (next && next.row <= (first?.row ?? Infinity)) {
        waiting.pop();
        const cursor = await next.source.open();
        if (cursor.row < Infinity) open.push(cursor);
        else await cursor.close();
        continue;
      }
      if (!first) break;
      const taking = first.take(Math.min(turnAfter(first, open), next?.row ?? Infinity), piece, filled);
      // A promise for each row would cost more than all the rest of this.
      const bytes = typeof taking === 'number' ? taking : await taking;
      filled += bytes;
      if (bytes === 0 && filled > 0) {
        yield piece.subarray(0, filled);
        filled = 0;
      } else if (bytes === 0) {
        free(piece);
        piece = Buffer.allocUnsafeSlow(first.recordBytes);
      } else if (first.row === Infinity) {
        await first.close();
        open = open.filter((cursor) => cursor !== first);
      }
    }
    if (filled > 0) yield piece.subarray(0, filled);
  } finally {
    for (const cursor of open) await cursor.close();
    free(piece);
  }
}

/** The cursor with the lowest row. */
function lowest(cursors: readonly RecordCursor[]): RecordCursor | undefined {
  let first: RecordCursor | undefined;
  for (const cursor of cursors) if (!first || cursor.row < first.row) first = cursor;
  return first;
}

/** The row at which another cursor than the first one has its turn. */
function turnAfter(first: RecordCursor, cursors: readonly RecordCursor[]): number {
  let row = Infinity;
  for (const cursor of cursors) if (cursor !== first && cursor.row < row) row = cursor.row;
  return row;
}
