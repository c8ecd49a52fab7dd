import { Messages } from '@salesforce/core';
import { type JobShown } from '../../../jobs/jobResult.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { oneJobFlag, orgFlags } from '../../../shell/jobFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

export type JobShowResult = JobShown;

export default class JobShow extends BulkopsCommand<JobShowResult> {
  public static readonly summary = messages.getMessage('show.summary');
  public static readonly description = messages.getMessage('show.description');
  public static readonly examples = messages.getMessages('show.examples');

  public static readonly flags = { ...orgFlags, ...oneJobFlag };

  public async run(): Promise<JobShowResult> {
    const { flags } = await this.parse(JobShow);
    const { withJobs, theJob } = await import('../../../shell/jobSession.js');
    const { namedJobs } = await import('../../../jobs/users.js');
    const { jobShown } = await import('../../../jobs/jobResult.js');
    const { jobText } = await import('../../../report/jobText.js');
    return withJobs(flags, async (session) => {
      const job = await theJob(flags['job-id'], session);
      const [named = job] = await namedJobs([job], session.reads);
      this.log(jobText(named, session.org.getUsername()));
      return jobShown(named);
    });
  }
}
