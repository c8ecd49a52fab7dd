import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LoadAsked } from '../../../src/load/asked.js';
import { needOf, shortage } from '../../../src/load/send/quota.js';
import { fatesSoFar, isOver, type LoadState, NOTHING_YET, type PartState } from '../../../src/load/state.js';
import { type JobId } from '../../../src/bulk/job.js';
import { tempDir } from '../../tempDir.js';
import { FakeOrg, type FakeOrgOptions, lost, refused } from '../fakeOrg.js';
import { LoadHarness } from '../loadHarness.js';

const ROWS = 40;
const CSV = `Name,City\n${Array.from({ length: ROWS }, (_, at) => `r${at},${at}`).join('\n')}\n`;

const limits = (calls: number, batches: number): unknown => ({
  DailyApiRequests: { Max: 1000, Remaining: calls },
  DailyBulkApiBatches: { Max: 15_000, Remaining: batches }
});

describe('load/quota', () => {
  const dir = tempDir();
  let loads = 0;

  async function harness(
    options: FakeOrgOptions,
    asked: Partial<LoadAsked>
  ): Promise<{ load: LoadHarness; org: FakeOrg }> {
    const directory = join(dir.path, String((loads += 1)));
    await mkdir(directory);
    const file = join(directory, 'input.csv');
    await writeFile(file, CSV);
    const org = new FakeOrg(options);
    const all = { operation: 'upsert', externalId: 'Name', concurrency: 1, partBytes: 40, ...asked } as const;
    return { org, load: new LoadHarness(directory, org, { files: [file], ...all }) };
  }

  it('reckons what is left to be done', () => {
    const size = { rows: 10_001, bytes: 1, attempt: 0, from: [] };
    const jobId = '750' as JobId;
    const parts: PartState[] = [
      { ...size, at: 'cut' },
      { ...size, at: 'submitted', jobId },
      { ...size, at: 'open', jobId }
    ];
    const state: LoadState = { ...NOTHING_YET, parts: new Map(parts.map((part, at) => [at + 1, part])) };
    expect(needOf(state)).to.deep.equal({ calls: 38, batches: 6 });
  });

  it('is short of what would be beyond the share, and of nothing that the org does not name', () => {
    const calls = { used: 700, max: 1000 };
    expect(shortage({ calls }, { calls: 100, batches: 1 }, 80)).to.equal(undefined);
    expect(shortage({ calls }, { calls: 101, batches: 1 }, 80)).to.equal(
      'What is left to be sent needs about 101 API calls; the org has used 700 of 1000 today, and 800 may be used.'
    );
    expect(shortage({ batches: { used: 15_000, max: 15_000 } }, { calls: 1, batches: 2 }, 100)).to.contain('2 batches');
    expect(shortage({}, { calls: 1e9, batches: 1e9 }, 0)).to.equal(undefined);
  });

  it('sends nothing when there is not enough for the file; a resume with a larger share sends all', async () => {
    const { load, org } = await harness({ limits: () => limits(230, 14_000) }, { quotaPercent: 80 });
    await load.go();
    expect(load.state.stopping?.reason).to.equal('quota');
    expect(org.jobs.size).to.equal(0);
    expect(await load.lines('skipped.csv')).to.have.length(ROWS);
    Object.assign(load.asked, { quotaPercent: 100 });
    await load.go();
    expect(fatesSoFar(load.state)).to.include({ succeeded: ROWS });
    expect(isOver(load.state)).to.equal(true);
  });

  it('stops half-way when others use the org up, and lets the jobs under way end', async () => {
    const { load, org } = await harness({ limits: () => limits(900, 14_000) }, { quotaPercent: 80, concurrency: 2 });
    org.onCall = () => (org.apiUsage = { used: org.jobs.size > 2 ? 790 : 100, max: 1000 });
    await load.go();
    expect(load.state.stopping?.reason).to.equal('quota');
    expect(org.calls).to.not.include('abort');
    expect(org.jobs.size).to.be.below(load.state.parts.size);
    const { succeeded } = fatesSoFar(load.state);
    expect(succeeded).to.be.greaterThan(0);
    expect((await load.lines('skipped.csv')).length + succeeded).to.equal(ROWS);
    org.onCall = () => (org.apiUsage = { used: 100, max: 1000 });
    await load.go();
    expect(await load.lines('success.csv')).to.have.length(ROWS);
    expect(org.acted).to.have.length(ROWS);
  });

  it('only warns, once, without a share', async () => {
    const { load } = await harness({ limits: () => limits(3, 14_000) }, {});
    await load.go();
    expect(fatesSoFar(load.state)).to.include({ succeeded: ROWS });
    expect(load.state.warnings, 'warnings').to.have.length(1);
    expect(load.state.warnings[0]).to.contain('the org has used 997 of 1000 today');
  });

  const silent: ReadonlyArray<[string, () => unknown]> = [
    [
      'a user who may not see them',
      () => {
        throw refused('INSUFFICIENT_ACCESS', 'no');
      }
    ],
    [
      'a network that fails',
      () => {
        throw lost({ isRepeatable: true });
      }
    ],
    ['an answer of another form', () => 'hello']
  ];
  for (const [who, answer] of silent)
    it(`does not fail for limits that are not told: ${who}`, async () => {
      for (const quotaPercent of [undefined, 80]) {
        const { load } = await harness({ limits: answer }, { quotaPercent });
        await load.go();
        expect(fatesSoFar(load.state)).to.include({ succeeded: ROWS });
        if (quotaPercent === undefined) expect(load.state.warnings).to.deep.equal([]);
      }
    });

  it('stops when rows are in none of the results since the batches of the day are used up', async () => {
    let isUsedUp = true;
    const { load, org } = await harness(
      { isSlow: true, hides: () => isUsedUp, limits: () => limits(900, isUsedUp && org.jobs.size > 0 ? 0 : 14_000) },
      {}
    );
    await load.go();
    expect(load.state.stopping?.reason).to.equal('quota');
    expect(org.jobs.size).to.be.below(load.state.parts.size);
    expect(isOver(load.state)).to.equal(false);
    isUsedUp = false;
    await load.go();
    expect(await load.lines('success.csv')).to.have.length(ROWS);
  });
});
