import { basename } from 'node:path';
import { Messages, type Org } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup.init');

export type CleanupInitResult = { readonly file: string; readonly sobject: string };

export default class CleanupInit extends BulkopsCommand<CleanupInitResult> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    'target-org': Flags.optionalOrg(),
    'api-version': Flags.orgApiVersion(),
    sobject: Flags.string({ char: 's', summary: messages.getMessage('flags.sobject.summary') }),
    file: Flags.file({ char: 'f', exists: true, summary: messages.getMessage('flags.file.summary') }),
    'external-id': Flags.string({
      char: 'i',
      dependsOn: ['file'],
      summary: messages.getMessage('flags.external-id.summary')
    }),
    'output-file': Flags.file({ summary: messages.getMessage('flags.output-file.summary') })
  };

  public async run(): Promise<CleanupInitResult> {
    const { flags } = await this.parse(CleanupInit);
    const { writeFile } = await import('node:fs/promises');
    const { name, definition, next } =
      flags.file === undefined ? await ofObject(flags) : await ofFile(flags, flags.file);
    const file = flags['output-file'] ?? `cleanup-${name}.yaml`;
    await writeFile(file, definition, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw messages.createError('fileExists', [file]);
      throw messages.createError('fileUnwritable', [file, error.message]);
    });
    this.log(messages.getMessage('written', [file, `${file}${next}`]));
    return { file, sobject: /^sobject: (.*)$/m.exec(definition)?.[1] ?? name };
  }
}

type InitFlags = {
  readonly 'target-org'?: Org;
  readonly 'api-version'?: string;
  readonly sobject?: string;
  readonly 'external-id'?: string;
};

/** `next`: what `cleanup plan` needs beside the definition. */
type Starter = { readonly name: string; readonly definition: string; readonly next: string };

async function ofObject(flags: InitFlags): Promise<Starter> {
  const org = flags['target-org'];
  if (!org || flags.sobject === undefined) throw messages.createError('noSubject');
  const { describeObject } = await import('../../../schema/describe.js');
  const { commandReads } = await import('../../../shell/commandReads.js');
  const { starterDefinition } = await import('../../../cleanup/definition/starter.js');
  const object = await describeObject(commandReads(org.getConnection(flags['api-version'])), flags.sobject);
  return { name: object.name, definition: starterDefinition(object), next: '' };
}

async function ofFile(flags: InitFlags, path: string): Promise<Starter> {
  const { starterOfFile } = await import('../../../cleanup/definition/starter.js');
  const key = flags['external-id'];
  return {
    name: basename(path).replace(/\.\w+$/, ''),
    definition: await starterOfFile({ path, key, sobject: flags.sobject }),
    next: ` --file ${path}${key === undefined ? '' : ` --external-id ${key}`}`
  };
}
