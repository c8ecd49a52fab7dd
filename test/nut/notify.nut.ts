import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { IsolatedSf } from '../../demo/sf.ts';
import { WebhookSink } from '../webhookSink.js';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

const SECRET = 'hmac-key-9d1f';
const URL_SECRET = 'very-secret';

type Line = { runId?: string; event: { type: string; status?: string; exitCode?: number } };

describe('--notify and --events', () => {
  let org: EmulatedOrg;
  let sink: WebhookSink;

  before(async () => {
    org = await EmulatedOrg.create();
    await writeFile(join(org.sf.home, 'rows.csv'), 'External_Id__c,Name,Weight_Kg__c\nN-1,a,1\nN-2,b,heavy\n');
  });
  after(async () => org.close());
  afterEach(async () => sink.close());

  async function upsert(...more: string[]) {
    const environment = { BULKOPS_NOTIFY: `${sink.url} slack+${sink.url}`, BULKOPS_NOTIFY_SECRET: SECRET };
    const told = await IsolatedSf.create(environment, org.sf.home);
    const args = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c', '--file', 'rows.csv'];
    return told.output('bulkops', 'upsert', '--target-org', ALIAS, ...args, ...more);
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
});
