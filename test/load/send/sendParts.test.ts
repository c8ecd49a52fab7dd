import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { fatesSoFar, isOver, unsettledParts } from '../../../src/load/state.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { type CallName, FakeOrg, type FakeOrgOptions, type Fault, type Row } from '../fakeOrg.js';
import { Killed, LoadHarness } from '../loadHarness.js';
import { type LoadAsked } from '../../../src/load/asked.js';

const LOCKED = 'UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--';
const MISSING = 'REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --';

/** An insert with two equal rows, one refused for good, one locked at first, and one malformed. */
const CSV = ['Name,City', 'a,"1\n""1"""', 'bad,3', 'malformed', 'same,5', 'locked,4', 'same,5'].join('\n');

const ROWS_TAKEN = ['a,1\n"1"', 'locked,4', 'same,5', 'same,5'];
const REFUSES = ({ Name }: Row, times: number): string | undefined =>
  Name === 'bad' ? MISSING : Name === 'locked' && times < 1 ? LOCKED : undefined;

const told = (row: Row): string => Object.values(row).join(',');
const sorted = (rows: readonly string[]): string[] => [...rows].sort();

describe('load/sendParts', () => {
  const dir = tempDir();
  let loads = 0;

  async function harness(org: FakeOrg, asked: Partial<LoadAsked> = {}, csv = CSV): Promise<LoadHarness> {
    const directory = join(dir.path, String((loads += 1)));
    await mkdir(directory);
    const file = join(directory, 'input.csv');
    await writeFile(file, csv);
    return new LoadHarness(directory, org, { files: [file], ...asked });
  }

  /** What must hold at the end of a load of CSV, however often it was broken off. */
  async function expectWhole(load: LoadHarness, org: FakeOrg): Promise<void> {
    expect(sorted(org.acted.map(told)), 'what the org did').to.deep.equal(sorted(ROWS_TAKEN));
    expect(isOver(load.state)).to.equal(true);
    expect(fatesSoFar(load.state)).to.deep.equal({ succeeded: 4, failed: 1, unaccounted: 0, toRetry: 0, created: 4 });
    expect(load.state.scanned).to.deep.include({ rows: 6, rejected: 1, skipped: 0 });
    const success = await load.text('success.csv');
    expect(success.replace(/003\d{12}AAA/g, 'ID')).to.equal(
      [
        'sf__Id,sf__Created,Name,City',
        'ID,true,a,"1\n""1"""',
        'ID,true,same,5',
        'ID,true,locked,4',
        'ID,true,same,5',
        ''
      ].join('\n')
    );
    expect(new Set(success.match(/003\d{12}AAA/g)).size, 'different ids').to.equal(4);
    expect(await load.text('failed.csv')).to.equal(
      [
        'sf__Id,sf__Error,bulkops__Row,Name,City',
        `,${MISSING},2,bad,3`,
        ',BULKOPS_TOO_FEW_FIELDS:the row has 1 field and the header 2:--,3,malformed,',
        ''
      ].join('\n')
    );
    expect((await readdir(load.directory)).sort()).to.deep.equal([
      'failed.csv',
      'input.csv',
      'prepared.json',
      'success.csv'
    ]);
    for (const job of org.jobs.values()) expect(job.completions).to.be.below(2);
  }

  it('carries all rows into the org and says what became of each', async () => {
    const org = new FakeOrg({ refuses: REFUSES });
    const load = await harness(org);
    await load.go();
    await expectWhole(load, org);
    expect(org.jobs.size).to.equal(4);
  });

  it('sends rows that were locked again, in jobs that hold nothing else', async () => {
    const org = new FakeOrg({
      refuses: (row, times) => (row.Name === 'locked' && times < 2 ? LOCKED : REFUSES(row, times))
    });
    const load = await harness(org);
    await load.go();
    const again = [...load.state.parts.values()].filter(({ attempt }) => attempt > 0);
    expect(again.map(({ attempt, rows }) => [attempt, rows])).to.deep.equal([
      [1, 1],
      [2, 1]
    ]);
    expect(load.clock.pauses.filter((ms) => ms < 500).length).to.be.greaterThan(0);
  });

  it('has waited before a retry while results were read', async () => {
    const pauses: number[] = [];
    for (const resultsMs of [0, 10_000]) {
      const org = new FakeOrg({
        refuses: (row, times) => (row.Name === 'locked' && times < 2 ? LOCKED : REFUSES(row, times)),
        fault: (call) => {
          if (call === 'results' && resultsMs > 0) void load.clock.sleep(resultsMs);
          return undefined;
        }
      });
      const load: LoadHarness = await harness(org);
      await load.go();
      pauses.push(Math.min(...load.clock.pauses));
    }
    expect(pauses[0]).to.be.at.least(50);
    expect(pauses[1]).to.equal(0);
  });

  it('gives up rows that stay locked, with what the org said last', async () => {
    const org = new FakeOrg({ refuses: ({ Name }) => (Name === 'locked' ? LOCKED : undefined) });
    const load = await harness(org, { retries: 2 });
    await load.go();
    expect(fatesSoFar(load.state)).to.deep.include({ failed: 1, toRetry: 0 });
    expect((await load.lines('failed.csv')).filter((line) => line.includes(LOCKED))).to.have.length(1);
    expect(Math.max(...[...load.state.parts.values()].map(({ attempt }) => attempt))).to.equal(2);
  });

  it('sends nothing again when it is told so', async () => {
    const org = new FakeOrg({ refuses: REFUSES });
    const load = await harness(org, { retries: 0 });
    await load.go();
    expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 3, failed: 2 });
  });

  const faults: readonly CallName[] = ['create', 'upload', 'complete', 'abort', 'info', 'results'];
  for (const name of faults)
    for (const fault of ['lost-before', 'lost-after'] as const)
      it(`does every row once when the answer to any one ${name} is ${fault}`, async () => {
        for (let nth = 1; nth <= 40; nth += 1) {
          let isHit = false;
          const org = new FakeOrg({
            refuses: REFUSES,
            fault: (call, at) => {
              if (call !== name || at !== nth) return undefined;
              isHit = true;
              return fault;
            }
          });
          const load = await harness(org);
          // Where one process gives up, the next one goes on.
          for (let tries = 0; ; tries += 1)
            try {
              await load.go();
              break;
            } catch (error) {
              if (tries > 3) throw error;
            }
          await expectWhole(load, org);
          if (!isHit) return;
        }
      });

  it('does every row once when one call in four is lost, before or after the deed', async function () {
    this.timeout(60_000);
    const fault = fc.constantFrom(
      'lost-before' as const,
      'lost-after' as const,
      ...Array.from({ length: 6 }, () => undefined)
    );
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fault), async (faults) => {
        const org = new FakeOrg({ refuses: REFUSES, fault: () => faults.next().value as Fault | undefined });
        const load = await harness(org);
        for (let tries = 0; tries < 60 && !(isOver(load.state) && load.state.files); tries += 1)
          await load.go().catch(() => undefined);
        await expectWhole(load, org);
      }),
      { numRuns: 10 }
    );
  });

  describe('killed at any moment and taken up again', () => {
    /** Each deed of the org has a moment after it, and each line of the journal one before and one after. */
    async function goUntil(load: LoadHarness, org: FakeOrg, at: number): Promise<'ended' | 'killed'> {
      let moments = 0;
      const die = (): void => {
        if (moments === at) throw new Killed('kill -9');
        moments += 1;
      };
      org.onCall = (_, when) => {
        if (when === 'after') die();
      };
      load.journal.onAppend = die;
      try {
        await load.go();
        return 'ended';
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        return 'killed';
      }
    }

    it('does every row once, even when the machine has lost its power', async function () {
      this.timeout(180_000);
      const at = { moment: 0, isEnd: false, isPowerLost: false };
      for (; !at.isEnd; at.moment += at.isPowerLost ? 0 : 1) {
        const org = new FakeOrg({ refuses: REFUSES });
        const load = await harness(org);
        at.isEnd = (await goUntil(load, org, at.moment)) === 'ended';
        // The next round breaks off at the same moment and loses what was not durable, if anything was not.
        const lines = at.isPowerLost ? load.journal.losePower() : 0;
        at.isPowerLost = !at.isPowerLost && load.journal.volatile > 0;
        if (!at.isEnd) await goUntil(load, org, Infinity);
        await expectWhole(load, org).catch((error: unknown) => {
          throw new Error(`killed at moment ${at.moment}, ${lines} lines lost`, { cause: error });
        });
      }
      expect(at.moment).to.be.greaterThan(60);
    });

    it('does every row once when it is killed again and again', async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ at: fc.nat(50), isPowerLost: fc.boolean() }), { minLength: 2, maxLength: 6 }),
          fc.constantFrom(1, 3),
          async (moments, concurrency) => {
            const org = new FakeOrg({ refuses: REFUSES });
            const load = await harness(org, { concurrency });
            for (const { at, isPowerLost } of moments) {
              if ((await goUntil(load, org, at)) === 'ended') break;
              if (isPowerLost) load.journal.losePower();
            }
            await goUntil(load, org, Infinity);
            await expectWhole(load, org);
          }
        ),
        { numRuns: 20 }
      );
    });
  });

  describe('rows of which the results say nothing', () => {
    const upsert: Partial<LoadAsked> = { operation: 'upsert', externalId: 'Name' };
    const csv = 'Name,City\na,1\nb,2\nc,3\n';
    const hidesB: FakeOrgOptions['hides'] = ({ Name }) => Name === 'b';

    it('are unaccounted where twice would be one too many', async () => {
      const org = new FakeOrg({ hides: hidesB });
      const load = await harness(org, {}, csv);
      await load.go();
      expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 2, unaccounted: 1, toRetry: 0 });
      expect(await load.lines('unaccounted.csv')).to.have.length(1);
      expect((await load.lines('unaccounted.csv'))[0]).to.match(/BULKOPS_UNACCOUNTED:.*,2,b,2$/);
      expect(org.acted).to.have.length(3);
    });

    it('go again where twice is as good as once', async () => {
      const org = new FakeOrg({ hides: ({ Name }, { nthJob }) => Name === 'b' && nthJob === 1 });
      const load = await harness(org, upsert, csv);
      await load.go();
      expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 3, unaccounted: 0 });
      expect(org.records.size).to.equal(3);
    });

    it('go again in an insert only when that was asked for', async () => {
      const org = new FakeOrg({ hides: ({ Name }, { nthJob }) => Name === 'b' && nthJob === 1 });
      const load = await harness(org, { resendUnknown: true }, csv);
      await load.go();
      expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 3, unaccounted: 0 });
      expect(org.acted).to.have.length(4);
    });

    it('do not go again in an upsert by Id, which inserts the rows without one', async () => {
      for (const externalId of ['Id', undefined]) {
        const org = new FakeOrg({ hides: ({ Name }) => Name === 'b' });
        const load = await harness(org, { operation: 'upsert', externalId }, 'Id,Name\n,a\n,b\n');
        await load.go();
        expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 1, unaccounted: 1 });
        expect(org.acted).to.have.length(2);
      }
    });

    it('are deleted when a second try finds them deleted', async () => {
      const deleted = new Set<string>();
      const org = new FakeOrg({
        hides: ({ Id: id }, { nthJob }) => id === 'b' && nthJob === 1,
        refuses: ({ Id: id = '' }) =>
          deleted.size === deleted.add(id).size ? 'ENTITY_IS_DELETED:entity is deleted:--' : undefined
      });
      const load = await harness(org, { operation: 'delete', partBytes: 1000 }, 'Id\na\nb\nc\n');
      await load.go();
      expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 3, failed: 0 });
      expect((await load.lines('success.csv'))[1]).to.equal('b,false,b');
    });

    it('are read again while the org lags', async () => {
      const org = new FakeOrg({ hides: (_, { reads }) => reads === 0 });
      const load = await harness(org, {}, csv);
      await load.go();
      expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 3, unaccounted: 0 });
    });
  });

  describe('jobs that do not come to their end', () => {
    const ROWS = 80;
    const csv = `Name,City\n${Array.from({ length: ROWS }, (_, at) => `r${at},${at}`).join('\n')}\n`;

    it('give their rows to others when the org gave up', async () => {
      const org = new FakeOrg({
        ends: (_, nth) =>
          nth === 1 ? { state: 'Failed', processed: 1, errorMessage: 'Timeout : too slow' } : undefined
      });
      const load = await harness(org, { concurrency: 1 }, csv);
      await load.go();
      expect(fatesSoFar(load.state)).to.deep.include({ succeeded: ROWS, failed: 0 });
      expect(sorted(org.acted.map(told))).to.deep.equal(sorted(csv.trim().split('\n').slice(1)));
    });

    it('stop the load when the org refuses what all jobs have in common, and nothing is sent after', async () => {
      const org = new FakeOrg({
        isSlow: true,
        ends: () => ({ state: 'Failed', processed: 0, errorMessage: 'InvalidBatch : Field name not found : City' })
      });
      const load = await harness(org, { concurrency: 1 }, csv);
      await load.go();
      expect(load.state.stopping?.reason).to.equal('job-refused');
      // Others may be on their way while one is settled.
      expect(org.jobs.size).to.be.below(load.state.parts.size / 2);
      expect(org.acted).to.deep.equal([]);
      const failed = await load.lines('failed.csv');
      const skipped = await load.lines('skipped.csv');
      expect(failed.length + skipped.length).to.equal(ROWS);
      expect(failed.every((line) => line.includes('Field name not found : City'))).to.equal(true);
      expect(skipped.every((line) => line.includes('BULKOPS_NOT_SENT'))).to.equal(true);
    });

    it('stop the load when the allowance is used up; a resume does the rest', async () => {
      let isUsedUp = true;
      const org = new FakeOrg({
        isSlow: true,
        ends: () =>
          isUsedUp
            ? { state: 'Failed', processed: 2, errorMessage: 'ExceededQuota : ApiBatchItems Limit exceeded' }
            : undefined
      });
      const load = await harness(org, { concurrency: 1, operation: 'upsert', externalId: 'Name' }, csv);
      await load.go();
      expect(load.state.stopping?.reason).to.equal('quota');
      expect(isOver(load.state)).to.equal(false);
      isUsedUp = false;
      await load.go();
      expect(isOver(load.state)).to.equal(true);
      expect(await load.lines('success.csv')).to.have.length(ROWS);
      expect(await load.lines('failed.csv')).to.deep.equal([]);
      expect(sorted(org.acted.map(told))).to.deep.equal(sorted(csv.trim().split('\n').slice(1)));
    });

    it('stop the load at --max-failures, abort what is open and account for every row', async () => {
      const org = new FakeOrg({ isSlow: true, refuses: () => MISSING });
      const load = await harness(org, { concurrency: 2, maxFailures: { unit: 'rows', value: 3 } }, csv);
      await load.go();
      expect(load.state.stopping?.reason).to.equal('max-failures');
      const counts = await Promise.all(
        ['failed.csv', 'skipped.csv', 'success.csv'].map(async (name) => (await load.lines(name)).length)
      );
      expect(counts[0] ?? 0).to.be.within(4, ROWS / 2);
      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(ROWS);
    });

    it('are counted anew by --max-failures once the load is resumed', async () => {
      const org = new FakeOrg({ isSlow: true, refuses: () => MISSING });
      const load = await harness(org, { concurrency: 1, maxFailures: { unit: 'rows', value: 3 } }, csv);
      const failed: number[] = [];
      for (let tries = 0; tries < 30 && !isOver(load.state); tries += 1) {
        await load.go();
        failed.push(fatesSoFar(load.state).failed);
      }
      expect(failed.at(-1)).to.equal(ROWS);
      const eachTime = failed.map((count, at) => count - (failed[at - 1] ?? 0));
      // The last time there may be fewer rows left than it takes to stop.
      for (const count of eachTime.slice(0, -1)) expect(count).to.be.greaterThan(3);
    });

    it('are replaced when somebody deletes them: nothing is known of an insert then', async () => {
      const org = new FakeOrg();
      const load = await harness(org, { concurrency: 1, partBytes: 1000 }, csv);
      org.onCall = (name, when) => {
        if (name === 'info' && when === 'before') org.jobs.clear();
      };
      await load.go();
      expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 0, unaccounted: ROWS });
      expect(await load.lines('unaccounted.csv')).to.have.length(ROWS);
    });
  });

  it('sends all and waits for nothing with --async; a resume ends it', async () => {
    const org = new FakeOrg({ refuses: REFUSES });
    const load = await harness(org);
    await load.go(true);
    expect(org.calls).to.not.include('info');
    expect([...load.state.parts.values()].every(({ at }) => at === 'submitted')).to.equal(true);
    await load.go();
    await expectWhole(load, org);
  });

  it('ends with the first error of a part and leaves every part where a resume takes it up', async () => {
    const org = new FakeOrg({ refuses: REFUSES, fault: (name) => (name === 'create' ? 'lost-before' : undefined) });
    const load = await harness(org);
    expect((await rejection(load.go())).message).to.contain('can not be reached');
    expect(unsettledParts(load.state)).to.have.length(load.state.parts.size);
    expect(org.acted).to.deep.equal([]);
  });

  it('reads results whatever the org makes of the values', async () => {
    const csv = 'Name,Amount\na,1\nb,912260031\nc,0.5\n ,\n';
    const org = new FakeOrg({
      writes: (value) => (/^[\d.]+$/.test(value) ? `${Number(value).toExponential().toUpperCase()}` : value)
    });
    const load = await harness(org, {}, csv);
    await load.go();
    expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 4, unaccounted: 0 });
    expect((await load.lines('success.csv')).map((line) => line.split(',').slice(2).join(','))).to.deep.equal([
      'a,1',
      'b,912260031',
      'c,0.5',
      ' ,'
    ]);
  });

  for (const delimiter of ['COMMA', 'SEMICOLON', 'TAB'] as const)
    for (const lineEnding of ['LF', 'CRLF'] as const)
      it(`keeps rows byte for byte in its results, sent with ${delimiter} and ${lineEnding}`, async () => {
        const character = { COMMA: ',', SEMICOLON: ';', TAB: '\t' }[delimiter];
        const rows = ['a,"x\r\ny"', '"b""b",2', 'ü,"l\nm"', '"",e'].map((row) => row.replace(',', character));
        const org = new FakeOrg();
        const load = await harness(org, { delimiter, lineEnding }, [`Name${character}City`, ...rows].join('\r\n'));
        await load.go();
        expect(fatesSoFar(load.state)).to.deep.include({ succeeded: 4, unaccounted: 0 });
        const success = await load.text('success.csv');
        for (const row of rows) expect(success).to.contain(`true${character}${row}\n`);
        for (const job of org.jobs.values())
          if (lineEnding === 'LF') expect(job.body).to.not.contain('\r');
          else expect(job.body?.replaceAll('\r\n', '')).to.not.match(/[\r\n]/);
      });
});
