import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { overviewsOf } from '../../src/report/runOverview.js';
import { runTable, runText } from '../../src/report/runText.js';
import { type LoadResult } from '../../src/load/loadResult.js';
import { writtenLoadResult } from '../../src/load/writtenResult.js';
import { type RunView, viewRun } from '../../src/report/runView.js';
import { type CleanupEvent } from '../../src/run/cleanupEvents.js';
import { createRun, type OpenRun } from '../../src/run/run.js';
import { listRuns, registerRun } from '../../src/run/registry.js';
import { type RunId } from '../../src/run/runId.js';
import { isolatedHome } from '../isolatedHome.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { HALF_A_LOAD, loadRecord, OTHER_HALF, runWith, STARTED_AT } from './runs.js';

const NOW = Date.parse(STARTED_AT) + 60_000;
const LATER = Date.now() + 3600_000;

describe('report/runView', () => {
  isolatedHome();
  const dir = tempDir();
  const runDir = (): string => join(dir.path, 'run');
  const load = (view: RunView): LoadResult => {
    const result = writtenLoadResult(view.summary);
    if (!result) throw new Error('this is no result of a load');
    return result;
  };

  async function leave(events = HALF_A_LOAD, record = loadRecord()): Promise<void> {
    await (await runWith(runDir(), events, record)).close();
  }

  it('puts the summary of a load that was killed together from its journal', async () => {
    await leave();
    const view = await viewRun(runDir(), NOW);
    expect(view.overview.status).to.equal('Interrupted');
    expect(view.overview.next).to.equal(`sf bulkops resume --run-id ${view.record.runId}`);
    expect(load(view).rows).to.include({ read: 30, rejected: 1, submitted: 29, succeeded: 18, created: 5, failed: 2 });
    expect(load(view).jobs.map(({ state }) => state)).to.deep.equal(['JobComplete', 'InProgress']);
    expect(load(view).errors.map(({ code }) => code)).to.deep.equal(['STRING_TOO_LONG', 'BULKOPS_STRAY_QUOTE']);
  });

  it('shows a load as running while a process holds it, with the time that it has taken so far', async () => {
    const run = await runWith(runDir(), HALF_A_LOAD);
    const view = await viewRun(runDir(), NOW);
    await run.close();
    expect(view.isRunning).to.equal(true);
    expect(view.overview).to.include({ status: 'Running', durationMs: 60_000, next: undefined });
    expect((await viewRun(runDir(), NOW)).overview.status).to.equal('Interrupted');
  });

  it('shows a load that was killed before it had read its input', async () => {
    await leave(HALF_A_LOAD.slice(0, 1));
    const view = await viewRun(runDir(), NOW);
    expect(load(view).rows.read).to.equal(0);
    expect(load(view).externalId).to.equal('Key__c');
  });

  it('shows a run that was killed before it had a journal', async () => {
    await leave([]);
    await rm(join(runDir(), 'journal.ndjson'));
    expect((await viewRun(runDir(), NOW)).overview).to.include({ status: 'Interrupted', durationMs: 0 });
  });

  it('takes a summary as it is when nothing was journaled after it', async () => {
    await leave([...HALF_A_LOAD, ...OTHER_HALF]);
    const summary = {
      status: 'PartialSuccess',
      sobject: 'Contact',
      durationMs: LATER - Date.parse(STARTED_AT),
      apiCalls: 7
    };
    await writeFile(join(runDir(), 'summary.json'), JSON.stringify(summary));
    expect((await viewRun(runDir(), NOW)).summary).to.deep.equal(summary);
  });

  it('does not believe a summary that a later resume has gone beyond', async () => {
    await leave([...HALF_A_LOAD, { type: 'calls-counted', calls: 7 }]);
    const summary = { status: 'InProgress', sobject: 'Contact', durationMs: 5, apiCalls: 5 };
    await writeFile(join(runDir(), 'summary.json'), JSON.stringify(summary));
    const view = await viewRun(runDir(), NOW);
    expect(view.overview.status).to.equal('Interrupted');
    expect(load(view)).to.include({ apiCalls: 7 });
  });

  describe('of a cleanup', () => {
    const events: readonly CleanupEvent[] = [
      { type: 'step-starting', step: 'reparent-1-Case.ContactId', rows: 5 },
      { type: 'step-finished', step: 'reparent-1-Case.ContactId', succeeded: 4, failed: 1 },
      { type: 'step-starting', step: 'delete', rows: 7 }
    ];
    const record = { ...loadRecord('20260301-210000-cleanup-Contact-0003', 'cleanup-apply'), asked: {} };
    const begin = async (more: readonly CleanupEvent[] = []): Promise<OpenRun<CleanupEvent>> => {
      const run = await createRun<CleanupEvent>(record, runDir());
      for (const event of [...events, ...more]) await run.journal.append(event, { durable: false });
      return run;
    };

    it('tells what the finished steps of one that was killed came to, and how to go on', async () => {
      await (await begin()).close();
      const view = await viewRun(runDir(), NOW);
      expect(view.overview).to.include({
        status: 'Interrupted',
        next: `sf bulkops resume --run-id ${record.runId}`
      });
      expect(view.summary?.counts).to.include({ reparented: 4, failed: 1, removed: 0 });
      expect(runText(view)).to.contain('Interrupted: 0 records updated, 4 children moved');
    });

    it('tells of one at work what it has done so far', async () => {
      const run = await begin();
      const text = runText(await viewRun(runDir(), NOW));
      await run.close();
      expect(text).to.contain('So far: 0 records updated, 4 children moved').and.not.contain('resume');
    });

    it('believes the summary of one that is being undone', async () => {
      await (await begin([{ type: 'cleanup-finished' }, { type: 'undo-starting', by: 'another' }])).close();
      const summary = { status: 'Success', sobject: 'Contact', durationMs: 5 };
      await writeFile(join(runDir(), 'summary.json'), JSON.stringify(summary));
      expect((await viewRun(runDir(), NOW)).summary).to.deep.equal(summary);
    });
  });

  it('shows a run of a kind that it does not know by the facts of its summary', async () => {
    await leave([], loadRecord('20260301-210000-polish-Contact-0002', 'polish'));
    const before = await viewRun(runDir(), NOW);
    expect(before.overview.status).to.equal('Interrupted');
    expect(runText(before)).to.contain(runDir());
    const summary = { status: 'Success', rows: { exported: 1234 }, files: { data: 'out\u001b[2J.csv' }, jobs: [1, 2] };
    await writeFile(join(runDir(), 'summary.json'), JSON.stringify(summary));
    const text = runText(await viewRun(runDir(), NOW));
    expect(text).to.contain('rows.exported: 1,234').and.to.contain('jobs: 2');
    expect(text).not.to.contain('\u001b');
  });

  const STRANGE: Array<[what: string, spoil: (runDir: string) => Promise<void>, error: string]> = [
    ['no run.json', (path) => rm(join(path, 'run.json')), 'NotARunError'],
    [
      'a journal that was changed',
      (path) => appendFile(join(path, 'journal.ndjson'), '{"n":99}\n'),
      'JournalTamperedError'
    ],
    ['a summary that is none', (path) => writeFile(join(path, 'summary.json'), '[]'), 'SummaryStrangeError']
  ];
  for (const [what, spoil, name] of STRANGE)
    it(`refuses to show a run with ${what}, and lists it with the reason`, async () => {
      await leave();
      await spoil(runDir());
      const error = await sfRejection(viewRun(runDir(), NOW));
      expect(error.name).to.equal(name);
      const [run] = await overviewsOf(await listRuns(), NOW);
      expect(run).to.deep.include({ status: 'Unreadable', reason: error.message });
    });

  it('lists all runs, newest first, also one whose directory is gone', async () => {
    await leave();
    const gone = '20260401-000000-insert-Account-ffff' as RunId;
    await registerRun(gone, join(dir.path, 'gone'));
    await mkdir(join(dir.path, 'other'));
    const runs = await overviewsOf(await listRuns(), NOW);
    expect(runs.map(({ status }) => status)).to.deep.equal(['Gone', 'Interrupted']);
    const lines = runTable(runs).split('\n');
    expect(lines[0]).to.match(/^RUN +STATUS +STARTED +TOOK +READ +SUCCEEDED +FAILED +ORG$/);
    expect(lines[1]).to.match(/^20260401-000000-insert-Account-ffff +Gone$/);
    expect(lines[2]).to.match(/Interrupted +2026-03-01 21:00:00Z +.* 30 +18 +3 +me@example.com$/);
    expect(lines[3]).to.contain(`${gone} is gone`);
  });
});
