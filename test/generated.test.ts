import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is made from the commands, as it lies in the repository. */
async function generated(): Promise<Record<string, string>> {
  const schemas = (await readdir(join(ROOT, 'schemas'))).map((name) => join('schemas', name));
  const commands = (await readdir(join(ROOT, 'docs', 'commands'), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', 'commands', name));
  const documents = ['README.md', join('docs', 'events.md'), join('docs', 'troubleshooting.md'), ...commands.sort()];
  const files = ['command-snapshot.json', ...documents, ...schemas.sort()];
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, await readFile(join(ROOT, name), 'utf8')] as const))
  );
}

describe('generated files', () => {
  it('are what npm run generate makes of the commands (it was run now, so commit what it changed)', async () => {
    const before = await generated();
    await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'generate.mjs')], {
      env: { ...process.env, NODE_OPTIONS: '' }
    });
    expect(await generated()).to.deep.equal(before);
  }).timeout(120_000);
});
