import { stat } from 'node:fs/promises';
import { type DuckDBConnection } from '@duckdb/node-api';
import { Messages } from '@salesforce/core';
import { type DelimiterName, DELIMITERS } from '../../input/delimiters.js';
import { type ExportColumn } from '../asked.js';
import { isDiskFull, isOutOfMemory, MEMORY_MB, withEngine } from './parquetEngine.js';
import { decimalType, isNumber, literal, type Reading, valueOf, widenedBy } from './parquetTypes.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

export type ParquetSource = {
  readonly delimiter: DelimiterName;
  /** Names of the columns, in the order of the files. */
  readonly names: readonly string[];
  readonly columns?: readonly ExportColumn[];
  /** For what does not fit into memory. */
  readonly directory: string;
  /** Ends the work where it stands. */
  readonly signal?: AbortSignal;
  /** What the engine may use, where rows of a usual length are enough. */
  readonly memoryMb?: number;
};

export type ParquetFile = {
  readonly path: string;
  /** CSV files with a header each, in the order of the rows. */
  readonly csvs: readonly string[];
  /** Rows in them. */
  readonly rows: number;
};

export type ParquetWritten = {
  /** Rows of each file. */
  readonly rows: readonly number[];
  /** Columns that are not of their field's type, in words. */
  readonly warnings: readonly string[];
};

/** The engine takes rows in so many at once, and holds each about so often. */
const VECTOR_ROWS = 2048;
const COPIES_OF_ROW = 5;
/** Where that was not enough, since some rows are much longer than others. */
const MORE_MEMORY = 4;
/** A group of rows is held until it is written: so much of CSV, or what the engine takes in at once where that is more. */
const GROUP_BYTES = 12_000_000;
const MOST_GROUP_ROWS = 24 * VECTOR_ROWS;
/** Twice a record of the greatest length that the service gives, in four bytes a character. */
const MOST_LINE_BYTES = 4_000_000;

/**
 * Writes CSV files as Parquet files of one schema, typed by the org's fields: decimals exactly, dates, instants in UTC, booleans; an empty
 * value is null. No digit is lost: a column that has more of them than its field is said to have gets a wider type, in all of the files.
 * @param onRows told how many rows are written by now
 * @throws SfError `ParquetValueError` for a value that is not of its field's type, `ParquetMemoryError`; the signal's reason
 */
export async function writeParquet(
  source: ParquetSource,
  files: readonly ParquetFile[],
  onRows: (rows: number) => void = () => undefined
): Promise<ParquetWritten> {
  const rowBytes = await meanBytes(files);
  const memoryMb = Math.max(source.memoryMb ?? MEMORY_MB, Math.ceil((VECTOR_ROWS * COPIES_OF_ROW * rowBytes) / 1e6));
  const copying: Copying = { files, onRows, groupRows: groupRows(rowBytes) };
  return withEngine({ ...source, memoryMb }, async (connection) => {
    try {
      return await written(connection, source, copying);
    } catch (error) {
      source.signal?.throwIfAborted();
      if (!isOutOfMemory(error)) throw error;
      await connection.run(`SET memory_limit = '${memoryMb * MORE_MEMORY}MB'`);
      return written(connection, source, copying);
    }
  }).catch((error: Error) => {
    source.signal?.throwIfAborted();
    if (isDiskFull(error)) throw Object.assign(new Error(error.message), { code: 'ENOSPC', syscall: 'write' });
    const why = error.message.split('\n')[0] ?? '';
    throw messages.createError(isOutOfMemory(error) ? 'parquetMemory' : 'parquetValue', [why]);
  });
}

async function written(connection: DuckDBConnection, source: ParquetSource, copying: Copying): Promise<ParquetWritten> {
  try {
    return { rows: await copyAll(connection, source, copying), warnings: [] };
  } catch (error) {
    source.signal?.throwIfAborted();
    if (isDiskFull(error) || isOutOfMemory(error)) throw error;
    // Also where none is wider: the engine takes some notations of a number for too long.
    const readings = await measured(connection, source, copying.files);
    const rows = await copyAll(connection, source, { ...copying, readings });
    return { rows, warnings: warningsOf(source, readings) };
  }
}

