import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type CleanupPlanResult } from '../../../cleanup/plan/planResult.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup.plan');

const summary = (flag: string): { summary: string } => ({ summary: messages.getMessage(`flags.${flag}.summary`) });

export default class CleanupPlan extends BulkopsCommand<CleanupPlanResult> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    'target-org': Flags.optionalOrg(),
    'api-version': Flags.orgApiVersion(),
    definition: Flags.file({ exists: true, exclusive: ['match', 'standardize'], ...summary('definition') }),
    sobject: Flags.string({ char: 's', exclusive: ['definition'], ...summary('sobject') }),
    where: Flags.string({ exclusive: ['definition', 'file'], ...summary('where') }),
    match: Flags.string({ multiple: true, dependsOn: ['sobject'], ...summary('match') }),
    standardize: Flags.string({ multiple: true, dependsOn: ['sobject'], ...summary('standardize') }),
    file: Flags.string({ char: 'f', multiple: true, ...summary('file') }),
    'external-id': Flags.string({ char: 'i', dependsOn: ['file'], ...summary('external-id') }),
    clusters: Flags.file({ exists: true, ...summary('clusters') }),
    'plan-dir': Flags.directory({ ...summary('plan-dir') }),
    recheck: Flags.directory({
      exists: true,
      exclusive: ['definition', 'sobject', 'file', 'clusters', 'plan-dir'],
      ...summary('recheck')
    })
  };

  public async run(): Promise<CleanupPlanResult> {
    const { flags } = await this.parse(CleanupPlan);
    const { planFromFlags } = await import('../../../cleanup/plan/planCommand.js');
    const { planSummary } = await import('../../../cleanup/plan/planResult.js');
    const toolVersion = this.config.plugins.get('sf-plugin-bulkops')?.version ?? this.config.version;
    const org = flags['target-org'];
    const result = await planFromFlags(
      {
        definition: flags.definition,
        sobject: flags.sobject,
        where: flags.where,
        match: flags.match ?? [],
        standardize: flags.standardize ?? [],
        files: flags.file ?? [],
        externalId: flags['external-id'],
        clusters: flags.clusters,
        recheck: flags.recheck,
        planDir: flags['plan-dir'] ?? join('bulkops-plans', planName(flags.sobject ?? flags.definition, new Date())),
        toolVersion,
        org: org && {
          connection: org.getConnection(flags['api-version']),
          id: org.getOrgId(),
          username: org.getUsername() ?? ''
        }
      },
      {
        nowMs: Date.now,
        onStage: (stage) => this.jsonEnabled() || process.stderr.write(`${messages.getMessage(stage)}\n`)
      }
    );
    this.log(planSummary(result));
    return result;
  }
}

function planName(subject: string | undefined, now: Date): string {
  const plain = (subject ?? 'plan').replace(/^.*[\\/]/, '').replace(/\.\w+$/, '');
  return `${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${plain.replace(/[^\w-]/g, '')}`;
}
