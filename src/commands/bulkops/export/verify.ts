import { Messages, Org } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type CountInOrg, type VerifyResult, type VerifyStatus } from '../../../export/verify/verify.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { EXIT } from '../../../shell/exitCodes.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export.verify');

const OF_STATUS: Readonly<Record<VerifyStatus, number>> = {
  Success: EXIT.done,
  PartialSuccess: EXIT.partial,
  Failed: EXIT.failed
};

export default class ExportVerify extends BulkopsCommand<VerifyResult> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    manifest: Flags.file({ char: 'm', required: true, summary: messages.getMessage('flags.manifest.summary') }),
    'against-org': Flags.boolean({ default: false, summary: messages.getMessage('flags.against-org.summary') }),
    'target-org': Flags.optionalOrg({ summary: messages.getMessage('flags.target-org.summary') }),
    'api-version': Flags.orgApiVersion()
  };

  public async run(): Promise<VerifyResult> {
    const { flags } = await this.parse(ExportVerify);
    const { verifyExport } = await import('../../../export/verify/verify.js');
    const { verifyText } = await import('../../../report/verifyText.js');
    const count = flags['against-org'] ? await this.counting(flags) : undefined;
    const result = await verifyExport(flags.manifest, count);
    process.exitCode = OF_STATUS[result.status];
    this.log(verifyText(result));
    return result;
  }

  private async counting(flags: {
    readonly manifest: string;
    readonly 'target-org'?: Org;
    readonly 'api-version'?: string;
  }): Promise<CountInOrg> {
    const { countInOrg } = await import('../../../export/verify/countInOrg.js');
    const { commandReads } = await import('../../../shell/commandReads.js');
    const { readManifest } = await import('../../../export/verify/verify.js');
    const { org: filed } = await readManifest(flags.manifest);
    const org = flags['target-org'] ?? (await Org.create({ aliasOrUsername: filed.username }));
    if (org.getOrgId().slice(0, 15) !== filed.id.slice(0, 15))
      throw messages.createError('otherOrg', [filed.id, org.getOrgId()]);
    return countInOrg(commandReads(org.getConnection(flags['api-version'] ?? filed.apiVersion)));
  }
}
