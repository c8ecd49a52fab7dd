import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkOrg, createRun, openRun, readRecord, type RunRecord } from '../../src/run/run.js';
import { listRuns } from '../../src/run/registry.js';
import { type RunId } from '../../src/run/runId.js';
import { isolatedHome } from '../isolatedHome.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

const RECORD: RunRecord = {
  version: 1,
  runId: '20261123-211500-upsert-Contact-7f3a' as RunId,
  command: 'upsert',
  asked: { operation: 'upsert', files: ['a.csv'] },
  org: { id: '00D000000000001', username: 'me@example.com', instanceUrl: 'http://127.0.0.1', apiVersion: '66.0' },
  toolVersion: '0.1.0',
  startedAt: '2026-11-23T21:15:00.000Z'
};

describe('run/run', () => {
  const dir = tempDir();
  isolatedHome();
  const runDir = (): string => join(dir.path, 'runs', 'one');

  it('makes the directory with record, lock and journal, and lets the machine know', async () => {
    const run = await createRun<{ type: string }>(RECORD, runDir());
    expect(run.entries).to.deep.equal([]);
    expect(run.directory).to.equal(runDir());
    expect((await readdir(runDir())).sort()).to.deep.equal(['journal.ndjson', 'lock', 'run.json']);
    expect(await listRuns()).to.deep.equal([{ runId: RECORD.runId, directory: runDir() }]);
    await run.close();
    expect((await readdir(runDir())).sort()).to.deep.equal(['journal.ndjson', 'run.json']);
  });

  it('opens a run with its record and all that happened', async () => {
    const made = await createRun<{ type: string }>(RECORD, runDir());
    await made.journal.append({ type: 'part-cut' }, { durable: false });
    await made.close();
    const opened = await openRun<{ type: string }>(runDir());
    expect(opened.record).to.deep.equal(RECORD);
    expect(opened.entries.map(({ event }) => event)).to.deep.equal([{ type: 'part-cut' }]);
    await opened.close();
  });

  it('makes a run in an empty directory that is there, hidden files aside', async () => {
    await mkdir(runDir(), { recursive: true });
    await writeFile(join(runDir(), '.gitkeep'), '');
    await (await createRun(RECORD, runDir())).close();
    expect((await readdir(runDir())).sort()).to.deep.equal(['.gitkeep', 'journal.ndjson', 'run.json']);
  });

  it('refuses a directory with anything else in it, which a run might remove', async () => {
    await mkdir(join(runDir(), 'pages'), { recursive: true });
    await writeFile(join(runDir(), 'pages', 'mine.txt'), 'mine');
    const error = await sfRejection(createRun(RECORD, runDir()));
    expect(error.name).to.equal('DirectoryNotEmptyError');
    expect(error.message).to.contain('pages is in it');
    expect(await readFile(join(runDir(), 'pages', 'mine.txt'), 'utf8')).to.equal('mine');
    expect(await listRuns()).to.deep.equal([]);
  });

  it('refuses a directory that holds a run, and leaves that one as it is', async () => {
    await (await createRun(RECORD, runDir())).close();
    const other = { ...RECORD, runId: 'another' as RunId };
    const error = await sfRejection(createRun(other, runDir()));
    expect(error.name).to.equal('DirectoryTakenError');
    expect((await readRecord(runDir())).runId).to.equal(RECORD.runId);
    expect(await listRuns()).to.have.length(1);
  });

  it('says why a directory can not be made', async () => {
    await writeFile(join(dir.path, 'file'), '');
    const error = await sfRejection(createRun(RECORD, join(dir.path, 'file', 'run')));
    expect(error.name).to.equal('DirectoryUnwritableError');
    expect(error.message).to.match(/ENOTDIR|EEXIST|ENOENT/);
  });

  it('does not wait for ever for a directory that can not be made where another one is', async function () {
    if (process.platform !== 'linux') this.skip();
    for (const path of ['/proc/run', '/proc/above/run'])
      expect((await sfRejection(createRun(RECORD, path))).name).to.equal('DirectoryUnwritableError');
  });

  it('makes all directories above that are missing', async () => {
    const path = join(dir.path, 'a', 'b', 'c');
    await (await createRun(RECORD, path)).close();
    expect((await readRecord(path)).runId).to.equal(RECORD.runId);
  });

  it('keeps everything from other users of the machine', async function () {
    if (process.platform === 'win32') this.skip();
    const run = await createRun(RECORD, runDir());
    await run.close();
    expect((await stat(runDir())).mode & 0o777).to.equal(0o700);
    for (const name of await readdir(runDir()))
      expect((await stat(join(runDir(), name))).mode & 0o777, name).to.equal(0o600);
  });

  const none: ReadonlyArray<[string, string | undefined]> = [
    ['there is nothing', undefined],
    ['run.json is no JSON', 'hello'],
    ['run.json is of another version', JSON.stringify({ ...RECORD, version: 2 })],
    ['run.json lacks the org', JSON.stringify({ ...RECORD, org: undefined })]
  ];
  for (const [name, text] of none)
    it(`says that a directory is none of a run when ${name}`, async () => {
      await mkdir(runDir(), { recursive: true });
      if (text !== undefined) await writeFile(join(runDir(), 'run.json'), text);
      const error = await sfRejection(openRun(runDir()));
      expect(error.name).to.equal('NotARunError');
      expect(error.message).to.contain(runDir());
      expect(await readdir(runDir())).to.have.length(text === undefined ? 0 : 1);
    });

  it('lets nothing more be journaled once another process has taken the run over', async function () {
    this.timeout(20_000);
    const run = await createRun<{ type: string }>(RECORD, runDir());
    await run.journal.append({ type: 'before' }, { durable: true });
    // What a process that stood still for long finds: the lock is touched by somebody else.
    const later = new Date(Date.now() + 60_000);
    let refused: Error | undefined;
    for (let tries = 0; tries < 100 && !refused; tries += 1) {
      await utimes(join(runDir(), 'lock'), later, later);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await run.journal.append({ type: 'after' }, { durable: true }).catch((error: Error) => (refused = error));
    }
    expect(refused?.name).to.equal('RunTakenError');
    await run.close();
  });

  it('is not gone on with in another org', () => {
    checkOrg(RECORD, `${RECORD.org.id.slice(0, 15)}AAA`);
    expect(() => checkOrg(RECORD, '00D999999999999AAA'))
      .to.throw(/00D999999999999AAA/)
      .with.property('name', 'OtherOrgError');
  });

  it('gives the lock back when the journal was tampered with', async () => {
    await (await createRun(RECORD, runDir())).close();
    const path = join(runDir(), 'journal.ndjson');
    await writeFile(path, 'rubbish\n');
    expect((await sfRejection(openRun(runDir()))).name).to.equal('JournalTamperedError');
    await writeFile(path, '');
    await (await openRun(runDir())).close();
  });
});
