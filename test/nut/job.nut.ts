import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type JobListed, type JobShown } from '../../src/jobs/jobResult.js';
import { type JobEnd } from '../../src/jobs/endJobs.js';
import { type WatchResult } from '../../src/jobs/watchResult.js';
import { WebhookSink } from '../webhookSink.js';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

type Answer<R> = { status: number; name?: string; message?: string; actions?: string[]; result: R };

const DAY_MS = 86_400_000;

/** All jobs here but the open ones are made by the official commands. */
describe('sf bulkops job', () => {
  let org: EmulatedOrg;
  let nowMs = Date.now() - 3 * DAY_MS;
  let loaded = '';
  let queried = '';
  let leftOpen = '';

  before(async () => {
    org = await EmulatedOrg.create({ now: () => nowMs, rowsPerSecond: 2000 });
    const file = join(org.sf.home, 'rows.csv');
    const rows = Array.from({ length: 500 }, (_, n) => `JOB-${n},name ${n},${n === 7 ? 'heavy' : n}\n`);
    await writeFile(file, `External_Id__c,Name,Weight_Kg__c\n${rows.join('')}`);
    leftOpen = org.emulator.org.ingest.create({ object: 'Contact', operation: 'insert' }, 66).id;
    nowMs = Date.now();
    const into = ['--target-org', ALIAS, '--sobject', 'Shipment__c', '--file', file, '--json'];
    await org.sf.text('data', 'import', 'bulk', ...into);
    loaded = org.emulator.org.ingest.list().find(({ object }) => object === 'Shipment__c')?.id ?? '';
  });
  after(async () => org.close());

  async function job<R>(...args: string[]): Promise<{ code: number; answer: Answer<R> }> {
    const { code, stdout, stderr } = await org.sf.output('bulkops', 'job', ...args, '--target-org', ALIAS, '--json');
    return { code, answer: JSON.parse(stdout || stderr) as Answer<R> };
  }

  it('watches a foreign load to its end, by an id of 15 characters, and tells of the rows that failed', async () => {
    const sink = await WebhookSink.start();
    try {
      const args = ['--job-id', loaded.slice(0, 15), '--notify', `slack+${sink.url}`, '--target-org', ALIAS];
      const { code, stdout, stderr } = await org.sf.output('bulkops', 'job', 'watch', ...args);
      expect(code, stderr).to.equal(68);
      expect(stderr).to.contain(`${loaded}: JobComplete · 499 succeeded, 1 failed`);
      expect(stdout).to.contain('PartialSuccess: 1 JobComplete');
      expect(sink.received[0]?.body).to.contain('insert of Shipment__c is done, but not for all rows');
    } finally {
      await sink.close();
    }
  });

  it('reads its results, whole or not at all, and says what is missing to do so', async () => {
    const file = join(org.sf.home, 'success.csv');
    const { answer } = await job<{ rows: number; expected: number }>(
      ...['results', '--job-id', loaded, '--result', 'success', '--output-file', file]
    );
    expect(answer.result).to.deep.include({ id: loaded, result: 'success', rows: 499, expected: 499, file });
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).to.have.length(500);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).to.equal(0o600);
    const failed = await org.sf.output('bulkops', 'job', 'results', '-i', loaded, '--result', 'failed', '-o', ALIAS);
    expect(failed.stdout).to.match(/^"sf__Id","sf__Error",.*\n.*INVALID_FIELD.*\n$/);
    const unsaid = await job('results', '--job-id', loaded, '--output-file', file);
    expect([unsaid.code, unsaid.answer.name]).to.deep.equal([2, 'ResultNotSaidError']);
    const wrong = await job('results', '--job-id', loaded, '--result', 'query', '--output-file', file);
    expect([wrong.code, wrong.answer.name]).to.deep.equal([2, 'ResultNotOfJobError']);
  });

  it('lists, shows and reads a foreign query', async () => {
    const soql = ['--query', 'SELECT Id, Name FROM Shipment__c', '--output-file', join(org.sf.home, 'theirs.csv')];
    await org.sf.text(
      'data',
      'export',
      'bulk',
      '--target-org',
      ALIAS,
      ...soql,
      '--result-format',
      'csv',
      '--wait',
      '5'
    );
    const { answer } = await job<JobListed[]>('list', '--kind', 'query', '--user', 'me', '--since', '1d');
    expect(answer.result).to.have.length(1);
    queried = answer.result[0]?.id ?? '';
    expect(answer.result[0]).to.include({ kind: 'query', state: 'JobComplete', createdBy: 'admin@bulkops.emulator' });
    const shown = await job<JobShown>('show', '--job-id', queried);
    expect(shown.answer.result).to.include({ kind: 'query', numberRecordsProcessed: 499 });
    const ours = join(org.sf.home, 'ours.csv');
    await job('results', '--job-id', queried, '--output-file', ours);
    const theirs = await readFile(join(org.sf.home, 'theirs.csv'), 'utf8');
    expect(await readFile(ours, 'utf8')).to.equal(theirs);
  });

  it('lists jobs by state and age, and clears away what was left open', async () => {
    const open = await job<JobListed[]>('list', '--state', 'Open,InProgress');
    expect(open.answer.result.map(({ id }) => id)).to.deep.equal([leftOpen]);
    const unasked = await job('abort', '--state', 'Open', '--older-than', '1d');
    expect([unasked.code, unasked.answer.name]).to.deep.equal([2, 'NeedsNoPromptError']);
    const { code, answer } = await job<JobEnd[]>('abort', '--state', 'Open', '--older-than', '1d', '--no-prompt');
    expect(code).to.equal(0);
    expect(answer.result.map(({ id, outcome }) => [id, outcome])).to.deep.equal([[leftOpen, 'aborted']]);
    expect(org.emulator.org.ingest.get(leftOpen).state).to.equal('Aborted');
    const watched = await job<WatchResult>('watch', '--job-id', leftOpen, '--job-id', queried);
    expect([watched.code, watched.answer.result.status]).to.deep.equal([1, 'Failed']);
  });

  it('deletes what has ended, explains what has not, and knows then that it is gone', async () => {
    const stillOpen = org.emulator.org.ingest.create({ object: 'Contact', operation: 'insert' }, 66).id;
    const ids = ['--job-id', leftOpen, '--job-id', queried, '--job-id', stillOpen];
    const { code, answer } = await job<JobEnd[]>('delete', ...ids, '--no-prompt');
    expect(code).to.equal(68);
    expect(answer.result.map(({ outcome }) => outcome)).to.deep.equal(['deleted', 'deleted', 'refused']);
    const gone = await job('show', '--job-id', queried);
    expect([gone.code, gone.answer.name]).to.deep.equal([1, 'JobUnknownError']);
    const unfinished = await job('results', '--job-id', stillOpen, '--result', 'failed', '--output-file', 'x.csv');
    expect([unfinished.code, unfinished.answer.name]).to.deep.equal([1, 'JobNotOverError']);
    const timed = await job<WatchResult>('watch', '--job-id', stillOpen, '--wait', '0');
    expect([timed.code, timed.answer.result.status]).to.deep.equal([69, 'InProgress']);
    const malformed = await job('show', '--job-id', '001000000000001');
    expect([malformed.code, malformed.answer.name]).to.deep.equal([2, 'JobIdMalformedError']);
  });

  it('lists 10,000 jobs, each once, and says how many it does not show', async () => {
    const { ingest } = org.emulator.org;
    while (ingest.list().length < 10_000) ingest.create({ object: 'Contact', operation: 'insert' }, 66);
    const { answer } = await job<JobListed[]>('list', '--kind', 'ingest', '--limit', '20000');
    expect(answer.result).to.have.length(10_000);
    const known = ingest.list().map(({ id }) => id);
    expect(answer.result.map(({ id }) => id).sort()).to.deep.equal(known.sort());
    const { code, stdout, stderr } = await org.sf.output('bulkops', 'job', 'list', '--target-org', ALIAS);
    expect([code, stdout.trimEnd().split('\n').length]).to.deep.equal([0, 101]);
    expect(stderr).to.match(/9,?90[0-9]/);
  });
});
