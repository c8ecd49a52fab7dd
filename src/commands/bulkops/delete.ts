import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type LoadResult } from '../../load/loadResult.js';
import { LoadCommand } from '../../shell/loadCommand.js';
import { loadFlags } from '../../shell/loadFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'delete');

export default class Delete extends LoadCommand {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    ...loadFlags,
    'hard-delete': Flags.boolean({ default: false, summary: messages.getMessage('flags.hard-delete.summary') })
  };

  public async run(): Promise<LoadResult> {
    const { flags } = await this.parse(Delete);
    return this.startLoad({ operation: flags['hard-delete'] ? 'hardDelete' : 'delete' }, flags);
  }
}
