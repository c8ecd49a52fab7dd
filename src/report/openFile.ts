import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The program that opens a file as a double click would. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', win32: 'explorer.exe' };

/**
 * Opens a file in the program that the desktop has for it, without a shell in between, and does not wait for it.
 * @throws the system's error where there is no desktop
 */
export async function openFile(path: string): Promise<void> {
  const child = spawn(OPENERS[process.platform] ?? 'xdg-open', [path], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
}
