import { resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { RESULT_KINDS, type ResultKind } from '../../../jobs/resultKinds.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { oneJobFlag, orgFlags } from '../../../shell/jobFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

export type JobResultsResult = {
  readonly id: string;
  readonly result: ResultKind;
  readonly rows: number;
  readonly bytes: number;
  /** Rows by the job's own counters, where it counts them. */
  readonly expected?: number;
  /** Absolute; missing where the rows went to standard output. */
  readonly file?: string;
};

export default class JobResults extends BulkopsCommand<JobResultsResult> {
  public static readonly summary = messages.getMessage('results.summary');
  public static readonly description = messages.getMessage('results.description');
  public static readonly examples = messages.getMessages('results.examples');

  public static readonly flags = {
    ...orgFlags,
    ...oneJobFlag,
    result: Flags.option({ options: RESULT_KINDS, summary: messages.getMessage('results.flags.result.summary') })(),
    'output-file': Flags.string({ default: '-', summary: messages.getMessage('results.flags.output-file.summary') })
  };

  public async run(): Promise<JobResultsResult> {
    const { flags } = await this.parse(JobResults);
    const { carryOutResults } = await import('../../../shell/resultsSession.js');
    const file = flags['output-file'] === '-' ? undefined : resolve(flags['output-file']);
    return carryOutResults(flags, { result: flags.result, file, command: this });
  }
}
