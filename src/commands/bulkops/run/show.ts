import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type RunOverview } from '../../../report/runOverview.js';
import { type Summary } from '../../../report/runView.js';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'runs');

export type RunShown = {
  readonly run: RunOverview;
  /** As the command of the run gave it with `--json`, or would give it now. */
  readonly summary?: Summary;
};

export default class RunShow extends BulkopsCommand<RunShown> {
  public static readonly summary = messages.getMessage('show.summary');
  public static readonly description = messages.getMessage('show.description');
  public static readonly examples = messages.getMessages('show.examples');

  public static readonly flags = {
    'run-id': Flags.string({ exclusive: ['run-dir'], summary: messages.getMessage('show.flags.run-id.summary') }),
    'run-dir': Flags.directory({ summary: messages.getMessage('show.flags.run-dir.summary') }),
    open: Flags.boolean({ default: false, summary: messages.getMessage('show.flags.open.summary') }),
    follow: Flags.boolean({ default: true, allowNo: true, summary: messages.getMessage('show.flags.follow.summary') })
  };

  public async run(): Promise<RunShown> {
    const { flags } = await this.parse(RunShow);
    const { runDirOf } = await import('../../../run/registry.js');
    const { runKind } = await import('../../../run/runKind.js');
    const { viewRun } = await import('../../../report/runView.js');
    const { runText } = await import('../../../report/runText.js');
    const runDir = await runDirOf({ runId: flags['run-id'], runDir: flags['run-dir'] });
    let view = await viewRun(runDir, Date.now());
    const kind = runKind(view.record);
    if (view.isRunning && kind && flags.follow && !this.jsonEnabled()) {
      const { follow } = await import('../../../shell/followSession.js');
      await follow(runDir, kind);
      view = await viewRun(runDir, Date.now());
    }
    this.log(runText(view));
    if (flags.open) await this.openReport(runDir);
    return { run: view.overview, summary: view.summary };
  }

  private async openReport(runDir: string): Promise<void> {
    const { openFile } = await import('../../../report/openFile.js');
    const path = join(runDir, 'report.html');
    try {
      await access(path);
    } catch {
      this.warn(messages.getMessage('show.noReport', [path]));
      return;
    }
    await openFile(path).catch((error: Error) =>
      this.warn(messages.getMessage('show.noBrowser', [error.message, path]))
    );
  }
}

/** Shows the load of another process until it ends or the user has seen enough, which does not disturb it. */
