import { expect } from 'chai';
import { isBulkError } from '../../src/bulk/bulkError.js';
import { type JobId } from '../../src/bulk/job.js';
import { type AnyJob, findJob, type JobKind, listJobs } from '../../src/bulk/jobs.js';
import { asSent, FakeTransport, job, JobsOrg, refused } from '../jobs/fakeJobs.js';
import { rejection } from '../rejection.js';

async function listed(transport: FakeTransport, kind: JobKind): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of listJobs(transport, kind)) ids.push(id);
  return ids;
}

describe('bulk/jobs', () => {
  const [a, b, c] = [job(1, { kind: 'query' }), job(2, { kind: 'query' }), job(3)];

  it('follows the locator of the next page, even where its address leads to the other kind', async () => {
    const transport = new FakeTransport(({ path }) =>
      path.includes('queryLocator=')
        ? { done: true, records: [asSent(b)], nextRecordsUrl: null }
        : {
            done: false,
            records: [asSent(a)],
            nextRecordsUrl: '/services/data/v66.0/jobs/ingest?queryLocator=01gRM-1000'
          }
    );
    expect(await listed(transport, 'query')).to.deep.equal([a.id, b.id]);
    expect(transport.calls).to.deep.equal([
      'GET /jobs/query?jobType=V2Query',
      'GET /jobs/query?jobType=V2Query&queryLocator=01gRM-1000'
    ]);
  });

  it('leaves out jobs of another kind and of Bulk API 1.0', async () => {
    const classic = { ...asSent(job(9)), jobType: 'Classic', state: 'Closed' };
    const unsaid = { ...asSent(c), jobType: undefined };
    const transport = new FakeTransport(() => ({ done: true, records: [asSent(a), classic, unsaid] }));
    expect(await listed(transport, 'ingest')).to.deep.equal([c.id]);
    expect(await listed(transport, 'query')).to.deep.equal([a.id]);
  });

  const STRANGE: ReadonlyArray<readonly [what: string, body: unknown]> = [
    ['no list', { done: true }],
    ['HTML in JSON', '<html>'],
    ['an address without a locator', { done: false, records: [], nextRecordsUrl: '/services/data/v66.0/jobs/query' }],
    ['a page that leads to itself', { done: false, records: [], nextRecordsUrl: '/x?queryLocator=1' }],
    ['a record that is no job', { done: true, records: [{ id: 1 }] }]
  ];
  for (const [what, body] of STRANGE)
    it(`ends with an error at ${what}`, async () => {
      const error = await rejection(listed(new FakeTransport(() => body), 'query'));
      expect(isBulkError(error) && error.name).to.equal('UnexpectedAnswer');
    });

  it('finds a job of either kind', async () => {
    const org = new JobsOrg([a, c]);
    const kindOf = async ({ id }: AnyJob) => (await findJob(org, id))?.kind;
    expect(await kindOf(a)).to.equal('query');
    expect(await kindOf(c)).to.equal('ingest');
    expect(await kindOf(job(77))).to.equal(undefined);
  });

  it('goes by what the org says of a job, whatever resource said it', async () => {
    const transport = new FakeTransport(() => asSent(a));
    expect((await findJob(transport, a.id))?.kind).to.equal('query');
    expect(transport.calls).to.have.length(1);
  });

  it('does not take a refusal for a job that is not there', async () => {
    const transport = new FakeTransport(() => {
      throw refused('API_DISABLED_FOR_ORG');
    });
    expect((await rejection(findJob(transport, '7505f0000000001AAA' as JobId))).name).to.equal('RefusedByOrg');
  });
});
