import { join, resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type CleanupUndoResult } from '../../../cleanup/undo/undoResult.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';
import { confirm } from '../../../shell/confirm.js';
import { runFlags } from '../../../shell/runFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup.undo');

export default class CleanupUndo extends BulkopsCommand<CleanupUndoResult> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    'target-org': Flags.requiredOrg(),
    'api-version': Flags.orgApiVersion(),
    run: Flags.directory({ required: true, exists: true, summary: messages.getMessage('flags.run.summary') }),
    'no-prompt': Flags.boolean({ default: false, summary: messages.getMessage('flags.no-prompt.summary') }),
    'run-dir': Flags.directory({ summary: messages.getMessage('flags.run-dir.summary') }),
    ...runFlags
  };

  public async run(): Promise<CleanupUndoResult> {
    const { flags } = await this.parse(CleanupUndo);
    const { undoApply } = await import('../../../cleanup/undo/undo.js');
    const { UNDO_COMMAND } = await import('../../../run/runKind.js');
    const { openApplied } = await import('../../../cleanup/undo/applied.js');
    const { carryOutCleanup } = await import('../../../shell/cleanupSession.js');
    const { runRecord } = await import('../../../shell/runRecord.js');
    const org = flags['target-org'];
    const connection = org.getConnection(flags['api-version']);
    const directory = resolve(flags.run);
    const applied = await openApplied(directory);
    await confirm(flags, this, () => messages.getMessage('question', [applied.record.runId, org.getUsername()]));
    const { sobject } = applied.plan;
    const asked = { applied: directory };
    const record = runRecord({ command: UNDO_COMMAND, sobject, asked, org, connection, config: this.config });
    const runDir = resolve(flags['run-dir'] ?? join('bulkops-runs', record.runId));
    const subject = { command: 'cleanup undo', sobject, org: record.org.username };
    return carryOutCleanup({ connection, flags, subject, command: this }, async (world) =>
      undoApply(record, runDir, world)
    );
  }
}
