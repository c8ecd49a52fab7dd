import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { IsolatedSf } from '../../demo/sf.ts';
import { WebhookSink } from '../webhookSink.js';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

const SECRET = 'hmac-key-9d1f';
const URL_SECRET = 'very-secret';

type Line = { runId?: string; event: { type: string; status?: string; exitCode?: number } };

/** All files below a directory. */
async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('--notify and --events', () => {
  let org: EmulatedOrg;
  let sink: WebhookSink;
  const outputs: string[] = [];

  before(async () => {
    org = await EmulatedOrg.create();
    await writeFile(join(org.sf.home, 'rows.csv'), 'External_Id__c,Name,Weight_Kg__c\nN-1,a,1\nN-2,b,heavy\n');
  });
  after(async () => org.close());
  afterEach(async () => sink.close());

  async function upsert(...more: string[]) {
    // The log of sf, at its highest level, keeps the arguments of commands: a reason to use the environment.
    const logs = more.includes('--notify') ? {} : { SF_LOG_LEVEL: 'trace' };
    const environment = { BULKOPS_NOTIFY: `${sink.url} slack+${sink.url}`, BULKOPS_NOTIFY_SECRET: SECRET };
    const told = await IsolatedSf.create({ ...environment, ...logs }, org.sf.home);
    const args = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c', '--file', 'rows.csv'];
    const output = await told.output('bulkops', 'upsert', '--target-org', ALIAS, ...args, ...more);
    outputs.push(output.stdout, output.stderr);
    return output;
  }

  const lines = (text: string): Line[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);

  it('tell of a load that left rows behind, through a server that is down for a moment', async () => {
    sink = await WebhookSink.start(500, 200);
    const { code, stdout } = await upsert('--json', '--events', 'events.ndjson');
    expect(code, stdout).to.equal(68);
    const { result, warnings } = JSON.parse(stdout) as {
      result: { runId: string; runDir: string };
      warnings: string[];
    };
    expect(warnings.filter((warning) => warning.includes('notification'))).to.deep.equal([]);
    expect(sink.received).to.have.length(3);
    const summaries = sink.received.filter(({ headers }) => headers['bulkops-signature']).map(({ body }) => body);
    expect(JSON.parse(summaries.at(-1) ?? '')).to.deep.equal(result);
    expect(result).to.deep.equal(JSON.parse(await readFile(join(result.runDir, 'summary.json'), 'utf8')));
    const events = lines(await readFile(join(org.sf.home, 'events.ndjson'), 'utf8'));
    expect(events[0]?.event.type).to.equal('run-started');
    expect(events.at(-1)?.event).to.deep.equal({ type: 'run-ended', status: 'PartialSuccess', exitCode: 68 });
    const journal = lines(await readFile(join(result.runDir, 'journal.ndjson'), 'utf8'));
    expect(events.slice(1, -1).map(({ event }) => event)).to.deep.equal(journal.map(({ event }) => event));
  });

  it('leave exit code and result as they are when nobody listens, and say so', async () => {
    sink = await WebhookSink.start(410);
    const { code, stdout, stderr } = await upsert('--events', '-');
    expect(code).to.equal(68);
    expect(lines(stdout).at(-1)?.event.type).to.equal('run-ended');
    expect(stderr).to.contain(`The notification to ${sink.host} did not arrive: it answered HTTP 410.`);
    expect(stderr).to.contain('1 rejected');
  });

  it('refuse a malformed address before anything is sent, and do not repeat it', async () => {
    sink = await WebhookSink.start();
    const requests = org.emulator.org.ingest.list().length;
    const { code, stdout } = await upsert('--json', '--notify', `hooks.slack.com/${URL_SECRET}`);
    expect(code).to.equal(2);
    expect((JSON.parse(stdout) as { name: string }).name).to.equal('WebhookMalformedError');
    expect(org.emulator.org.ingest.list()).to.have.length(requests);
    expect(sink.received).to.have.length(0);
  });

  it('leave no secret in anything that was written or printed', async () => {
    sink = await WebhookSink.start();
    const secrets = [SECRET, URL_SECRET, org.emulator.accessToken, org.emulator.accessToken.split('!')[1] ?? ''];
    for (const text of outputs) for (const secret of secrets) expect(text.includes(secret), secret).to.equal(false);
    const files = await filesBelow(org.sf.home);
    expect(files.some((path) => path.endsWith('journal.ndjson'))).to.equal(true);
    expect(files.some((path) => path.endsWith('.log'))).to.equal(true);
    for (const path of files) {
      if ((await stat(path)).size > 50e6) continue;
      const content = await readFile(path, 'latin1');
      for (const secret of secrets) expect(content.includes(secret), `${secret} in ${path}`).to.equal(false);
    }
  });
});
