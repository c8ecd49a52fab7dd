import { Messages } from '@salesforce/core';
import { type AnyJob } from '../../../bulk/jobs.js';
import { type JobEnd } from '../../../jobs/endJobs.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { checkCanAsk } from '../../../shell/confirm.js';
import { endFlags, orgFlags } from '../../../shell/jobFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

export type JobAbortResult = JobEnd[];

export default class JobAbort extends BulkopsCommand<JobAbortResult> {
  public static readonly summary = messages.getMessage('abort.summary');
  public static readonly description = messages.getMessage('abort.description');
  public static readonly examples = messages.getMessages('abort.examples');

  public static readonly flags = { ...orgFlags, ...endFlags };

  public async run(): Promise<JobAbortResult> {
    const { flags } = await this.parse(JobAbort);
    const { carryOutEnd } = await import('../../../shell/endSession.js');
    const { withJobs } = await import('../../../shell/jobSession.js');
    const { abortJobs } = await import('../../../jobs/endJobs.js');
    checkCanAsk(flags, this);
    return withJobs(flags, (session) => {
      const ending = {
        verb: 'abort',
        states: ['Open'],
        end: (jobs: readonly AnyJob[]) => abortJobs(jobs, session.transport)
      } as const;
      return carryOutEnd(flags, { session, ending, command: this });
    });
  }
}
