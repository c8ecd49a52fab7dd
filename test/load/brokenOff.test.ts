import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LoadAsked, type LoadSession } from '../../src/load/asked.js';
import { ApiError } from '../../src/emulator/rest/apiError.js';
import { type Exchange } from '../../src/emulator/rest/exchange.js';
import { load, type LoadWorld, resumeLoad } from '../../src/load/load.js';
import { type LoadResult } from '../../src/load/loadResult.js';
import { loadResult } from '../../src/load/result.js';
import { NOTHING_YET } from '../../src/load/state.js';
import { loadSummary } from '../../src/report/loadSummary.js';
import { createRun, type RunRecord } from '../../src/run/run.js';
import { type RunId } from '../../src/run/runId.js';
import { asSfError } from '../../src/shell/asSfError.js';
import { EXIT, loadExitCode } from '../../src/shell/exitCodes.js';
import { type CleanupOrg, cleanupOrg } from '../cleanup/cleanupOrg.js';
import { fullDisk } from '../fullDisk.js';
import { isolatedHome } from '../isolatedHome.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { ASKED } from './loadHarness.js';

const SESSION: LoadSession = { isAsync: false, isDryRun: false };
/** Two parts, one row that the org refuses, one that is never sent. */
const CSV = ['Name,AnnualRevenue', 'a,1', ',2', 'b,"3', 'c,4"', 'd', 'e,5', 'f,6', ''].join('\n');
const TAKEN = ['a', 'e', 'f'];

