import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { IsolatedSf, type Output } from '../../demo/sf.ts';
import { WebhookSink } from '../webhookSink.js';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';
import { checkJsonOutput } from './jsonOutput.js';

const HMAC_KEY = 'hmac-key-9d1f';
/** Of the path of every webhook here. */
const URL_SECRET = 'very-secret';

const ROWS = `External_Id__c,Name,Weight_Kg__c
N-1,a,1
N-2,b,heavy
`;
const CONTACTS = `LastName,FirstName,Student_ID__c,Email
Turner,William,1,W@x.org
Turner,,1,
`;
const DEFINITION = 'sobject: Contact\nstandardize: { Email: email }\nmatch: [Student_ID__c]\n';

/** All files below a directory, by their path in it, as bytes that can be searched for ASCII text. */
async function contentsBelow(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const contents = new Map<string, string>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) contents.set(relative(directory, path).replaceAll('\\', '/'), await readFile(path, 'latin1'));
  }
  return contents;
}

describe('secrets', () => {
  let org: EmulatedOrg;
  let sink: WebhookSink;
  const printed = new Map<string, string>();

  before(async () => {
    org = await EmulatedOrg.create();
    // The first notification is refused, since what is said of that is printed, too.
    sink = await WebhookSink.start(410, 200);
    await writeFile(join(org.sf.home, 'rows.csv'), ROWS);
    await writeFile(join(org.sf.home, 'contacts.csv'), CONTACTS);
    await writeFile(join(org.sf.home, 'contacts.yaml'), DEFINITION);
  });
  after(async () => {
    await org.close();
    await sink.close();
  });

  /** Runs a command with all secrets in its environment and the most talkative log, and keeps what it prints. */
  async function run(code: number, ...args: string[]): Promise<Output> {
    const environment = {
      BULKOPS_NOTIFY: `${sink.url} slack+${sink.url} teams+${sink.url}`,
      BULKOPS_NOTIFY_SECRET: HMAC_KEY,
      SF_LOG_LEVEL: 'trace'
    };
    const sf = await IsolatedSf.create(environment, org.sf.home);
    sf.onOutput = checkJsonOutput;
    const output = await sf.output('bulkops', ...args);
    printed.set(args.join(' '), output.stdout + output.stderr);
    expect(output.code, `${args.join(' ')}: ${output.stdout}${output.stderr}`).to.equal(code);
    return output;
  }

  it('are in nothing that a run of any kind writes or prints', async () => {
    const into = ['--target-org', ALIAS];
    const shipments = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c', '--file', 'rows.csv'];
    await run(68, 'upsert', ...shipments, ...into, '--run-dir', 'runs/upsert', '--events', 'upsert.ndjson');
    await run(
      0,
      'insert',
      '--sobject',
      'Contact',
      '--file',
      'contacts.csv',
      ...into,
      '--run-dir',
      'runs/insert',
      '--json'
    );
    const contacts = ['--query', 'SELECT Id, LastName FROM Contact', ...into];
    const exported = ['--output-file', 'contacts.out.csv', '--run-dir', 'runs/export'];
    await run(0, 'export', ...contacts, ...exported, '--json', '--events', 'export.ndjson');
    await run(2, 'export', '--query', 'SELECT Nope FROM Contact', ...into, '--output-file', 'nope.csv');
    await run(0, 'cleanup', 'plan', '--definition', 'contacts.yaml', '--plan-dir', 'plan', ...into);
    await run(
      0,
      'cleanup',
      'apply',
      '--plan',
      'plan',
      ...into,
      '--no-prompt',
      '--run-dir',
      'runs/apply',
      '--events',
      '-'
    );
    await run(0, 'cleanup', 'undo', '--run', 'runs/apply', ...into, '--no-prompt', '--run-dir', 'runs/undo', '--json');
    const [job] = org.emulator.org.ingest.list();
    await run(0, 'job', 'watch', '--job-id', job?.id ?? '', ...into, '--json');
    await run(0, 'run', 'list', '--json');
    await run(0, 'run', 'show', '--run-dir', 'runs/undo', '--no-follow');

    // Each run that was begun has told its webhooks.
    expect(sink.received.length).to.be.at.least(3 * 6);
    const files = await contentsBelow(org.sf.home);
    for (const kind of ['upsert', 'insert', 'export', 'apply', 'undo'])
      for (const file of ['run.json', 'journal.ndjson', 'summary.json', 'report.html'])
        expect([...files.keys()]).to.include(`runs/${kind}/${file}`);
    expect([...files.keys()]).to.include.members(['plan/report.html', 'upsert.ndjson', 'export.ndjson']);
    expect([...files.keys()].filter((path) => path.endsWith('.log'))).not.to.deep.equal([]);

    const { accessToken } = org.emulator;
    const secrets = [HMAC_KEY, URL_SECRET, accessToken, accessToken.split('!')[1] ?? ''];
    const leaks = [...printed, ...files].flatMap(([where, text]) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${where}`)
    );
    expect(leaks).to.deep.equal([]);
  }).timeout(240_000);
});
