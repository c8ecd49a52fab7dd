import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { BulkError } from '../../src/bulk/bulkError.js';
import { type LoadAsked } from '../../src/load/asked.js';
import { loadResult } from '../../src/load/result.js';
import { fatesSoFar } from '../../src/load/state.js';
import { loadRecord } from '../report/runs.js';
import { tempDir } from '../tempDir.js';
import { FakeOrg, refused } from './fakeOrg.js';
import { Killed, LoadHarness } from './loadHarness.js';

const CSV = 'Name,City\na,1\nb,2\nc,3\n';

describe('load: jobs that somebody takes away, or that went on without us', () => {
  const dir = tempDir();
  let loads = 0;

  async function harness(org: FakeOrg, asked: Partial<LoadAsked> = {}): Promise<LoadHarness> {
    const directory = join(dir.path, String((loads += 1)));
    await mkdir(directory);
    const file = join(directory, 'input.csv');
    await writeFile(file, CSV);
    return new LoadHarness(directory, org, { files: [file], concurrency: 1, partBytes: 1000, ...asked });
  }

  function expectAllOnce(load: LoadHarness, org: FakeOrg): void {
    expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 3, failed: 0, unaccounted: 0 });
    expect(org.acted.map(({ Name }) => Name).sort()).to.deep.equal(['a', 'b', 'c']);
  }

  /** Runs `act` at the first call of a name. */
  function atFirst(org: FakeOrg, call: string, when: 'before' | 'after', act: () => void): void {
    let isFirst = true;
    org.onCall = (name, moment) => {
      if (!isFirst || name !== call || moment !== when) return;
      isFirst = false;
      act();
    };
  }

  it('makes another job when the upload is refused since an earlier try of it had arrived', async () => {
    const org = new FakeOrg();
    const load = await harness(org);
    atFirst(org, 'upload', 'after', () => {
      throw refused('INVALIDJOB', 'Found multiple contents for job, only one is allowed');
    });
    await load.go();
    expectAllOnce(load, org);
  });

  for (const call of ['upload', 'complete'])
    for (const how of ['deletes', 'aborts'])
      it(`makes another job when somebody ${how} it before ${call}`, async () => {
        const org = new FakeOrg();
        const load = await harness(org);
        atFirst(org, call, 'before', () => {
          if (how === 'deletes') org.jobs.clear();
          else for (const job of org.jobs.values()) job.state = 'Aborted';
        });
        await load.go();
        expectAllOnce(load, org);
      });

  it('does not do an insert again when UploadComplete may have been heard before the job was deleted', async () => {
    const org = new FakeOrg();
    const load = await harness(org);
    atFirst(org, 'complete', 'after', () => {
      org.jobs.clear();
      throw new BulkError({ name: 'NoAnswer', kind: 'ambiguous', message: 'no answer came' });
    });
    const prepared = await load.go();
    expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 0, unaccounted: 3 });
    const run = { record: loadRecord(), directory: load.directory };
    const result = loadResult({ run, asked: load.asked, state: load.state, prepared, ended: 'by-itself', nowMs: 0 });
    expect(result.rows).to.include({ submitted: 3, unaccounted: 3 });
    expect(result.jobs).to.have.length(1);
    expect(result.jobs[0]).to.include({ rows: 3, succeeded: 0, errorMessage: 'the job is gone from the org' });
    expect(org.acted).to.have.length(3);
  });

  it('asks for UploadComplete for minutes while a proxy is in the way, and waits as long as it is told', async () => {
    const org = new FakeOrg();
    const load = await harness(org);
    let asks = 0;
    org.onCall = (name, when) => {
      if (name !== 'complete' || when !== 'before' || (asks += 1) > 6) return;
      throw new BulkError({ name: 'NoAnswer', kind: 'ambiguous', message: 'HTTP 503', retryAfterMs: 7000 });
    };
    await load.go();
    expectAllOnce(load, org);
    expect(load.clock.pauses.filter((ms) => ms >= 7000)).to.have.length(6);
  });

  it('does not send rows again whose job has gone on, though the journal has lost what it said', async () => {
    const org = new FakeOrg();
    const load = await harness(org);
    atFirst(org, 'info', 'before', () => {
      throw new Killed('kill -9');
    });
    await load.go().catch(() => undefined);
    expect(org.acted).to.have.length(3);
    const opened = load.journal.events.findIndex(({ type }) => type === 'job-created');
    load.journal.events.splice(opened + 1);
    await load.go();
    expectAllOnce(load, org);
  });

  it('knows nothing of an insert whose results were deleted between its end and their reading', async () => {
    const org = new FakeOrg();
    const load = await harness(org);
    atFirst(org, 'results', 'before', () => org.jobs.clear());
    await load.go();
    expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 0, unaccounted: 3 });
    expect(org.acted).to.have.length(3);
  });

  it('does not take a job for gone that the org does not find once', async () => {
    const org = new FakeOrg();
    const load = await harness(org);
    atFirst(org, 'info', 'before', () => {
      throw new BulkError({ name: 'NotFound', kind: 'gone', message: 'NOT_FOUND', httpStatus: 404 });
    });
    await load.go();
    expectAllOnce(load, org);
  });
});
