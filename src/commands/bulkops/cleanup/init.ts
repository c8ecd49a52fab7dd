import { Messages } from '@salesforce/core';
import { Flags, SfCommand } from '@salesforce/sf-plugins-core';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup.init');

export type CleanupInitResult = { readonly file: string; readonly sobject: string };

export default class CleanupInit extends SfCommand<CleanupInitResult> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    'target-org': Flags.requiredOrg(),
    'api-version': Flags.orgApiVersion(),
    sobject: Flags.string({ char: 's', required: true, summary: messages.getMessage('flags.sobject.summary') }),
    'output-file': Flags.file({ summary: messages.getMessage('flags.output-file.summary') })
  };

  public async run(): Promise<CleanupInitResult> {
    const { flags } = await this.parse(CleanupInit);
    const { writeFile } = await import('node:fs/promises');
    const { describeObject } = await import('../../../schema/describe.js');
    const { starterDefinition } = await import('../../../cleanup/definition/starter.js');
    const object = await describeObject(flags['target-org'].getConnection(flags['api-version']), flags.sobject);
    const file = flags['output-file'] ?? `cleanup-${object.name}.yaml`;
    await writeFile(file, starterDefinition(object), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw messages.createError('fileExists', [file]);
      throw messages.createError('fileUnwritable', [file, error.message]);
    });
    this.log(messages.getMessage('written', [file, file]));
    return { file, sobject: object.name };
  }
}
