import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, type DuckDBInstance } from '@duckdb/node-api';

export type DatabaseSize = {
  /** What the engine may use; the process needs about 0.6 GB more at most. */
  readonly memoryMb: number;
  /**
   * Tables in a file, compressed, are half the size and take twice as long to make. Without, they are in memory and what does not fit into it
   * is laid out on the disk.
   */
  readonly isInFile: boolean;
  /** By default as many as there are processors. */
  readonly threads?: number;
};

/** An embedded database with a directory of its own, for what would outgrow the heap. It goes when it is closed. */
export class Database {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly directory: string
  ) {}

  public static async open(directory: string, { memoryMb, isInFile, threads }: DatabaseSize): Promise<Database> {
    const { DuckDBInstance: Engine } = await import('@duckdb/node-api');
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const instance = await Engine.create(isInFile ? join(directory, 'matching.duckdb') : ':memory:', {
      memory_limit: `${memoryMb}MB`,
      temp_directory: join(directory, 'spill'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      preserve_insertion_order: 'false',
      // What is free goes back to the system soon: by default half a gigabyte of it may lie about.
      allocator_flush_threshold: '16MB',
      allocator_bulk_deallocation_flush_threshold: '64MB',
      ...(threads === undefined ? {} : { threads: String(threads) })
    });
    return new Database(instance, await instance.connect(), directory);
  }

  /** From here on the engine may use no more: what it holds beyond that is laid out on the disk at once. */
  public async shrinkTo(memoryMb: number): Promise<void> {
    await this.run(`SET memory_limit = '${memoryMb}MB'`);
  }

  public async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  /** For small results. BIGINT comes as a number, so it must be a safe one. */
  public async rows(sql: string): Promise<ReadonlyArray<ReadonlyArray<string | number | null>>> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRows().map((row) => row.map(plain));
  }

  /** Columns of whole numbers, some thousand rows at a time. */
  public async *integers(sql: string): AsyncGenerator<ReadonlyArray<readonly number[]>> {
    const result = await this.connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk.getColumns().map((column) => column.map(Number));
    }
  }

  /**
   * Fills a new table from a CSV of ours whose columns are texts; an empty field is NULL. The first column is a whole number.
   * @param skip rows before the first: 1 for a header
   */
  public async importCsv(table: string, path: string, columns: readonly string[], skip = 0): Promise<void> {
    const types = columns.map((column, i) => `${column}: '${i === 0 ? 'INTEGER' : 'VARCHAR'}'`).join(', ');
    await this.run(
      `CREATE TABLE ${table} AS SELECT * FROM read_csv(${quoted(path)}, header = false, skip = ${skip}, auto_detect = false, delim = ',', quote = '"',
         escape = '"', max_line_size = ${MOST_LINE_BYTES}, columns = {${types}})`
    );
  }

  /** Writes a result as CSV with LF, without header: far quicker than to take it through the heap value by value. */
  public async exportCsv(sql: string, path: string): Promise<void> {
    await this.run(`COPY (${sql}) TO ${quoted(path)} (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"')`);
  }

  public async close(): Promise<void> {
    this.connection.closeSync();
    this.instance.closeSync();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Twice a record of the greatest length that the service takes, in four bytes a character. */
const MOST_LINE_BYTES = 4_000_000;

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function plain(value: unknown): string | number | null {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
