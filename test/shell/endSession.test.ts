import { expect } from 'chai';
import { type AnyJob } from '../../src/bulk/jobs.js';
import { abortJobs } from '../../src/jobs/endJobs.js';
import { carryOutEnd } from '../../src/shell/endSession.js';
import { type JobSession } from '../../src/shell/jobSession.js';
import { job, JobsOrg } from '../jobs/fakeJobs.js';

describe('shell/endSession', () => {
  const { isTTY } = process.stdin;
  beforeEach(() => (process.stdin.isTTY = true));
  afterEach(() => {
    process.stdin.isTTY = isTTY;
    process.exitCode = undefined;
  });

  /** Aborts two jobs of one user: what was logged, and how often the org was asked for names. */
  async function abort(isAsked: boolean): Promise<{ text: string; queries: number; org: JobsOrg }> {
    const org = new JobsOrg([job(1, { state: 'Open' }), job(2, { state: 'Open' })]);
    const logged: string[] = [];
    let queries = 0;
    const reads = {
      get: () => {
        queries += 1;
        return Promise.resolve({ records: [{ Id: '005000000000001AAA', Username: 'maker@example.com' }] });
      }
    };
    const session = { transport: org, reads, org: { getUsername: () => 'me@example.com' } } as unknown as JobSession;
    const ending = {
      verb: 'abort',
      states: ['Open'],
      end: (jobs: readonly AnyJob[]) => abortJobs(jobs, org)
    } as const;
    const command = {
      jsonEnabled: () => false,
      log: (line: string) => void logged.push(line),
      confirm: () => Promise.resolve(true)
    };
    const ids = org.jobs.map(({ id }) => id);
    await carryOutEnd({ 'job-id': ids, 'no-prompt': !isAsked } as never, { session, ending, command });
    return { text: logged.join('\n'), queries, org };
  }

  it('names who made the jobs before it asks, for one call', async () => {
    const { text, queries, org } = await abort(true);
    expect(text.split('\n')[1]).to.match(/^7505f.* maker@example\.com$/);
    expect(queries).to.equal(1);
    expect(org.jobs.map(({ state }) => state)).to.deep.equal(['Aborted', 'Aborted']);
  });

  it('spends no call on names where nothing is asked', async () => {
    const { text, queries, org } = await abort(false);
    expect(text).to.not.contain('maker@example.com');
    expect(queries).to.equal(0);
    expect(org.jobs.map(({ state }) => state)).to.deep.equal(['Aborted', 'Aborted']);
  });
});