describe('load/load, broken off', () => {
  isolatedHome();
  const dir = tempDir();
  let org: CleanupOrg;
  let loads = 0;
  let file: string;
  let onRequest: (exchange: Exchange) => boolean;
  beforeEach(async () => {
    onRequest = () => false;
    org = await cleanupOrg({ onRequest: async (exchange) => Promise.resolve(onRequest(exchange)) });
    file = join(dir.path, 'accounts.csv');
    await writeFile(file, CSV);
  });
  afterEach(async () => org.close());

  function begun(more: Partial<LoadAsked> = {}): {
    runDir: string;
    record: RunRecord;
    start: (other: Partial<LoadWorld>) => Promise<LoadResult>;
    resume: () => Promise<LoadResult>;
  } {
    loads += 1;
    const runDir = join(dir.path, `run-${loads}`);
    const asked: LoadAsked = {
      ...ASKED,
      sobject: 'Account',
      files: [file],
      partBytes: 40,
      validate: 'header',
      ...more
    };
    const record = { ...org.record('insert', asked), runId: `20260101-000000-insert-Account-${loads}` as RunId };
    const { connection, clock, random } = org.world();
    const world: LoadWorld = {
      connection,
      clock,
      random,
      interrupt: new AbortController().signal,
      onEvent: () => undefined,
      onRun: () => undefined
    };
    return {
      runDir,
      record,
      start: (other) => load(record, runDir, SESSION, { ...world, ...other }),
      resume: () => resumeLoad(runDir, SESSION, world)
    };
  }

  const inOrg = async (): Promise<string[]> =>
    ((await org.client.query('SELECT Name FROM Account ORDER BY Name')) as Array<{ Name: string }>).map(
      ({ Name }) => Name
    );

  async function expectWhole(result: LoadResult, when: string): Promise<void> {
    expect(result.status, when).to.equal('PartialSuccess');
    expect(result.rows, when).to.include({ succeeded: TAKEN.length, unaccounted: 0, skipped: 0 });
    expect(result.rows.failed + result.rows.rejected, when).to.equal(result.rows.read - TAKEN.length);
    expect(await inOrg(), when).to.deep.equal(TAKEN);
    const success = await readFile(join(result.runDir, 'success.csv'), 'utf8');
    expect(
      success
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[2]),
      when
    ).to.deep.equal(TAKEN);
  }
  const emptied = async (): Promise<void> => {
    for (const { Id } of (await org.client.query('SELECT Id FROM Account')) as Array<{ Id: string }>)
      await org.client.call('DELETE', `/sobjects/Account/${Id}`);
  };

  /** Interrupts a load at a moment and resumes it; false when the moment did not come. */
  async function interruptedAt(isMoment: (type: string, count: number) => boolean, moment: string): Promise<boolean> {
    const interrupt = new AbortController();
    const { start, resume } = begun();
    let count = 0;
    const result = await start({
      interrupt: interrupt.signal,
      onEvent: ({ type }) => {
        count += 1;
        if (!interrupt.signal.aborted && isMoment(type, count)) interrupt.abort();
      }
    });
    if (result.status === 'Interrupted') {
      expect(result.next).to.match(/^sf bulkops resume --run-id /);
      await expectWhole(await resume(), `interrupted at ${moment}`);
    } else await expectWhole(result, `at ${moment} there was nothing left to break off`);
    await emptied();
    return interrupt.signal.aborted;
  }

  it('stops at Ctrl-C whatever it is about, and goes on as if nothing had been', async () => {
    for (let at = 1; await interruptedAt((_, count) => count === at, `event ${at}`);) at += 1;
    // Parts overtake each other, so that the number of an event does not say what it is.
    for (const wanted of [
      'input-scanned',
      'job-creating',
      'job-created',
      'upload-completing',
      'job-state',
      'part-settled'
    ])
      expect(await interruptedAt((type) => type === wanted, wanted), wanted).to.equal(true);
  }).timeout(240_000);

  it('can not be taken up where standard input was not read to its end, and says that nothing was sent', async () => {
    const { runDir, record, resume } = begun({ files: ['-'] });
    // As a process leaves it that was killed while it read.
    await (await createRun(record, runDir)).close();
    for (const time of ['first', 'second']) {
      const error = await sfRejection(resume());
      expect(error.name, time).to.equal('StdinNotReadError');
      expect(error.message).to.contain('standard input').and.to.contain('Nothing was sent');
      expect(error.actions?.[0]).to.contain('Start the insert anew');
      // There is no run to go on with, so it is an error of usage.
      expect(asSfError(error, undefined)).to.include({ exitCode: EXIT.usage });
    }
    expect(await inOrg()).to.deep.equal([]);
  });

  it('is said to have no continuation where standard input was not read to its end', () => {
    for (const files of [['-'], [file]]) {
      const { record, runDir: directory } = begun({ files });
      const asked = { ...ASKED, files };
      const prepared = { mapping: [] };
      const run = { record, directory };
      const result = loadResult({ run, asked, state: NOTHING_YET, prepared, ended: 'interrupt', nowMs: 0 });
      expect(result.next === undefined).to.equal(files[0] === '-');
    }
  });

  it('stops when the org allows no more calls today at the first create, and a resume does it all', async () => {
    const { start, resume } = begun();
    let isUsedUp = true;
    onRequest = ({ method, path }) => {
      if (isUsedUp && method === 'POST' && path.endsWith('/jobs/ingest'))
        throw new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
      return false;
    };
    const result = await start({});
    expect(result.status).to.equal('Stopped');
    expect(loadExitCode(result, false)).to.equal(EXIT.failed);
    expect(result.next).to.equal(`sf bulkops resume --run-id ${result.runId}`);
    expect(loadSummary(result)).to.contain(`Continue with: ${result.next}`);
    expect(result.warnings.join()).to.contain('API calls for today: TotalRequests Limit exceeded.');
    expect(await inOrg()).to.deep.equal([]);
    isUsedUp = false;
    await expectWhole(await resume(), 'the next day');
  });

  it('says that the disk is full whatever it writes, and goes on when there is room', async () => {
    for (let nth = 1; ; nth += 1) {
      const { start, resume, runDir } = begun();
      const disk = await fullDisk(nth);
      const ended = await start({}).then(
        (result) => ({ result }),
        (error: Error) => ({ error })
      );
      disk.restore();
      if ('result' in ended) {
        await expectWhole(ended.result, 'there was room');
        expect(nth).to.be.greaterThan(20);
        return;
      }
      expect(ended.error.message, `write ${nth}`).to.match(/ENOSPC/);
      const isBegun = await readFile(join(runDir, 'run.json')).then(
        () => true,
        () => false
      );
      if (isBegun) await expectWhole(await resume(), `full at write ${nth}`);
      else expect(await inOrg()).to.deep.equal([]);
      await emptied();
    }
  }).timeout(240_000);
});
