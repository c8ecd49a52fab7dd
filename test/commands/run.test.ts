import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Config } from '@oclif/core';
import { stubSfCommandUx } from '@salesforce/sf-plugins-core';
import { createSandbox } from 'sinon';
import { expect } from 'chai';
import { type JobId } from '../../src/bulk/job.js';
import RunList from '../../src/commands/bulkops/run/list.js';
import RunShow from '../../src/commands/bulkops/run/show.js';
import { createRun } from '../../src/run/run.js';
import { isolatedHome } from '../isolatedHome.js';
import { HALF_A_LOAD, loadRecord, runWith } from '../report/runs.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

/** What an export asks for, as run.json has it. */
const ASKED = {
  sobject: 'Contact',
  soql: 'SELECT Id FROM Contact',
  operation: 'query',
  delimiter: 'COMMA',
  lineEnding: 'LF',
  concurrency: 4,
  output: { format: 'csv', path: '/out/contacts.csv', isPacked: false, mayOverwrite: false }
};

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate();
}

describe('commands/run', () => {
  isolatedHome();
  const dir = tempDir();
  const sandbox = createSandbox();
  let ux: ReturnType<typeof stubSfCommandUx>;
  let config: Config;

  before(async () => {
    config = await Config.load(import.meta.dirname);
  });
  beforeEach(() => {
    ux = stubSfCommandUx(sandbox);
  });
  afterEach(() => sandbox.restore());

  const said = (): string => ux.log.args.flat().join('\n');

  async function leave(runId: string): Promise<string> {
    const directory = join(dir.path, runId);
    await (await runWith(directory, HALF_A_LOAD, loadRecord(runId))).close();
    return directory;
  }

  it('says that there is no run where none was made', async () => {
    expect(await RunList.run([], config)).to.deep.equal([]);
    expect(said()).to.contain('no such run');
    expect((await sfRejection(RunShow.run([], config))).name).to.equal('NoRunsError');
  });

  it('lists runs by status and object, and says how many it leaves out', async () => {
    for (const id of ['20260301-a', '20260302-b', '20260303-c']) await leave(id);
    await rm(join(dir.path, '20260303-c'), { recursive: true });
    const ids = async (...argv: string[]) => (await RunList.run(argv, config)).map(({ runId }) => runId);
    expect(await ids()).to.deep.equal(['20260303-c', '20260302-b', '20260301-a']);
    expect(await ids('--status', 'Gone')).to.deep.equal(['20260303-c']);
    expect(await ids('-s', 'contact', '--limit', '1')).to.deep.equal(['20260302-b']);
    expect(ux.warn.args.flat().map(String).join()).to.contain('1 older run');
    expect(await ids('-s', 'Lead')).to.deep.equal([]);
    expect(await ids('--status', 'Gone,Interrupted')).to.have.length(3);
    const misspelt = await RunList.run(['--status', 'Broken'], config).catch((error: Error) => error);
    expect(misspelt).to.have.property('message').that.contains('Interrupted');
  });

  it('shows the run that was begun last, or the one that is named', async () => {
    await leave('20260301-a');
    const second = await leave('20260302-b');
    expect((await RunShow.run([], config)).run.runId).to.equal('20260302-b');
    expect((await RunShow.run(['--run-id', '20260301-a'], config)).run.runId).to.equal('20260301-a');
    const shown = await RunShow.run(['--run-dir', second], config);
    expect(shown.run.status).to.equal('Interrupted');
    expect(shown.summary?.rows).to.include({ read: 30 });
    expect(said()).to.contain('30 rows read, 18 succeeded').and.to.contain('2 × STRING_TOO_LONG');
  });

  it('shows no escape sequence that the data of a run brings along', async () => {
    const directory = await leave('20260301-a');
    const [code, message] = ['E\u001b]0;x\u0007', '\u001b[2J'];
    const summary = { ...(await RunShow.run([], config)).summary, status: 'Success', durationMs: 1e13 };
    const errors = [{ code, message, count: 1, exampleRow: 1 }];
    const mapping = [{ column: 'Na\u001b[1mme', field: 'Name' }];
    const told = { ...summary, errors, mapping, warnings: ['\u001b[31m'] };
    await writeFile(join(directory, 'summary.json'), JSON.stringify(told));
    await RunShow.run([], config);
    expect(said()).to.contain('E ]0;x');
    expect(said()).not.to.contain('\u001b');
  });

  it('follows an export and a cleanup that another process works on', async () => {
    const job = '7501x00000000aEAAQ' as JobId;
    const kinds: Array<[command: string, events: readonly object[], told: string]> = [
      [
        'export',
        [
          { type: 'ranges-planned', ranges: [{ range: 1, soql: 'SELECT Id FROM Contact' }] },
          { type: 'query-creating', range: 1 },
          { type: 'query-created', range: 1, jobId: job }
        ],
        `Query 1: job ${job}`
      ],
      ['cleanup-apply', [{ type: 'backed-up', records: 1200 }], 'Backed up 1,200 records']
    ];
    const listeners = process.listeners('SIGINT');
    const stderr = sandbox.stub(process.stderr, 'write').returns(true);
    for (const [command, events, told] of kinds) {
      const record = { ...loadRecord(`20260401-000000-${command}`, command), asked: command === 'export' ? ASKED : {} };
      const run = await createRun<object>(record, join(dir.path, command));
      for (const event of events) await run.journal.append(event, { durable: false });
      const shown = RunShow.run(['--run-dir', run.directory], config);
      await Promise.race([shown, until(() => stderr.args.flat().join('').includes(told))]);
      await run.close();
      expect((await shown).run.status).to.equal('Interrupted');
      expect(stderr.args.flat().join('')).to.contain(told);
    }
    process.removeAllListeners('SIGINT');
    for (const listener of listeners) process.on('SIGINT', listener);
  });

  it('opens the report of a run of every kind', async function () {
    if (process.platform !== 'linux') this.skip();
    const opener = join(dir.path, 'xdg-open');
    const opened = join(dir.path, 'opened');
    await writeFile(opener, `#!/bin/sh\necho "$1" >> '${opened}'\n`, { mode: 0o700 });
    sandbox.stub(process, 'env').value({ ...process.env, PATH: `${dir.path}:${process.env.PATH ?? ''}` });
    const reports: string[] = [];
    for (const [at, command] of ['insert', 'export', 'cleanup-apply', 'cleanup-undo'].entries()) {
      const record = { ...loadRecord(`20260401-00000${at}-${command}`, command), asked: { applied: dir.path } };
      const run = await createRun<object>(
        command === 'export' ? { ...record, asked: ASKED } : record,
        join(dir.path, command)
      );
      await run.close();
      reports.push(join(run.directory, 'report.html'));
      await writeFile(reports.at(-1) ?? '', 'a page');
      await writeFile(join(run.directory, 'summary.json'), JSON.stringify({ status: 'Success' }));
      await RunShow.run(['--run-dir', run.directory, '--open'], config);
      await until(() => existsSync(opened) && readFileSync(opened, 'utf8') === `${reports.join('\n')}\n`);
    }
    expect(ux.warn.args).to.deep.equal([]);
  });

  it('says that there is no report to be opened', async () => {
    const directory = await leave('20260301-a');
    await RunShow.run(['--open'], config);
    expect(ux.warn.args.flat().map(String).join()).to.contain(join(directory, 'report.html'));
  });

  it('refuses a run that nobody knows', async () => {
    expect((await sfRejection(RunShow.run(['--run-id', 'nope'], config))).name).to.equal('RunUnknownError');
    expect((await sfRejection(RunShow.run(['--run-dir', dir.path], config))).name).to.equal('NotARunError');
  });
});
