import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Does a work in a directory. What the work has made there goes when it fails, or when the process ends before it is done, as by Ctrl-C: it holds
 * people's data, and would be in the way of the next try.
 */
export async function keptIfDone<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const clear = (): void => empty(directory);
  process.once('exit', clear);
  try {
    return await work();
  } catch (error) {
    clear();
    throw error;
  } finally {
    process.removeListener('exit', clear);
  }
}

/** At once, since at the exit of a process nothing is waited for. */
function empty(directory: string): void {
  try {
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
  } catch {
    // What can't be removed is only in the way: the next plan says so.
  }
}
