import { isThere } from '../run/isThere.js';
import { openInput } from '../input/input.js';
import { LineFile } from './lineFile.js';

/**
 * The rows of a CSV with a header, as the values of the named columns in that order; a column that is not there is empty. No rows where there is
 * no file: results without rows have none.
 */
export async function* tableRows(path: string, columns: readonly string[]): AsyncGenerator<string[]> {
  if (!(await isThere(path))) return;
  const input = await openInput([{ path }]);
  const places = new Map(input.header.map((column, i) => [column.trim().toLowerCase(), i]));
  const wanted = columns.map((column) => places.get(column.toLowerCase()));
  for await (const batch of input.batches)
    for (let i = 0; i < batch.count; i += 1)
      yield wanted.map((place) => (place === undefined ? '' : batch.field(i, place)));
}

export async function headerOf(path: string): Promise<readonly string[]> {
  const { header, batches } = await openInput([{ path }]);
  // Asking for rows, and for no more, is what closes the file.
  for await (const batch of batches) if (batch.count >= 0) break;
  return header;
}

/** Writes a CSV with a header, on disk when fulfilled; returns the number of its rows. */
export async function writeTable(
  path: string,
  header: readonly string[],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>
): Promise<number> {
  const file = new LineFile(path, { isDurable: true });
  let count = 0;
  try {
    file.add(header);
    for await (const row of rows) {
      file.add(row);
      count += 1;
      await file.drain();
    }
  } finally {
    await file.close();
  }
  return count;
}
