import { mkdir, rm } from 'node:fs/promises';
import { type DuckDBConnection } from '@duckdb/node-api';
import { MACROS } from './parquetTypes.js';

/** What the engine may use, unless rows are so long that it needs more; the process needs about 0.1 GB more. */
export const MEMORY_MB = 160;

export type EngineAsked = {
  /** For what does not fit into memory; it is removed at the end. */
  readonly directory: string;
  readonly memoryMb: number;
  /** Ends what is under way where it stands. */
  readonly signal?: AbortSignal;
};

/** Does work with an engine of its own. */
export async function withEngine<T>(
  { directory, signal, memoryMb }: EngineAsked,
  work: (connection: DuckDBConnection) => Promise<T>
): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    temp_directory: directory,
    // With a second one it takes twice the processor time and half as much memory again, and is no quicker.
    threads: '1',
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

/** The engine tells its failures by their texts alone. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Out of Memory Error');
}

/** The texts are those of Linux and macOS, and of Windows. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && /No space left on device|not enough space on the disk/.test(error.message);
}
