import { mkdir, rm } from 'node:fs/promises';
import { type DuckDBConnection } from '@duckdb/node-api';
import { Messages } from '@salesforce/core';
import { type DelimiterName, DELIMITERS } from '../../input/delimiters.js';
import { type ExportColumn } from '../asked.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

export type ParquetSource = {
  /** CSV files with a header each, in the order of the rows. */
  readonly files: readonly string[];
  readonly delimiter: DelimiterName;
  /** Names of the columns, in the order of the files. */
  readonly names: readonly string[];
  readonly columns?: readonly ExportColumn[];
  /** For what does not fit into memory. */
  readonly directory: string;
};

/** What the engine may use; the process needs about 0.2 GB more. */
const MEMORY_MB = 160;
/** Twice a record of the greatest length that the service gives, in four bytes a character. */
const MOST_LINE_BYTES = 4_000_000;
/** The digits of decimals whose own are not enough: 20 before the point. */
const WIDE = { precision: 38, scale: 18 };

/**
 * Writes CSV files as one Parquet file, typed by the org's fields: decimals exactly, dates, instants in UTC, booleans; an empty value is
 * null. A decimal with more digits than its field is said to have gets a wider column instead of being rounded.
 * @returns the number of rows
 * @throws SfError `ParquetValueError` for a value that is not of its field's type
 */
export async function writeParquet(source: ParquetSource, path: string): Promise<number> {
  return withEngine(source.directory, async (connection) => {
    try {
      return await copy(connection, source, { path, isWide: false });
    } catch (error) {
      if (!hasDecimals(source)) throw error;
      return copy(connection, source, { path, isWide: true });
    }
  }).catch((error: Error) => {
    throw messages.createError('parquetValue', [error.message.split('\n')[0] ?? '']);
  });
}

/** The number of rows in a Parquet file. @throws Error when it is none */
export async function countParquet(path: string, directory: string): Promise<number> {
  return withEngine(directory, async (connection) => {
    const result = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${literal(path)})`);
    return Number(result.getRows()[0]?.[0]);
  });
}

async function withEngine<T>(directory: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
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
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(directory, { recursive: true, force: true });
  }
}

async function copy(
  connection: DuckDBConnection,
  source: ParquetSource,
  { path, isWide }: { readonly path: string; readonly isWide: boolean }
): Promise<number> {
  const types = new Map(source.columns?.map((column) => [column.name.toLowerCase(), column]));
  const values = source.names.map(
    (name) => `${valueOf(name, types.get(name.toLowerCase()), isWide)} AS ${quoted(name)}`
  );
  const result = await connection.runAndReadAll(
    `COPY (SELECT ${values.join(', ')} FROM ${rowsOf(source)}) TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 50000, USE_TMP_FILE false)`
  );
  return Number(result.getRows()[0]?.[0]);
}

function rowsOf({ files, delimiter, names }: ParquetSource): string {
  if (files.length === 0)
    return `(SELECT ${names.map((name) => `NULL::VARCHAR AS ${quoted(name)}`).join(', ')} WHERE false)`;
  const columns = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  return `read_csv([${files.map(literal).join(', ')}], header = true, auto_detect = false, delim = ${literal(DELIMITERS[delimiter])},
    quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = true, parallel = false, max_line_size = ${MOST_LINE_BYTES}, buffer_size = ${2 * MOST_LINE_BYTES}, columns = {${columns}})`;
}

const DECIMALS: ReadonlySet<string> = new Set(['double', 'currency', 'percent']);

function valueOf(name: string, column: ExportColumn | undefined, isWide: boolean): string {
  const text = quoted(name);
  switch (column?.type) {
    case 'boolean':
      return `CAST(${text} AS BOOLEAN)`;
    case 'int':
    case 'long':
      return `CAST(CAST(${text} AS DECIMAL(38, 4)) AS BIGINT)`;
    case 'date':
      return `CAST(${text} AS DATE)`;
    case 'datetime':
      return `CAST(${text} AS TIMESTAMP WITH TIME ZONE)`;
    default:
      return column && DECIMALS.has(column.type) ? decimalOf(text, column, isWide) : text;
  }
}

/** A field without digits of its own, as a formula may be, is a binary number. */
function decimalOf(text: string, { name, precision, scale }: ExportColumn, isWide: boolean): string {
  if (precision < 1 || precision > WIDE.precision || scale > precision) return `CAST(${text} AS DOUBLE)`;
  if (isWide) return `CAST(${text} AS DECIMAL(${WIDE.precision}, ${WIDE.scale}))`;
  const exact = `CAST(${text} AS DECIMAL(${precision}, ${scale}))`;
  const wide = `CAST(${text} AS DECIMAL(${WIDE.precision}, ${Math.min(WIDE.scale, WIDE.precision - (precision - scale))}))`;
  return `CASE WHEN ${text} IS NULL OR ${exact} = ${wide} THEN ${exact} ELSE error(${literal(`${name} has more digits`)}) END`;
}

function hasDecimals({ columns = [] }: ParquetSource): boolean {
  return columns.some(({ type }) => DECIMALS.has(type));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
