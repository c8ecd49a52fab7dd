import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { type JobOrder } from '../../src/jobs/jobOrders.js';
import { isWanted, type JobFilter, selectJobs } from '../../src/jobs/selectJobs.js';
import { asSent, FakeTransport, job } from './fakeJobs.js';

describe('jobs/selectJobs', () => {
  const one = job(60, { object: 'Contact', operation: 'upsert', state: 'Open' });
  const WANTED: ReadonlyArray<readonly [filter: JobFilter, isWanted: boolean]> = [
    [{}, true],
    [{ states: ['Failed', 'Open'] }, true],
    [{ states: ['Failed'] }, false],
    [{ sobject: 'contact' }, true],
    [{ sobject: 'Lead' }, false],
    [{ operations: ['UPSERT'] }, true],
    [{ operations: ['insert', 'query'] }, false],
    [{ createdById: '005000000000001' }, true],
    [{ createdById: '005000000000002AAA' }, false],
    [{ sinceMs: Date.UTC(2026, 2, 1, 1) }, true],
    [{ sinceMs: Date.UTC(2026, 2, 1, 1) + 1 }, false],
    [{ beforeMs: Date.UTC(2026, 2, 1, 1) }, false],
    [{ beforeMs: Date.UTC(2026, 2, 1, 1) + 1 }, true]
  ];
  for (const [filter, wanted] of WANTED)
    it(`${wanted ? 'takes' : 'leaves'} a job at ${JSON.stringify(filter)}`, () =>
      expect(isWanted(one, filter)).to.equal(wanted));

  /** So many jobs of each kind, in pages of 1000. @param onPage is told of each page that is asked for */
  function crowd(count: number, onPage: () => void = () => undefined): FakeTransport {
    return new FakeTransport(({ path }) => {
      onPage();
      const url = new URL(path, 'http://org');
      const kind = url.pathname.endsWith('query') ? 'query' : 'ingest';
      const from = Number(url.searchParams.get('queryLocator') ?? 0);
      const end = Math.min(from + 1000, count);
      const offset = kind === 'query' ? count : 0;
      // In an order that is none.
      const records = Array.from({ length: end - from }, (_, at) => {
        const n = ((from + at) * 7919) % count;
        return asSent(job(n + offset, { kind, state: n % 2 === 0 ? 'Failed' : 'JobComplete' }));
      });
      return { done: end === count, records, nextRecordsUrl: end === count ? null : `/x?queryLocator=${end}` };
    });
  }

  it('finds the newest of 10,000 jobs, and knows how many there are', async () => {
    const transport = crowd(5000);
    const { jobs, total } = await selectJobs(transport, {}, { order: 'created', limit: 3 });
    expect(jobs.map(({ id }) => id)).to.deep.equal([9999, 9998, 9997].map((n) => job(n).id));
    expect(total).to.equal(10_000);
    expect(transport.apiCalls).to.equal(10);
  });

  it('lists all of them where all are wanted, each once', async () => {
    const { jobs } = await selectJobs(crowd(5000), { states: ['Failed'] }, { order: 'created', limit: 100_000 });
    expect(new Set(jobs.map(({ id }) => id)).size).to.equal(5000);
    expect(jobs).to.have.length(5000);
  });

  it('holds of 20,000 jobs little more than of 2,000: their ids', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    /** What is held while the last page is asked for. */
    const heldAtTheEnd = async (count: number): Promise<number> => {
      let pages = 0;
      let bytes = 0;
      const transport = crowd(count / 2, () => {
        pages += 1;
        if (pages < count / 1000) return;
        collect();
        bytes = process.memoryUsage().heapUsed;
      });
      await selectJobs(transport, {}, { order: 'created', limit: 100 });
      expect(pages).to.equal(count / 1000);
      return bytes;
    };
    await heldAtTheEnd(2000); // what is compiled and kept once
    const growth = (await heldAtTheEnd(20_000)) - (await heldAtTheEnd(2000));
    // Held whole, each job would take more than 400.
    expect(growth / 18_000).to.be.lessThan(200);
  });

  it('asks for one kind alone where one is wanted, and counts a job once that moved to the next page', async () => {
    const twice = new FakeTransport(({ path }) =>
      path.includes('Locator')
        ? { done: true, records: [asSent(job(1)), asSent(job(2))] }
        : { done: false, records: [asSent(job(1))], nextRecordsUrl: '/x?queryLocator=1' }
    );
    const { jobs, total } = await selectJobs(twice, { kind: 'ingest' }, { order: 'created', limit: 9 });
    expect(jobs.map(({ id }) => id)).to.deep.equal([job(2).id, job(1).id]);
    expect(total).to.equal(2);
    expect(twice.calls).to.have.length(2);
  });

  const ORDERS: ReadonlyArray<readonly [order: JobOrder, ids: number[]]> = [
    ['created', [3, 2, 1]],
    ['modified', [1, 2, 3]],
    ['object', [2, 3, 1]],
    ['operation', [3, 1, 2]],
    ['state', [2, 3, 1]]
  ];
  const three = [
    job(1, { object: 'C', operation: 'a', state: 'Open', systemModstamp: '2027-01-01T00:00:00.000+0000' }),
    job(2, { object: 'A', operation: 'b', state: 'Failed', systemModstamp: '2026-06-01T00:00:00.000+0000' }),
    job(3, { object: 'B', operation: 'a', state: 'Open', systemModstamp: '2026-04-01T00:00:00.000+0000' })
  ];
  for (const [order, ids] of ORDERS)
    it(`sorts by ${order}`, async () => {
      const transport = new FakeTransport(() => ({ done: true, records: three.map(asSent) }));
      const { jobs } = await selectJobs(transport, { kind: 'ingest' }, { order, limit: 9 });
      expect(jobs.map(({ id }) => three.findIndex((known) => known.id === id) + 1)).to.deep.equal(ids);
    });
});
