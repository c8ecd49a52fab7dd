import { open } from 'node:fs/promises';
import { rowError } from '../bulk/rowError.js';

/** A row that failed, as failed.csv has it. */
export type ExampleRow = {
  /** In the input. */
  readonly row: number;
  readonly message: string;
  /** Columns with their values, those that the error names first. */
  readonly values: ReadonlyArray<readonly [column: string, value: string]>;
};

/** So much of failed.csv is looked through, since its size has no bound. */
const MOST_BYTES = 1_000_000;
const ROWS_OF_A_CODE = 3;
const MOST_COLUMNS = 7;

/**
 * The first rows of each error code in the first megabyte of a failed.csv, by code. A code whose rows all stand further down has none.
 * @throws the file system's errors
 */
export async function exampleRows(
  path: string,
  delimiter: string
): Promise<ReadonlyMap<string, readonly ExampleRow[]>> {
  const examples = new Map<string, ExampleRow[]>();
  let header: readonly string[] | undefined;
  for (const record of await recordsOf(await beginning(path), delimiter)) {
    const [, error = '', row = '', ...values] = record;
    if (!header) header = record.slice(ADDED_COLUMNS);
    else {
      const { code, message, fields } = rowError(error);
      const found = examples.get(code) ?? [];
      if (found.length === 0) examples.set(code, found);
      if (found.length < ROWS_OF_A_CODE)
        found.push({ row: Number(row), message, values: chosen(pairs(header, values), fields) });
    }
  }
  return examples;
}

async function recordsOf(text: string, delimiter: string): Promise<string[][]> {
  const { parse } = await import('csv-parse/sync');
  const records: string[][] = [];
  const keep = (record: string[]): null => {
    records.push(record);
    return null; // kept here, since what is returned is lost with an error
  };
  try {
    parse(text, { delimiter, bom: true, relax_column_count: true, on_record: keep });
  } catch (error) {
    // The text was cut off inside of a value; the rows before it are whole.
    if ((error as { code?: unknown }).code !== 'CSV_QUOTE_NOT_CLOSED') throw error;
  }
  return records;
}

/** sf__Id, sf__Error and bulkops__Row. */
const ADDED_COLUMNS = 3;

function pairs(columns: readonly string[], values: readonly string[]): Array<readonly [string, string]> {
  return values.map((value, at) => [columns[at] ?? '', value] as const);
}

/** What the error names, then what has a value, as many as are read at a glance. */
function chosen(all: ReadonlyArray<readonly [string, string]>, fields: readonly string[]): ExampleRow['values'] {
  const named = new Set(fields.map((field) => field.toLowerCase()));
  const isNamed = ([column]: readonly [string, string]): boolean => named.has(column.toLowerCase());
  const others = all.filter((pair) => !isNamed(pair) && pair[1] !== '');
  return [...all.filter(isNamed), ...others].slice(0, MOST_COLUMNS);
}

/** Cut at a row end, so that no character is cut in two; that may be one within a value. */
async function beginning(path: string): Promise<string> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(MOST_BYTES);
    const { bytesRead } = await file.read(buffer, 0, MOST_BYTES, 0);
    const end = bytesRead < MOST_BYTES ? bytesRead : buffer.lastIndexOf(0x0a, bytesRead - 1) + 1;
    return buffer.toString('utf8', 0, end);
  } finally {
    await file.close();
  }
}
