import { once } from 'node:events';
import { AuthInfo, AuthRemover, Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { BulkopsCommand } from '../../../shell/bulkopsCommand.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'emulator.start');

export type EmulatorStarted = {
  readonly url: string;
  readonly alias: string;
  readonly username: string;
  readonly orgId: string;
  readonly objects: readonly string[];
};

export default class EmulatorStart extends BulkopsCommand<EmulatorStarted> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = {
    port: Flags.integer({
      char: 'p',
      default: 0,
      min: 0,
      max: 65_535,
      summary: messages.getMessage('flags.port.summary')
    }),
    alias: Flags.string({
      char: 'a',
      default: 'bulkops-emulator',
      summary: messages.getMessage('flags.alias.summary')
    }),
    'data-dir': Flags.directory({ char: 'd', summary: messages.getMessage('flags.data-dir.summary') }),
    schema: Flags.file({ exists: true, summary: messages.getMessage('flags.schema.summary') }),
    latency: Flags.integer({ min: 0, default: 0, summary: messages.getMessage('flags.latency.summary') }),
    'rows-per-second': Flags.integer({ min: 1, summary: messages.getMessage('flags.rows-per-second.summary') }),
    'download-rate': Flags.integer({ min: 1, summary: messages.getMessage('flags.download-rate.summary') }),
    'page-rows': Flags.integer({ min: 1, default: 50_000, summary: messages.getMessage('flags.page-rows.summary') }),
    gzip: Flags.boolean({ summary: messages.getMessage('flags.gzip.summary') }),
    faults: Flags.file({ exists: true, summary: messages.getMessage('flags.faults.summary') })
  };

  public async run(): Promise<EmulatorStarted> {
    const { flags } = await this.parse(EmulatorStart);
    const { startEmulator } = await import('../../../emulator/emulator.js');
    const { readSchema } = await import('../../../emulator/schemaFile.js');
    const { readFaults } = await import('../../../emulator/faults/faultFile.js');
    const { faultsOf } = await import('../../../emulator/faults/faults.js');
    const emulator = await startEmulator({
      port: flags.port,
      username: `admin@${flags.alias}.emulator`,
      ...(flags.schema && { schema: await readSchema(flags.schema).catch(unusable(flags.schema)) }),
      dataDir: flags['data-dir'],
      latencyMs: flags.latency,
      rowsPerSecond: flags['rows-per-second'],
      ...(flags['download-rate'] && { downloadBytesPerSecond: flags['download-rate'] * 1_000_000 }),
      pageRows: flags['page-rows'],
      packsResults: flags.gzip,
      ...(flags.faults && { faults: faultsOf(await readFaults(flags.faults)) })
    });
    const { url, username, id, store } = emulator.org;
    await register(emulator.accessToken, url, flags.alias);
    const started = {
      url,
      alias: flags.alias,
      username,
      orgId: id,
      objects: store.schema.objects.map(({ name }) => name)
    };
    // The result is told now and not at the end, for whoever waits for the emulator to be there.
    if (this.jsonEnabled()) this.logJson({ status: 0, result: started, warnings: [] });
    else this.log(messages.getMessage('started', [url, flags.alias, flags.alias]));
    await stopAsked();
    await emulator.close();
    await (await AuthRemover.create()).removeAuth(username);
    return process.exit(0);
  }
}

/** What is wrong with a schema file, in words for its author. */
function unusable(path: string): (error: Error) => never {
  return (error) => {
    throw messages.createError('schemaUnusable', [path, error.message]);
  };
}

/** Makes the emulator an org that every `sf` command knows. */
async function register(accessToken: string, instanceUrl: string, alias: string): Promise<void> {
  const auth = await AuthInfo.create({ accessTokenOptions: { accessToken, instanceUrl, loginUrl: instanceUrl } });
  await auth.save();
  await auth.handleAliasAndDefaultSettings({ alias, setDefault: false, setDefaultDevHub: false });
}

async function stopAsked(): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', ...(process.platform === 'win32' ? ['SIGBREAK'] : ['SIGHUP'])];
  for (const signal of signals) process.removeAllListeners(signal);
  await Promise.race(signals.map((signal) => once(process, signal)));
}