/** Of a row as CSV. */
async function meanBytes(files: readonly ParquetFile[]): Promise<number> {
  let bytes = 0;
  for (const csv of files.flatMap(({ csvs }) => csvs)) bytes += (await stat(csv)).size;
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  return rows === 0 ? 0 : bytes / rows;
}

function groupRows(rowBytes: number): number {
  const vectors = Math.floor(GROUP_BYTES / Math.max(rowBytes, 1) / VECTOR_ROWS);
  return Math.min(Math.max(vectors, 1) * VECTOR_ROWS, MOST_GROUP_ROWS);
}

/** The number of rows in a Parquet file. @throws Error when it is none */
export async function countParquet(path: string, directory: string): Promise<number> {
  return withEngine({ directory, memoryMb: MEMORY_MB }, async (connection) => {
    const result = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${literal(path)})`);
    return Number(result.getRows()[0]?.[0]);
  });
}

type Copying = {
  readonly files: readonly ParquetFile[];
  readonly onRows: (rows: number) => void;
  readonly groupRows: number;
  readonly readings?: ReadonlyMap<string, Reading>;
};

async function copyAll(
  connection: DuckDBConnection,
  source: ParquetSource,
  { files, onRows, groupRows: most, readings }: Copying
): Promise<number[]> {
  const types = new Map(source.columns?.map((column) => [column.name.toLowerCase(), column]));
  const values = source.names.map((name) => {
    const value = valueOf(quoted(name), types.get(name.toLowerCase()), readings?.get(name.toLowerCase()));
    return `${value} AS ${quoted(name)}`;
  });
  const rows: number[] = [];
  for (const { path, csvs } of files) {
    source.signal?.throwIfAborted();
    const result = await connection.runAndReadAll(
      `COPY (SELECT ${values.join(', ')} FROM ${rowsOf(csvs, source)}) TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${most}, USE_TMP_FILE false)`
    );
    rows.push(Number(result.getRows()[0]?.[0]));
    onRows(rows.reduce((sum, count) => sum + count, 0));
  }
  return rows;
}

/** How the columns of numbers are to be read, by their names in small letters; one with a value that is no number is not among them. */
async function measured(
  connection: DuckDBConnection,
  source: ParquetSource,
  files: readonly ParquetFile[]
): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>();
  const csvs = files.flatMap((file) => file.csvs);
  for (const column of (source.columns ?? []).filter(isNumber)) {
    const text = quoted(column.name);
    const result = await connection.runAndReadAll(
      `SELECT max(whole_of(${text})), max(scale_of(${text})), max(length(kept(${text}))), bool_or(contains(lower(${text}), 'e'))
       FROM ${rowsOf(csvs, source)} HAVING count(${text}) = count(try_cast(${text} AS DOUBLE))`
    );
    const [row] = result.getRows();
    if (!row) continue;
    const [whole = 0, scale = 0, significant = 0] = row.map((value) => Number(value));
    const to = widenedBy(column, { whole, scale, significant });
    readings.set(column.name.toLowerCase(), { to, hasExponents: row[3] === true });
  }
  return readings;
}

function rowsOf(csvs: readonly string[], { delimiter, names }: ParquetSource): string {
  if (csvs.length === 0)
    return `(SELECT ${names.map((name) => `NULL::VARCHAR AS ${quoted(name)}`).join(', ')} WHERE false)`;
  const columns = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  return `read_csv([${csvs.map(literal).join(', ')}], header = true, auto_detect = false, delim = ${literal(DELIMITERS[delimiter])},
    quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = true, parallel = false, max_line_size = ${MOST_LINE_BYTES}, buffer_size = ${2 * MOST_LINE_BYTES}, columns = {${columns}})`;
}

function warningsOf({ columns = [] }: ParquetSource, readings: ReadonlyMap<string, Reading>): string[] {
  return columns.flatMap(({ name }) => {
    const to = readings.get(name.toLowerCase())?.to;
    if (!to) return [];
    return to === 'text'
      ? messages.getMessage('parquetText', [name])
      : messages.getMessage('parquetWidened', [name, decimalType(to)]);
  });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
