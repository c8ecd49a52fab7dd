import { access } from 'node:fs/promises';

/** Whether something is at this path, whatever it is. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false // whoever reads or writes there is told why not
  );
}
