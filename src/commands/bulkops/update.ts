import { Messages } from '@salesforce/core';
import { type LoadResult } from '../../load/loadResult.js';
import { LoadCommand } from '../../shell/loadCommand.js';
import { loadFlags } from '../../shell/loadFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'update');

export default class Update extends LoadCommand {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = loadFlags;

  public async run(): Promise<LoadResult> {
    const { flags } = await this.parse(Update);
    return this.startLoad({ operation: 'update' }, flags);
  }
}
