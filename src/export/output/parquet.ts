import { mkdir, rm } from 'node:fs/promises';
import { type DuckDBConnection } from '@duckdb/node-api';
import { Messages } from '@salesforce/core';
import { type DelimiterName, DELIMITERS } from '../../input/delimiters.js';
import { type ExportColumn } from '../asked.js';
import { decimalType, isNumber, literal, MACROS, type Reading, valueOf, widenedBy } from './parquetTypes.js';

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
};

export type ParquetFile = {
  readonly path: string;
  /** CSV files with a header each, in the order of the rows. */
  readonly csvs: readonly string[];
};

export type ParquetWritten = {
  /** Rows of each file. */
  readonly rows: readonly number[];
  /** Columns that are not of their field's type, in words. */
  readonly warnings: readonly string[];
};

/** What the engine may use; the process needs about 0.2 GB more. */
const MEMORY_MB = 160;
/** Twice a record of the greatest length that the service gives, in four bytes a character. */
const MOST_LINE_BYTES = 4_000_000;

/**
 * Writes CSV files as Parquet files of one schema, typed by the org's fields: decimals exactly, dates, instants in UTC, booleans; an empty
 * value is null. No digit is lost: a column that has more of them than its field is said to have gets a wider type, in all of the files.
 * @param onRows told how many rows are written by now
 * @throws SfError `ParquetValueError` for a value that is not of its field's type; the signal's reason
 */
export async function writeParquet(
  source: ParquetSource,
  files: readonly ParquetFile[],
  onRows: (rows: number) => void = () => undefined
): Promise<ParquetWritten> {
  return withEngine(source, async (connection) => {
    try {
      return { rows: await copyAll(connection, source, { files, onRows }), warnings: [] };
    } catch (error) {
      source.signal?.throwIfAborted();
      if (isDiskFull(error)) throw error;
      // Also where none is wider: the engine takes some notations of a number for too long.
      const readings = await measured(connection, source, files);
      const rows = await copyAll(connection, source, { files, onRows, readings });
      return { rows, warnings: warningsOf(source, readings) };
    }
  }).catch((error: Error) => {
    source.signal?.throwIfAborted();
    if (isDiskFull(error)) throw Object.assign(new Error(error.message), { code: 'ENOSPC', syscall: 'write' });
    throw messages.createError('parquetValue', [error.message.split('\n')[0] ?? '']);
  });
}

/** The engine tells it by its text alone: that of Linux and macOS, and that of Windows. */
function isDiskFull(error: unknown): boolean {
  return error instanceof Error && /No space left on device|not enough space on the disk/.test(error.message);
}

/** The number of rows in a Parquet file. @throws Error when it is none */
export async function countParquet(path: string, directory: string): Promise<number> {
  return withEngine({ directory }, async (connection) => {
    const result = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${literal(path)})`);
    return Number(result.getRows()[0]?.[0]);
  });
}

async function withEngine<T>(
  { directory, signal }: Pick<ParquetSource, 'directory' | 'signal'>,
  work: (connection: DuckDBConnection) => Promise<T>
): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${MEMORY_MB}MB`,
    temp_directory: directory,
    threads: '2',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true'
  });
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    await connection.run("SET TimeZone = 'UTC'");
    for (const macro of MACROS) await connection.run(macro);
    return await work(connection);
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
    await rm(directory, { recursive: true, force: true });
  }
}

type Copying = {
  readonly files: readonly ParquetFile[];
  readonly onRows: (rows: number) => void;
  readonly readings?: ReadonlyMap<string, Reading>;
};

async function copyAll(
  connection: DuckDBConnection,
  source: ParquetSource,
  { files, onRows, readings }: Copying
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
      `COPY (SELECT ${values.join(', ')} FROM ${rowsOf(csvs, source)}) TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 50000, USE_TMP_FILE false)`
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
