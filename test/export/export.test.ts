import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../src/emulator/faults/faults.js';
import { type ExportResult } from '../../src/export/exportResult.js';
import { OutputClosed } from '../../src/export/output/outputFile.js';
import { viewRun } from '../../src/report/runView.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { ExportOrg, SOQL, textOf } from './exportOrg.js';

describe('export/export', () => {
  const dir = tempDir();
  let org: ExportOrg | undefined;

  afterEach(async () => {
    await org?.close();
    org = undefined;
  });

  const runDir = (): string => join(dir.path, 'run');

  it('lays the pages in order, byte for byte as the org has them, with one header', async () => {
    org = await ExportOrg.create(95);
    const result = await org.export(org.asked(dir.path), runDir());
    expect(await textOf(dir.path)).to.equal(await org.whole());
    expect(result).to.deep.include({ status: 'Success', rows: { read: 95, written: 95, dropped: 0 } });
    expect(result.pages).to.deep.equal({ listed: 10, landed: 10, refused: 0 });
    expect(await readdir(dir.path)).to.have.members(['out.csv', 'out.csv.manifest.json', 'run']);
    expect(await readdir(runDir())).to.have.members(['journal.ndjson', 'manifest.json', 'run.json', 'summary.json']);
  });

  it('costs one call a page, one for five of them, and few others', async () => {
    org = await ExportOrg.create(95);
    const { apiCalls } = await org.export(org.asked(dir.path), runDir());
    expect(apiCalls).to.be.lessThan(10 + 2 + 6 + 1);
  });

  it('goes by locators where the version knows no list of pages, or where pages have a size of one’s own', async () => {
    org = await ExportOrg.create(31, {}, '57.0');
    await org.export(org.asked(dir.path), runDir());
    expect(await textOf(dir.path)).to.equal(await org.whole());
    const sized = await ExportOrg.create(31);
    const asked = sized.asked(dir.path, { maxRecords: 4 }, { mayOverwrite: true });
    const result = await sized.export(asked, join(dir.path, 'run2'));
    expect(result.pages.landed).to.equal(8);
    expect(await textOf(dir.path)).to.equal(await sized.whole());
    await sized.close();
  });

  it('makes a file with a header of no rows, and says so', async () => {
    org = await ExportOrg.create(0);
    const result = await org.export(org.asked(dir.path), runDir());
    expect(result.rows).to.deep.equal({ read: 0, written: 0, dropped: 0 });
    expect(await textOf(dir.path)).to.equal('"Id","Name","AnnualRevenue","Industry"\n');
    expect(JSON.parse(await textOf(dir.path, 'out.csv.manifest.json'))).to.have.nested.property('totals.rows', 0);
  });

  const FAULTS: Array<[says: string, fault: Record<string, unknown>]> = [
    ['short', { fault: 'short-page', on: '/jobs/query/*/results', skip: 2, times: 3 }],
    ['doubled at its end', { fault: 'long-page', on: '/jobs/query/*/results', skip: 1, times: 2 }],
    ['leading to itself', { fault: 'repeated-locator', on: '/jobs/query/*/results', skip: 1, times: 2 }],
    ['torn at their end', { fault: 'torn-page', on: '/jobs/query/*/results', skip: 2, times: 2 }],
    ['those of other places', { fault: 'wrong-page', on: '/jobs/query/*/results', skip: 2, times: 2 }],
    ['counted wrongly', { fault: 'wrong-count', on: '/jobs/query/*/results', skip: 2, times: 2 }],
    ['cut', { fault: 'cut-body', on: '/jobs/query/*/results', skip: 3, times: 2, bytes: 200 }],
    ['unauthorized', { fault: 'unauthorized', on: '/jobs/query/*/results', skip: 3, times: 1 }],
    ['refused for being too many', { fault: 'too-many-requests', on: '/jobs/query/*/results', skip: 3, times: 2 }],
    ['HTML with an error', { fault: 'unavailable', on: '/jobs/query/*/results', skip: 3, times: 2 }],
    ['without an answer', { fault: 'cut-before', on: '/jobs/query/*/results', skip: 3, times: 2 }]
  ];
  for (const version of ['66.0', '57.0'])
    for (const [says, fault] of FAULTS)
      it(`gives the same file over v${version} when pages are ${says}`, async () => {
        org = await ExportOrg.create(95, { faults: faultsOf(faultPlan({ faults: [fault] })) }, version);
        const result = await org.export(org.asked(dir.path), runDir());
        expect(await textOf(dir.path)).to.equal(await org.whole());
        expect(result.rows.written).to.equal(95);
      });

  it('refuses pages of another job with other columns', async () => {
    const faults = faultsOf(
      faultPlan({ faults: [{ fault: 'foreign-page', on: '/jobs/query/*/results', skip: 3, times: 2 }] })
    );
    org = await ExportOrg.create(95, { faults });
    await org.whole('SELECT Id, Name FROM Account');
    await org.export(org.asked(dir.path), runDir());
    expect(await textOf(dir.path)).to.equal(await org.whole());
  });

  for (const [says, other] of [
    ['in another order', 'SELECT Id, Name FROM Account ORDER BY Name DESC'],
    ['of another object', 'SELECT Id, Name FROM Opportunity']
  ])
    it(`refuses pages of another job with the same columns ${says}`, async () => {
      const faults = faultsOf(
        faultPlan({ faults: [{ fault: 'foreign-page', on: '/jobs/query/*/results', skip: 3, times: 2 }] })
      );
      org = await ExportOrg.create(95, { faults });
      const { store } = org.emulator.org;
      const deal = store.schema.object('Opportunity');
      if (!deal) throw new Error('there is no Opportunity');
      for (let row = 1; row <= 95; row += 1) store.table(deal).insert(new Map([['Name', `Deal ${row}`]]), 0);
      await org.whole(other);
      const soql = 'SELECT Id, Name FROM Account';
      await org.export(org.asked(dir.path, { soql, columns: undefined }), runDir());
      expect(await textOf(dir.path)).to.equal(await org.whole(soql));
      expect(org.events.find(({ type }) => type === 'page-dropped'))
        .to.have.property('reason')
        .that.matches(/Ids|record/);
    });

  it('gives up on a page that is never right, and leaves no file', async () => {
    org = await ExportOrg.create(15, { faults: faultsOf(faultPlan({ faults: [{ fault: 'short-page' }] })) });
    const error = await rejection(org.export(org.asked(dir.path), runDir()));
    expect(error.name).to.equal('PageNotProvenError');
    // Either of the two may be the first to be given up.
    expect(error.message).to.match(/it should have (?:10 rows and has 9|5 rows and has 4)/);
    expect(await readdir(dir.path)).to.deep.equal(['run']);
  });

  it('makes another job for one whose answer was lost', async () => {
    org = await ExportOrg.create(5, {
      faults: faultsOf(faultPlan({ faults: [{ fault: 'cut-after', on: 'POST /jobs/query', times: 1 }] }))
    });
    const result = await org.export(org.asked(dir.path), runDir());
    expect(result.rows.written).to.equal(5);
    expect(org.events.map(({ type }) => type)).to.include('query-replaced');
  });

  it('waits for an org that is away while the query is made, as long as it asks for', async () => {
    org = await ExportOrg.create(5, {
      faults: faultsOf(
        faultPlan({ faults: [{ fault: 'unavailable', on: 'POST /jobs/query', times: 7, retryAfter: 40 }] })
      )
    });
    const startedMs = org.clock.now();
    const result = await org.export(org.asked(dir.path), runDir());
    expect(result.rows.written).to.equal(5);
    expect(org.clock.now() - startedMs).to.be.within(7 * 40_000, 7 * 60_000);
  });

  /** Ends when four pages have landed. */
  async function interruptedExport(of: ExportOrg): Promise<ExportResult> {
    let landed = 0;
    of.onEvent = (event, interrupt) => {
      if (event.type === 'page-landed' && (landed += 1) === 4) interrupt();
    };
    const result = await of.export(of.asked(dir.path, { concurrency: 1 }), runDir());
    of.onEvent = () => undefined;
    return result;
  }

  it('resumes where it was interrupted and fetches only what is missing', async () => {
    org = await ExportOrg.create(95);
    const first = await interruptedExport(org);
    expect(first).to.include({ status: 'Interrupted' });
    const before = org.emulator.org.calls.used;
    const result = await org.resume(runDir());
    // Six pages, and of their addresses those that were not told yet.
    expect(org.emulator.org.calls.used - before).to.be.lessThan(9);
    expect(result.status).to.equal('Success');
    expect(await textOf(dir.path)).to.equal(await org.whole());
  });

  it('leaves a file alone that is there, and replaces it when told to', async () => {
    org = await ExportOrg.create(3);
    await org.export(org.asked(dir.path), runDir());
    const error = await rejection(org.export(org.asked(dir.path), join(dir.path, 'run2')));
    expect(error.name).to.equal('OutputExistsError');
    await org.export(org.asked(dir.path, {}, { mayOverwrite: true }), join(dir.path, 'run3'));
  });

  it('leaves a file alone that was put there meanwhile, and goes on once it is moved away', async () => {
    org = await ExportOrg.create(15);
    await org.export(org.asked(dir.path), runDir(), { isAsync: true });
    const path = join(dir.path, 'out.csv');
    await writeFile(path, 'mine');
    const error = await rejection(org.resume(runDir()));
    expect([error.name, error.message.includes(path)]).to.deep.equal(['OutputTakenError', true]);
    expect(await textOf(dir.path)).to.equal('mine');
    await rm(path);
    expect((await org.resume(runDir())).status).to.equal('Success');
    expect(await textOf(dir.path)).to.equal(await org.whole());
  });

  it('fails before a job is made when the directory of the output is missing', async () => {
    org = await ExportOrg.create(3);
    const path = join(dir.path, 'nowhere', 'out.csv');
    const error = await rejection(org.export(org.asked(dir.path, {}, { path }), runDir()));
    expect(error.name).to.equal('OutputUnwritableError');
    expect(org.emulator.org.queries.list()).to.deep.equal([]);
  });

  it('fetches pages again that somebody has removed from the run directory', async () => {
    org = await ExportOrg.create(95);
    await interruptedExport(org);
    await rm(join(runDir(), 'pages', '0001-000002.csv'));
    expect((await org.resume(runDir())).status).to.equal('Success');
    expect(await textOf(dir.path)).to.equal(await org.whole());
  });

  it('keeps no pages for a reader who has had enough of standard output, and a resume gives all of it', async () => {
    org = await ExportOrg.create(95);
    const asked = org.asked(dir.path, {}, { path: '-', manifest: undefined });
    org.stdoutFailure = new OutputClosed('enough');
    expect(await org.export(asked, runDir())).to.deep.include({
      status: 'Closed',
      rows: { read: 95, written: 0, dropped: 0 }
    });
    expect(await readdir(runDir())).not.to.include('pages');
    org.stdoutFailure = undefined;
    expect((await org.resume(runDir())).status).to.equal('Success');
    expect(Buffer.concat(org.stdout).toString()).to.equal(await org.whole());
  });

  it('says that a query which the org refuses makes no job', async () => {
    org = await ExportOrg.create(3);
    const asked = org.asked(dir.path, { soql: 'SELECT Id, Nope FROM Account', columns: undefined });
    const error = await rejection(org.export(asked, runDir()));
    expect(error.name).to.equal('QueryRefusedError');
    expect(error.message).to.contain('Nope');
    expect(org.emulator.org.queries.list()).to.deep.equal([]);
  });

  it('says clearly that a result is gone', async () => {
    org = await ExportOrg.create(15);
    await org.export(org.asked(dir.path), runDir(), { isAsync: true });
    const { emulator } = org;
    const [job] = emulator.org.queries.list();
    if (!job) throw new Error('there is no job');
    while (job.state !== 'JobComplete') await new Promise((resolve) => setTimeout(resolve, 5));
    emulator.org.queries.delete(job);
    const error = await rejection(org.resume(runDir()));
    expect(error.name).to.equal('ResultsGoneError');
    // Nor does the list of runs promise what can't be.
    const { overview, summary } = await viewRun(runDir(), Date.now());
    expect(overview).to.include({ status: 'Failed', next: undefined });
    expect(summary?.warnings).to.deep.equal([error.message]);
  });

  it('says clearly that a result has expired when only some pages are here', async () => {
    org = await ExportOrg.create(95);
    await interruptedExport(org);
    const [job] = org.emulator.org.queries.list();
    if (!job) throw new Error('there is no job');
    org.emulator.org.queries.delete(job); // as the service does after seven days
    const error = await rejection(org.resume(runDir()));
    expect(error.name).to.equal('ResultsGoneError');
    expect(error.message).to.contain(job.id);
    expect(await readdir(dir.path)).to.deep.equal(['run']);
  });

  it('writes numbered files of so many rows, each with the header', async () => {
    org = await ExportOrg.create(25);
    const result = await org.export(org.asked(dir.path, {}, { chunkRows: 10 }), runDir());
    expect(result.files.output.map(({ path, rows }) => [path.slice(dir.path.length + 1), rows])).to.deep.equal([
      ['out-00001.csv', 10],
      ['out-00002.csv', 10],
      ['out-00003.csv', 5]
    ]);
    const header = '"Id","Name","AnnualRevenue","Industry"\n';
    const texts = await Promise.all(['00001', '00002', '00003'].map((n) => textOf(dir.path, `out-${n}.csv`)));
    expect(texts.every((text) => text.startsWith(header))).to.equal(true);
    expect(header + texts.map((text) => text.slice(header.length)).join('')).to.equal(await org.whole());
  });

  it('writes JSON and NDJSON with the types of the fields', async () => {
    org = await ExportOrg.create(8);
    await org.export(org.asked(dir.path, {}, { format: 'json', path: join(dir.path, 'out.json') }), runDir());
    const rows = JSON.parse(await textOf(dir.path, 'out.json')) as Array<Record<string, unknown>>;
    expect(rows).to.have.length(8);
    expect(rows.find(({ Name }) => Name === 'Account 7, "the\nbig" one')).to.include({
      AnnualRevenue: 7003.5,
      Industry: null
    });
    const ndjson = { format: 'ndjson' as const, path: join(dir.path, 'out.ndjson'), mayOverwrite: true };
    await org.export(org.asked(dir.path, {}, ndjson), join(dir.path, 'run2'));
    const lines = (await textOf(dir.path, 'out.ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal(rows);
  });

  it('knows the types of fields beside functions, whose columns the org names', async () => {
    org = await ExportOrg.create(3);
    const soql = 'SELECT Id, AnnualRevenue, toLabel(Industry) sector FROM Account ORDER BY Id';
    const columns = [
      { name: 'Id', type: 'id', precision: 0, scale: 0 },
      { name: 'AnnualRevenue', type: 'currency', precision: 18, scale: 2 }
    ];
    const path = join(dir.path, 'out.json');
    const asked = { soql, columns, hasOtherColumns: true };
    await org.export(org.asked(dir.path, asked, { format: 'json', path }), runDir());
    const [row] = JSON.parse(await textOf(dir.path, 'out.json')) as Array<Record<string, unknown>>;
    expect(row).to.include({ AnnualRevenue: 1000.5, sector: null });
    const wanting = { ...asked, columns: [...columns, { name: 'Name', type: 'string', precision: 0, scale: 0 }] };
    const error = await rejection(
      org.export(org.asked(dir.path, wanting, { mayOverwrite: true }), join(dir.path, 'run2'))
    );
    expect(error.message).to.contain('its columns are Id, AnnualRevenue, sector');
  });

  it('writes to standard output', async () => {
    org = await ExportOrg.create(12);
    await org.export(org.asked(dir.path, {}, { path: '-', manifest: undefined }), runDir());
    expect(Buffer.concat(org.stdout).toString()).to.equal(await org.whole(SOQL));
  });
});
