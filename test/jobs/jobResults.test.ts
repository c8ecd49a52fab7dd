import { expect } from 'chai';
import { type AnyJob } from '../../src/bulk/jobs.js';
import { readResult } from '../../src/jobs/jobResults.js';
import { type ResultKind } from '../../src/jobs/resultKinds.js';
import { sfRejection } from '../rejection.js';
import { TestClock } from '../testClock.js';
import { FakeTransport, job, notFound, type Served } from './fakeJobs.js';

function read(of: AnyJob, result: ResultKind, serve: (path: string, nth: number) => Served) {
  const written: Buffer[] = [];
  let calls = 0;
  const transport = new FakeTransport(
    () => undefined,
    ({ path }) => serve(path, (calls += 1))
  );
  const write = (bytes: Buffer) => Promise.resolve(void written.push(Buffer.from(bytes)));
  const tools = { transport, clock: new TestClock(), signal: new AbortController().signal, write };
  return { outcome: readResult(of, result, tools), transport, text: () => Buffer.concat(written).toString() };
}

const page = (body: string, rows: number, locator = 'null'): Served => ({
  body,
  headers: { 'sforce-numberofrecords': String(rows), 'sforce-locator': locator }
});

describe('jobs/jobResults', () => {
  const query = job(1, { kind: 'query', numberRecordsProcessed: 3, apiVersion: 58 });
  const load = job(2, { numberRecordsProcessed: 5, numberRecordsFailed: 2 });

  /** Two pages; the first one has no line end after its last row. */
  const PAGES: Readonly<Record<string, Served>> = {
    results: page('"Id","N"\n"1","x\ny"\n"2",""', 2, 'b/2='),
    'results?locator=b%2F2%3D': page('"Id","N"\n"3","z"\n', 1)
  };
  const pages = (path: string): Served => PAGES[path.split('/').at(-1) ?? ''] ?? {};

  it('lays pages one after another under one header, by the version that made the job', async () => {
    const { outcome, transport, text } = read(query, 'query', pages);
    expect(await outcome).to.deep.include({ rows: 3, expected: 3 });
    expect(text()).to.equal('"Id","N"\n"1","x\ny"\n"2",""\n"3","z"\n');
    const at = `/services/data/v58.0/jobs/query/${query.id}/results`;
    expect(transport.calls).to.deep.equal([`GET ${at}`, `GET ${at}?locator=b%2F2%3D`]);
  });

  const MENDED: ReadonlyArray<readonly [what: string, first: Served]> = [
    ['breaks off', { ...page('"Id","N"\n"1","x\ny"\n"2",""', 2, 'b/2='), cutAfter: 12 }],
    ['has a row too few', page('"Id","N"\n"1","x\ny"\n', 2, 'b/2=')],
    ['ends within quotes', page('"Id","N"\n"1","x\ny"\n"2","', 2, 'b/2=')]
  ];
  for (const [what, first] of MENDED)
    it(`reads a page again that ${what}, and writes none of it before`, async () => {
      const { outcome, text } = read(query, 'query', (path, nth) => (nth === 1 ? first : pages(path)));
      await outcome;
      expect(text()).to.equal('"Id","N"\n"1","x\ny"\n"2",""\n"3","z"\n');
    });

  const LOST: ReadonlyArray<readonly [what: string, serve: (path: string) => Served, of: AnyJob]> = [
    ['a page stays short', () => page('"Id"\n"1"\n', 2), query],
    ['a page leads to one before it', (path) => ({ ...pages(path), headers: { 'sforce-locator': 'b/2=' } }), query],
    ['the pages have fewer rows than the job', pages, { ...query, numberRecordsProcessed: 4 }],
    ['the pages have more rows than the job', pages, { ...query, numberRecordsProcessed: 2 }]
  ];
  for (const [what, serve, of] of LOST)
    it(`says that the result is not whole when ${what}`, async () => {
      const { outcome } = read(of, 'query', serve);
      expect((await sfRejection(outcome)).name).to.equal('ResultNotWholeError');
    });

  it('reads the three results of a load, and holds them against its counters', async () => {
    const paths: string[] = [];
    for (const [result, rows] of [
      ['success', 3],
      ['failed', 2],
      ['unprocessed', 0]
    ] as const) {
      const body = `"sf__Id","sf__Created",N\n${'"1","true",x\n'.repeat(rows)}`;
      const { outcome, text, transport } = read(load, result, () => ({ body }));
      expect(await outcome).to.deep.equal({ rows, bytes: body.length, expected: rows });
      expect(text()).to.equal(body);
      paths.push(...transport.calls);
    }
    const at = `GET /jobs/ingest/${load.id}`;
    expect(paths).to.deep.equal([`${at}/successfulResults`, `${at}/failedResults`, `${at}/unprocessedrecords`]);
  });

  it('takes an empty body for no rows', async () => {
    const { outcome, text } = read({ ...load, numberRecordsFailed: 0 }, 'failed', () => ({ body: '' }));
    expect(await outcome).to.deep.equal({ rows: 0, bytes: 0, expected: 0 });
    expect(text()).to.equal('');
  });

  it('reads a result with fewer rows than the counter again, and then gives what there is', async () => {
    const { outcome, transport } = read(load, 'success', () => ({ body: 'N\nx\n' }));
    expect(await outcome).to.deep.include({ rows: 1, expected: 3 });
    expect(transport.calls).to.have.length(4);
  });

  it('expects nothing of the counters of a job that was broken off', async () => {
    const { outcome } = read({ ...load, state: 'Failed' }, 'success', () => ({ body: 'N\nx\n' }));
    expect((await outcome).expected).to.equal(undefined);
  });

  const REFUSED: ReadonlyArray<readonly [what: string, of: AnyJob, result: ResultKind, name: string]> = [
    ['an unfinished load', { ...load, state: 'InProgress' }, 'success', 'JobNotOverError'],
    ['an unfinished query', { ...query, state: 'UploadComplete' }, 'query', 'JobNotOverError'],
    ['a query that failed', { ...query, state: 'Failed' }, 'query', 'NoResultsError']
  ];
  for (const [what, of, result, name] of REFUSED)
    it(`says in which state ${what} is`, async () => {
      const error = await sfRejection(read(of, result, () => ({})).outcome);
      expect(error.name).to.equal(name);
      expect(error.message).to.contain(of.state);
    });

  it('says that results are gone', async () => {
    const { outcome } = read(load, 'failed', () => {
      throw notFound();
    });
    expect((await sfRejection(outcome)).name).to.equal('ResultsExpiredError');
  });
});
