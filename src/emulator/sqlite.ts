import { createRequire } from 'node:module';
import type * as Sqlite from 'node:sqlite';

type DatabaseSync = Sqlite.DatabaseSync;
type StatementSync = Sqlite.StatementSync;

export type { DatabaseSync, StatementSync };

/** Node's own database. It still says at its first import that it is experimental: that is kept from the user's terminal. */
export function openDatabase(path: string): DatabaseSync {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (): void => undefined;
  try {
    const { DatabaseSync: Database } = createRequire(import.meta.url)('node:sqlite') as typeof Sqlite;
    return new Database(path);
  } finally {
    process.emitWarning = emitWarning;
  }
}
