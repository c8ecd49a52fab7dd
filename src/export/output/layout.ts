import { type RecordBatch } from '../../input/recordBatch.js';
import { type OutputAsked } from '../asked.js';
import { JsonRows } from './jsonRows.js';
import { type Writing } from './writing.js';

/** How rows look in a format, and what stands around them in each file. */
export type Layout = {
  readonly begin: Buffer;
  readonly between: Buffer;
  readonly end: (rows: number) => Buffer;
  /** Holds until the next call. */
  encode(batch: RecordBatch, from: number, to: number): Buffer;
};

export type LayingOut = { readonly header: Buffer; readonly names: readonly string[]; readonly writing: Writing };

const NOTHING = Buffer.alloc(0);

export function layoutOf(format: OutputAsked['format'], { header, names, writing }: LayingOut): Layout {
  switch (format) {
    case 'csv': {
      const lineEnd = Buffer.from(writing.run.asked.lineEnding === 'CRLF' ? '\r\n' : '\n');
      return { begin: header, between: NOTHING, end: () => NOTHING, encode: (...rows) => rawRows(...rows, lineEnd) };
    }
    case 'ndjson': {
      const rows = new JsonRows(names, writing.columns);
      const between = Buffer.from('\n');
      const encode: Layout['encode'] = (batch, from, to) => rows.encode(batch, from, to, between);
      return { begin: NOTHING, between, end: (count) => (count === 0 ? NOTHING : between), encode };
    }
    case 'json': {
      const rows = new JsonRows(names, writing.columns);
      const between = Buffer.from(',\n');
      const encode: Layout['encode'] = (batch, from, to) => rows.encode(batch, from, to, between);
      return { begin: Buffer.from('[\n'), between, end: () => Buffer.from('\n]\n'), encode };
    }
    case 'parquet':
      throw new Error('parquet is not written row by row');
  }
}

function rawRows(batch: RecordBatch, from: number, to: number, lineEnd: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let row = from; row < to; row += 1) pieces.push(batch.record(row), lineEnd);
  return Buffer.concat(pieces);
}
