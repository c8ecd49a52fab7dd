import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type AnyJob } from '../../../bulk/jobs.js';
import { type JobEnd } from '../../../jobs/endJobs.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { checkCanAsk } from '../../../shell/confirm.js';
import { endFlags, orgFlags } from '../../../shell/jobFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

export type JobDeleteResult = JobEnd[];

export default class JobDelete extends BulkopsCommand<JobDeleteResult> {
  public static readonly summary = messages.getMessage('delete.summary');
  public static readonly description = messages.getMessage('delete.description');
  public static readonly examples = messages.getMessages('delete.examples');

  public static readonly flags = {
    ...orgFlags,
    ...endFlags,
    'abort-first': Flags.boolean({ default: false, summary: messages.getMessage('delete.flags.abort-first.summary') })
  };

  public async run(): Promise<JobDeleteResult> {
    const { flags } = await this.parse(JobDelete);
    const { carryOutEnd } = await import('../../../shell/endSession.js');
    const { withJobs } = await import('../../../shell/jobSession.js');
    const { deleteJobs } = await import('../../../jobs/endJobs.js');
    checkCanAsk(flags, this);
    return withJobs(flags, (session) => {
      const ending = {
        verb: 'delete',
        states: ['JobComplete', 'Failed', 'Aborted'],
        end: (jobs: readonly AnyJob[]) => deleteJobs(jobs, { abortsFirst: flags['abort-first'] }, session.transport)
      } as const;
      return carryOutEnd(flags, { session, ending, command: this });
    });
  }
}
