import { join, resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type CleanupApplyResult } from '../../../cleanup/apply/applyResult.js';
import { type PlanRecord } from '../../../cleanup/plan/planFiles.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { confirm } from '../../../shell/confirm.js';
import { runFlags } from '../../../shell/runFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup.apply');

const DAY_MS = 86_400_000;

export default class CleanupApply extends BulkopsCommand<CleanupApplyResult> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    'target-org': Flags.requiredOrg(),
    'api-version': Flags.orgApiVersion(),
    plan: Flags.directory({ required: true, exists: true, summary: messages.getMessage('flags.plan.summary') }),
    'no-prompt': Flags.boolean({ default: false, summary: messages.getMessage('flags.no-prompt.summary') }),
    'max-age': Flags.integer({ default: 7, min: 0, summary: messages.getMessage('flags.max-age.summary') }),
    'run-dir': Flags.directory({ summary: messages.getMessage('flags.run-dir.summary') }),
    ...runFlags
  };

  public async run(): Promise<CleanupApplyResult> {
    const { flags } = await this.parse(CleanupApply);
    const { applyPlan } = await import('../../../cleanup/apply/apply.js');
    const { APPLY_COMMAND } = await import('../../../run/runKind.js');
    const { checkPlan } = await import('../../../cleanup/apply/takePlan.js');
    const { carryOutCleanup } = await import('../../../shell/cleanupSession.js');
    const { runRecord } = await import('../../../shell/runRecord.js');
    const org = flags['target-org'];
    const connection = org.getConnection(flags['api-version']);
    const { plan, plannedAtMs, warnings } = await checkPlan(flags.plan, org.getOrgId());
    for (const warning of warnings) this.warn(warning);
    const days = plannedAtMs === undefined ? 0 : Math.floor((Date.now() - plannedAtMs) / DAY_MS);
    if (days > flags['max-age']) this.warn(messages.getMessage('old', [days]));
    await confirm(flags, this, () => question(plan, org.getUsername() ?? ''));
    const record = runRecord({
      command: APPLY_COMMAND,
      sobject: plan.sobject,
      asked: { planDir: resolve(flags.plan) },
      org,
      connection,
      config: this.config
    });
    const runDir = resolve(flags['run-dir'] ?? join('bulkops-runs', record.runId));
    const subject = { command: 'cleanup apply', sobject: plan.sobject, org: record.org.username };
    return carryOutCleanup({ connection, flags, subject, command: this }, async (world) =>
      applyPlan(record, runDir, world)
    );
  }
}

function question({ of, key, sobject, counts }: PlanRecord, username: string): string {
  const { clusters, losers, updates, deletes } = counts;
  if (of === 'records') return messages.getMessage('question', [sobject, updates, clusters, losers, deletes, username]);
  return key === null
    ? messages.getMessage('questionOfInsert', [updates, sobject, username])
    : messages.getMessage('questionOfUpsert', [updates, sobject, key, username]);
}
