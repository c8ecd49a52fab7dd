import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type RunOverview } from '../../../report/runOverview.js';
import { RUN_STATUSES } from '../../../report/runStatus.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'runs');

export type RunListResult = RunOverview[];

export default class RunList extends BulkopsCommand<RunListResult> {
  public static readonly summary = messages.getMessage('list.summary');
  public static readonly description = messages.getMessage('list.description');
  public static readonly examples = messages.getMessages('list.examples');

  public static readonly flags = {
    limit: Flags.integer({ min: 1, default: 50, summary: messages.getMessage('list.flags.limit.summary') }),
    status: Flags.option({
      options: RUN_STATUSES,
      multiple: true,
      delimiter: ',',
      summary: messages.getMessage('list.flags.status.summary')
    })(),
    sobject: Flags.string({ char: 's', summary: messages.getMessage('list.flags.sobject.summary') })
  };

  public async run(): Promise<RunListResult> {
    const { flags } = await this.parse(RunList);
    const { listRuns } = await import('../../../run/registry.js');
    const { overviewsOf } = await import('../../../report/runOverview.js');
    const { cellsOfStdout } = await import('../../../shell/screen.js');
    const { runTable } = await import('../../../report/runText.js');
    const wanted = (await overviewsOf(await listRuns(), Date.now())).filter(
      ({ status, sobject }) =>
        isAmong(status, flags.status) && isAmong(sobject ?? '', flags.sobject ? [flags.sobject] : undefined)
    );
    const shown = wanted.slice(0, flags.limit);
    if (shown.length === 0) this.log(messages.getMessage('list.none'));
    else this.log(runTable(shown, cellsOfStdout()));
    if (wanted.length > shown.length) this.warn(messages.getMessage('list.more', [wanted.length - shown.length]));
    return shown;
  }
}

function isAmong(value: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.some((one) => one.toLowerCase() === value.toLowerCase());
}
