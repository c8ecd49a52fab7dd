import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** People's data and what was done with it: for the owner alone. Windows knows no modes and leaves them to the folder. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIRECTORY = 0o700;

/**
 * Replaces a file in one step: whoever reads it, also after a crash at any moment, finds the old content or the new, whole. Leaves
 * `<path>.writing` behind when it is broken off.
 */
export async function writeDurably(path: string, content: string | AsyncIterable<Buffer>): Promise<void> {
  const beside = `${path}.writing`;
  const file = await open(beside, 'w', PRIVATE_FILE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncDirectory(dirname(path));
}

/** Makes names in a directory durable. Windows can't open a directory, and keeps names in order by itself. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
