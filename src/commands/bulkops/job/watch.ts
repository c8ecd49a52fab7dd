import { Messages } from '@salesforce/core';
import { type WatchResult } from '../../../jobs/watchResult.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { orgFlags, someJobsFlag } from '../../../shell/jobFlags.js';
import { runFlags } from '../../../shell/runFlags.js';
import { waitFlag } from '../../../shell/waitFlag.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

export type JobWatchResult = WatchResult;

export default class JobWatch extends BulkopsCommand<JobWatchResult> {
  public static readonly summary = messages.getMessage('watch.summary');
  public static readonly description = messages.getMessage('watch.description');
  public static readonly examples = messages.getMessages('watch.examples');

  public static readonly flags = {
    ...orgFlags,
    ...someJobsFlag,
    wait: waitFlag({
      summary: messages.getMessage('watch.flags.wait.summary')
    }),
    ...runFlags
  };

  public async run(): Promise<JobWatchResult> {
    const { flags } = await this.parse(JobWatch);
    const { withJobs, theJob } = await import('../../../shell/jobSession.js');
    const { carryOutWatch } = await import('../../../shell/watchSession.js');
    return withJobs(flags, async (session) => {
      const jobs = [];
      for (const id of new Set(flags['job-id'])) jobs.push(await theJob(id, session));
      return carryOutWatch(jobs, { session, flags, waitMs: flags.wait?.milliseconds, command: this });
    });
  }
}
