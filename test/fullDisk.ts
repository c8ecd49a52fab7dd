import { type FileHandle, open } from 'node:fs/promises';

type Write = (this: FileHandle, data: unknown, ...rest: unknown[]) => Promise<unknown>;
const WRITES = ['write', 'writeFile', 'appendFile'] as const;

/**
 * From the nth write on (from 1) the disk has no room: half of that one still fits, as it does where a disk fills up. Only what is written through
 * file handles is concerned, so an emulator in the same process goes on.
 * @returns `restore`, which makes room again, and how many writes there were
 */
export async function fullDisk(nth: number): Promise<{ restore: () => void; writes: () => number }> {
  const handle = await open(import.meta.filename, 'r');
  const methods = Object.getPrototypeOf(handle) as Record<(typeof WRITES)[number], Write>;
  await handle.close();
  const originals = WRITES.map((name) => [name, methods[name]] as const);
  let count = 0;
  let isInside = false;
  for (const [name, original] of originals)
    methods[name] = async function (data, ...rest) {
      if (isInside) return original.call(this, data, ...rest);
      count += 1;
      if (count < nth) return original.call(this, data, ...rest);
      const isWhole = Buffer.isBuffer(data) || typeof data === 'string';
      if (count === nth && isWhole) {
        isInside = true;
        const half = data.slice(0, data.length >> 1);
        await original.call(this, half).finally(() => (isInside = false));
      }
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
        code: 'ENOSPC',
        errno: -28,
        syscall: 'write'
      });
    };
  return {
    restore: () => {
      for (const [name, original] of originals) methods[name] = original;
    },
    writes: () => count
  };
}
