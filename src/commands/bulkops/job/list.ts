import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type JobListed } from '../../../jobs/jobResult.js';
import { JOB_ORDER_NAMES } from '../../../jobs/jobOrders.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { filterFlags, moment, orgFlags } from '../../../shell/jobFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

export type JobListResult = JobListed[];

export default class JobList extends BulkopsCommand<JobListResult> {
  public static readonly summary = messages.getMessage('list.summary');
  public static readonly description = messages.getMessage('list.description');
  public static readonly examples = messages.getMessages('list.examples');

  public static readonly flags = {
    ...orgFlags,
    ...filterFlags,
    since: moment({ helpValue: '<time>', summary: messages.getMessage('list.flags.since.summary') }),
    sort: Flags.option({
      options: JOB_ORDER_NAMES,
      default: 'created' as const,
      summary: messages.getMessage('list.flags.sort.summary')
    })(),
    limit: Flags.integer({ min: 1, default: 100, summary: messages.getMessage('list.flags.limit.summary') })
  };

  public async run(): Promise<JobListResult> {
    const { flags } = await this.parse(JobList);
    const { withJobs, filterOf } = await import('../../../shell/jobSession.js');
    const { selectJobs } = await import('../../../jobs/selectJobs.js');
    const { namedJobs } = await import('../../../jobs/users.js');
    const { cellsOfStdout } = await import('../../../shell/screen.js');
    const { jobListed } = await import('../../../jobs/jobResult.js');
    const { jobTable } = await import('../../../report/jobText.js');
    return withJobs(flags, async (session) => {
      const filter = { ...(await filterOf(flags, session)), sinceMs: flags.since };
      const { jobs, total } = await selectJobs(session.transport, filter, { order: flags.sort, limit: flags.limit });
      const named = await namedJobs(jobs, session.reads);
      this.log(named.length === 0 ? messages.getMessage('list.none') : jobTable(named, cellsOfStdout()));
      if (total > jobs.length) this.warn(messages.getMessage('list.more', [total - jobs.length]));
      return named.map(jobListed);
    });
  }
}
