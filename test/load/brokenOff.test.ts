import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LoadAsked, type LoadSession } from '../../src/load/asked.js';
import { load, type LoadWorld, resumeLoad } from '../../src/load/load.js';
import { type LoadResult } from '../../src/load/loadResult.js';
import { type RunId } from '../../src/run/runId.js';
import { type CleanupOrg, cleanupOrg } from '../cleanup/cleanupOrg.js';
import { fullDisk } from '../fullDisk.js';
import { isolatedHome } from '../isolatedHome.js';
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
  beforeEach(async () => {
    org = await cleanupOrg();
    file = join(dir.path, 'accounts.csv');
    await writeFile(file, CSV);
  });
  afterEach(async () => org.close());

  function begun(): {
    runDir: string;
    start: (more: Partial<LoadWorld>) => Promise<LoadResult>;
    resume: () => Promise<LoadResult>;
  } {
    loads += 1;
    const runDir = join(dir.path, `run-${loads}`);
    const asked: LoadAsked = { ...ASKED, sobject: 'Account', files: [file], partBytes: 40, validate: 'header' };
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
      start: (more) => load(record, runDir, SESSION, { ...world, ...more }),
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

  it('stops at Ctrl-C whatever it is about, and goes on as if nothing had been', async () => {
    const stages = new Set<string>();
    for (let at = 1; ; at += 1) {
      const interrupt = new AbortController();
      const { start, resume } = begun();
      let events = 0;
      const result = await start({
        interrupt: interrupt.signal,
        onEvent: ({ type }) => {
          events += 1;
          if (events !== at) return;
          stages.add(type);
          interrupt.abort();
        }
      });
      if (events < at) {
        await expectWhole(result, 'not interrupted');
        break;
      }
      if (result.status === 'Interrupted') {
        expect(result.next).to.match(/^sf bulkops resume --run-id /);
        await expectWhole(await resume(), `interrupted at event ${at}`);
      } else await expectWhole(result, `at event ${at} there was nothing left to break off`);
      await emptied();
    }
    expect([...stages]).to.include.members([
      'input-scanned',
      'job-creating',
      'job-created',
      'upload-completing',
      'job-state',
      'part-settled'
    ]);
  }).timeout(120_000);

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
