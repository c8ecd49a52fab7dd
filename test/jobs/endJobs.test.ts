import { expect } from 'chai';
import { BulkError } from '../../src/bulk/bulkError.js';
import { abortJobs, deleteJobs, type JobEnd } from '../../src/jobs/endJobs.js';
import { rejection } from '../rejection.js';
import { asSent, FakeTransport, job, JobsOrg, refused } from './fakeJobs.js';

const outcomes = (ends: JobEnd[]): string[] => ends.map(({ outcome }) => outcome);

describe('jobs/endJobs', () => {
  const open = job(1, { state: 'Open' });
  const query = job(2, { kind: 'query', state: 'InProgress' });
  const done = job(3, { state: 'JobComplete' });

  it('aborts what has not ended, and leaves the rest', async () => {
    const org = new JobsOrg([open, query, done]);
    const ends = await abortJobs([open, query, done], org);
    expect(outcomes(ends)).to.deep.equal(['aborted', 'aborted', 'unneeded']);
    expect(ends[2]?.reason).to.equal('it is JobComplete already');
    expect([open, query, done].map(({ id }) => org.state(id))).to.deep.equal(['Aborted', 'Aborted', 'JobComplete']);
  });

  it('settles by the state of the job whether a refused abort was needed', async () => {
    for (const [state, outcome] of [
      ['Aborted', 'aborted'],
      ['JobComplete', 'unneeded']
    ] as const) {
      const ends = await abortJobs([open], new JobsOrg([{ ...open, state }]));
      expect(outcomes(ends)).to.deep.equal([outcome]);
    }
    expect(outcomes(await abortJobs([open], new JobsOrg([])))).to.deep.equal(['unneeded']);
  });

  it('deletes what has ended, and explains why it does not delete what has not', async () => {
    const org = new JobsOrg([open, query, done]);
    const ends = await deleteJobs([open, query, done], { abortsFirst: false }, org);
    expect(outcomes(ends)).to.deep.equal(['refused', 'refused', 'deleted']);
    expect(ends[0]?.reason).to.contain('Open').and.contain('abort');
    expect(org.jobs.map(({ id }) => id)).to.deep.equal([open.id, query.id]);
  });

  it('aborts first where it is told to', async () => {
    const org = new JobsOrg([open, query, done]);
    const ends = await deleteJobs([open, query, done], { abortsFirst: true }, org);
    expect(outcomes(ends)).to.deep.equal(['deleted', 'deleted', 'deleted']);
    expect(org.jobs).to.deep.equal([]);
  });

  it('goes on with the others when one is refused', async () => {
    const org = new FakeTransport(({ path }) => {
      if (path.includes(open.id)) throw refused('INSUFFICIENT_ACCESS');
      return asSent({ ...query, state: 'Aborted' });
    });
    const ends = await abortJobs([open, query], org);
    expect(outcomes(ends)).to.deep.equal(['refused', 'aborted']);
    expect(ends[0]?.reason).to.contain('INSUFFICIENT_ACCESS');
  });

  it('stops when the session is over', async () => {
    const over = new BulkError({ name: 'SessionExpired', kind: 'auth', message: 'over' });
    const org = new FakeTransport(() => {
      throw over;
    });
    expect(await rejection(deleteJobs([done], { abortsFirst: false }, org))).to.equal(over);
  });
});
