import { Messages, Org } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type CleanupResult } from '../../cleanup/cleanupResult.js';
import { type ExportResult } from '../../export/exportResult.js';
import { type LoadResult } from '../../load/loadResult.js';
import { LoadCommand } from '../../shell/loadCommand.js';
import { percent } from '../../shell/loadFlags.js';
import { runFlags } from '../../shell/runFlags.js';
import { waitFlag } from '../../shell/waitFlag.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'resume');

/** That of the run that was resumed. */
export type ResumeResult = LoadResult | CleanupResult | ExportResult;

export default class Resume extends LoadCommand<CleanupResult | ExportResult> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    'run-id': Flags.string({
      summary: messages.getMessage('flags.run-id.summary'),
      exactlyOne: ['run-id', 'run-dir', 'use-most-recent']
    }),
    'run-dir': Flags.directory({ summary: messages.getMessage('flags.run-dir.summary') }),
    'use-most-recent': Flags.boolean({ summary: messages.getMessage('flags.use-most-recent.summary') }),
    wait: waitFlag({
      exclusive: ['async'],
      summary: messages.getMessage('flags.wait.summary')
    }),
    async: Flags.boolean({ char: 'a', default: false, summary: messages.getMessage('flags.async.summary') }),
    quota: percent({ summary: messages.getMessage('flags.quota.summary') }),
    'resend-unknown': Flags.boolean({ default: false, summary: messages.getMessage('flags.resend-unknown.summary') }),
    ...runFlags
  };

  public async run(): Promise<ResumeResult> {
    const { flags } = await this.parse(Resume);
    const { runDirOf } = await import('../../run/registry.js');
    const { checkOrg, readRecord } = await import('../../run/run.js');
    const { finishedResult, resumeLoad } = await import('../../load/load.js');
    const runDir = await runDirOf({ runId: flags['run-id'], runDir: flags['run-dir'] });
    const record = await readRecord(runDir);
    const { org: asked, command } = record;
    const { runKind } = await import('../../run/runKind.js');
    const kind = runKind(record);
    const finished = kind === 'load' ? await finishedResult(runDir) : undefined;
    if (finished) {
      const { loadSummary } = await import('../../report/loadSummary.js');
      this.log(messages.getMessage('finished', [record.runId]));
      this.log(loadSummary(finished));
      return finished;
    }
    const org = await Org.create({ aliasOrUsername: asked.username });
    checkOrg(record, org.getOrgId());
    const connection = org.getConnection(asked.apiVersion);
    const subject = { command, org: asked.username };
    if (kind === 'cleanup') {
      const { resumeCleanup } = await import('../../cleanup/resumeCleanup.js');
      const { carryOutCleanup } = await import('../../shell/cleanupSession.js');
      return carryOutCleanup({ connection, flags, subject, command: this }, (world) =>
        resumeCleanup(command, runDir, world)
      );
    }
    const { wait } = flags;
    const session = {
      waitMs: wait?.milliseconds,
      isAsync: flags.async || wait?.milliseconds === 0,
      isDryRun: false,
      asked: {
        ...(flags.quota !== undefined && { quotaPercent: flags.quota }),
        ...(flags['resend-unknown'] && { resendUnknown: true })
      }
    };
    if (kind === 'export') {
      const { resumeExport } = await import('../../export/export.js');
      const { exportAsked } = await import('../../export/asked.js');
      const { carryOutExport } = await import('../../shell/exportSession.js');
      const isToStdout = exportAsked(record.asked).output.path === '-';
      return carryOutExport({ session, connection, flags, subject, command: this, isToStdout }, (world) =>
        resumeExport(runDir, session, world)
      );
    }
    return this.carryOut({ session, connection, flags, subject }, (world) => resumeLoad(runDir, session, world));
  }
}
