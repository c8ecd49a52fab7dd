import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type LoadResult } from '../../load/loadResult.js';
import { LoadCommand } from '../../shell/loadCommand.js';
import { loadFlags } from '../../shell/loadFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'upsert');

export default class Upsert extends LoadCommand {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    ...loadFlags,
    'external-id': Flags.string({
      char: 'i',
      required: true,
      summary: messages.getMessage('flags.external-id.summary')
    })
  };

  public async run(): Promise<LoadResult> {
    const { flags } = await this.parse(Upsert);
    return this.startLoad({ operation: 'upsert', externalId: flags['external-id'] }, flags);
  }
}
