import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { BulkopsCommand } from '../../../../shell/bulkopsCommand.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'emulator.schema.pull');

export type EmulatorSchemaPulled = { readonly file: string; readonly objects: readonly string[] };

export default class EmulatorSchemaPull extends BulkopsCommand<EmulatorSchemaPulled> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    'target-org': Flags.requiredOrg(),
    'api-version': Flags.orgApiVersion(),
    sobject: Flags.string({
      char: 's',
      required: true,
      multiple: true,
      delimiter: ',',
      summary: messages.getMessage('flags.sobject.summary')
    }),
    'output-file': Flags.file({
      default: 'emulator-schema.json',
      summary: messages.getMessage('flags.output-file.summary')
    })
  };

  public async run(): Promise<EmulatorSchemaPulled> {
    const { flags } = await this.parse(EmulatorSchemaPull);
    const { writeFile } = await import('node:fs/promises');
    const { rawDescribe } = await import('../../../../schema/describe.js');
    const { commandReads } = await import('../../../../shell/commandReads.js');
    const org = commandReads(flags['target-org'].getConnection(flags['api-version']));
    const file = flags['output-file'];
    const names = [...new Set(flags.sobject)];
    const objects: unknown[] = [];
    for (const name of names) objects.push(await rawDescribe(org, name));
    await writeFile(file, `${JSON.stringify({ objects }, undefined, 2)}\n`).catch((error: Error) => {
      throw messages.createError('fileUnwritable', [file, error.message]);
    });
    this.log(messages.getMessage('written', [names.length, file, file]));
    return { file, objects: names };
  }
}
