import { rmSync } from 'node:fs';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InputSource, openSource } from '../open.js';
import { isReadOnce } from '../rawSource.js';

/**
 * A source that can be read twice: itself, or for standard input and pipes a copy in UTF-8 that its owner alone can read. The copy is removed when the
 * process ends.
 */
export async function spooled(source: InputSource): Promise<Pick<InputSource, 'path' | 'encoding'>> {
  if (!(await isReadOnce(source.path))) return source;
  const directory = await mkdtemp(join(tmpdir(), 'bulkops-stdin-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'stdin');
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of openSource(source)) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
  return { path, encoding: undefined };
}
