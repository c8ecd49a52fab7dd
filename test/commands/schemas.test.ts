import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { checkJsonOutput } from '../nut/jsonOutput.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

describe('commands', () => {
  it('have a schema of their JSON each', async () => {
    const files = await readdir(join(ROOT, 'src', 'commands'), { recursive: true });
    const commands = files.filter((path) => path.endsWith('.ts')).map((path) => path.slice(0, -'.ts'.length));
    const schemas = await readdir(join(ROOT, 'schemas'));
    for (const command of commands) expect(schemas, command).to.include(`${command.replaceAll(/[\\/]/g, '-')}.json`);
  });

  const output = (text: string) => ({ code: 0, stdout: text, stderr: '' });
  const run = { runId: 'r', runDir: '/r', status: 'Gone' };

  it('are held to it by what watches the NUTs', () => {
    const check = (text: string): void => checkJsonOutput(['bulkops', 'run', 'list', '--json'], output(text));
    check(JSON.stringify({ status: 0, result: [run] }));
    check(JSON.stringify({ status: 1, name: 'NoRunsError' }));
    expect(() => check(JSON.stringify({ status: 0, result: [{ ...run, runId: 7 }] }))).to.throw('must be string');
    expect(() => check(JSON.stringify({ status: 0, result: [{ ...run, more: 7 }] }))).to.throw('additional properties');
    expect(() => check(`Run r\n${JSON.stringify({ status: 0, result: [] })}`)).to.throw('something else than JSON');
    expect(() => checkJsonOutput(['bulkops', 'nothing', '--json'], output('{}'))).to.throw('no schema');
  });

  it('have topics with a sentence each', async () => {
    const { oclif } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      oclif: { topics: { bulkops: { subtopics: Record<string, { description: string }> } } };
    };
    const folders = await readdir(join(ROOT, 'src', 'commands', 'bulkops'), { withFileTypes: true });
    for (const folder of folders.filter((entry) => entry.isDirectory()))
      expect(oclif.topics.bulkops.subtopics[folder.name]?.description, folder.name).to.match(/^[A-Z].*\.$/);
  });
});
