import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { SfError } from '@salesforce/core';
import { type Outcome } from '../../src/report/notify/outcome.js';
import { Webhook } from '../../src/report/notify/webhook.js';
import { announced, type Announced, type RunFlags } from '../../src/shell/announced.js';
import { webhooksOf } from '../../src/shell/runFlags.js';
import { loadRecord } from '../report/runs.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { type Manner, WebhookSink } from '../webhookSink.js';

describe('shell/announced', () => {
  const dir = tempDir();
  let sink: WebhookSink;
  let said: { logs: string[]; warnings: string[] };
  beforeEach(() => (said = { logs: [], warnings: [] }));
  afterEach(async () => {
    process.exitCode = undefined;
    await sink.close();
  });

  async function told(
    manner: Manner,
    flags: Partial<RunFlags> = {},
    isAsync = false,
    isJson = false
  ): Promise<Announced> {
    sink = await WebhookSink.start(manner);
    return {
      flags: { notify: [Webhook.parse(sink.url)], 'notify-on': undefined, events: undefined, ...flags },
      subject: { command: 'upsert', sobject: 'Contact', org: 'me@example.com' },
      isAsync,
      command: {
        jsonEnabled: () => isJson,
        log: (text) => said.logs.push(text),
        warn: (text) => said.warnings.push(text)
      }
    };
  }

  const body = (): unknown => JSON.parse(sink.received[0]?.body ?? 'null');

  it('hands the result through, notifies of it and copies the events between a first and a last line', async () => {
    const events = join(dir.path, 'events.ndjson');
    const result = await announced(await told(200, { events }), (announce) => {
      announce.run(loadRecord('r-1'), '/runs/r-1');
      announce.event({ type: 'part-cut' });
      announce.summary('It is done.');
      process.exitCode = 68;
      return Promise.resolve({ status: 'PartialSuccess', runId: 'r-1' });
    });
    expect(result).to.deep.equal({ status: 'PartialSuccess', runId: 'r-1' });
    expect(body()).to.deep.equal(result);
    expect(said).to.deep.equal({ logs: ['It is done.'], warnings: [] });
    const lines = (await readFile(events, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: unknown });
    expect(lines.map(({ event }) => event)).to.deep.equal([
      { type: 'run-started', command: 'upsert', runDir: '/runs/r-1', org: 'me@example.com' },
      { type: 'part-cut' },
      { type: 'run-ended', status: 'PartialSuccess', exitCode: 68 }
    ]);
  });

  it('notifies of an error too, and throws it on with the command that continues', async () => {
    const work = announced(await told(200), (announce) => {
      announce.run(loadRecord('r-1'), '/runs/r-1');
      throw SfError.create({ name: 'OrgUnreachable', message: 'The org is not there.' });
    });
    const error = await sfRejection(work);
    expect(error.actions).to.deep.equal(['Continue with: sf bulkops resume --run-id r-1']);
    expect(body()).to.deep.include({ status: 'Failed', runId: 'r-1', command: 'upsert', sobject: 'Contact' });
  });

  it('changes neither result nor exit code when nobody takes the notification', async () => {
    process.exitCode = 68;
    const result = await announced(await told(404), () => Promise.resolve({ status: 'PartialSuccess' }));
    expect(result.status).to.equal('PartialSuccess');
    expect(process.exitCode).to.equal(68);
    expect(said.warnings).to.deep.equal([`The notification to ${sink.host} did not arrive: it answered HTTP 404.`]);
  });

  it('throws the error of the run and not that of the notification', async () => {
    const work = announced(await told(404), () => Promise.reject(SfError.create({ name: 'Own', message: 'own' })));
    expect((await sfRejection(work)).name).to.equal('Own');
    expect(said.warnings.join()).not.to.contain('very-secret');
  });

  const WANTED: ReadonlyArray<readonly [on: Outcome[] | undefined, status: string, isAsync: boolean, isTold: boolean]> =
    [
      [undefined, 'Success', false, true],
      [['failed', 'timeout'], 'Success', false, false],
      [['failed', 'timeout'], 'Interrupted', false, true],
      [['failed', 'timeout'], 'InProgress', false, true],
      [undefined, 'InProgress', true, false]
    ];
  for (const [on, status, isAsync, isTold] of WANTED)
    it(`${isTold ? 'tells' : 'keeps'} ${status}${isAsync ? ' with --async' : ''} where ${on?.join(' and ') ?? 'all'} is wanted`, async () => {
      await announced(await told(200, { 'notify-on': on }, isAsync), () => Promise.resolve({ status }));
      expect(sink.received).to.have.length(isTold ? 1 : 0);
    });

  it('does not begin where the events can not be written', async () => {
    let hasBegun = false;
    const work = async () => {
      hasBegun = true;
      return Promise.resolve({ status: 'Success' });
    };
    await writeFile(join(dir.path, 'file'), '');
    const unwritable = await sfRejection(announced(await told(200, { events: join(dir.path, 'file', 'x') }), work));
    expect([unwritable.name, unwritable.exitCode]).to.deep.equal(['EventsUnwritableError', 2]);
    await sink.close();
    const both = await sfRejection(announced(await told(200, { events: '-' }, false, true), work));
    expect([both.name, both.exitCode]).to.deep.equal(['EventsAndJsonError', 2]);
    await sink.close();
    const taken = { ...(await told(200, { events: '-' })), isStdoutTaken: true };
    expect((await sfRejection(announced(taken, work))).name).to.equal('EventsAndRowsError');
    expect(hasBegun).to.equal(false);
    expect(sink.received).to.have.length(0);
  });

  it('takes webhooks from the environment unless they are given', async () => {
    await told(200);
    const given = [Webhook.parse(sink.url)];
    expect(webhooksOf(given, 'https://a.test/')).to.equal(given);
    expect(webhooksOf(undefined, ' https://a.test/1\n slack+https://b.test/2 ').map(String)).to.deep.equal([
      'a.test',
      'b.test'
    ]);
    expect(webhooksOf(undefined, '')).to.deep.equal([]);
    const error = await sfRejection(Promise.resolve().then(() => webhooksOf(undefined, 'https://a.test/ s3cret')));
    expect([error.name, error.exitCode]).to.deep.equal(['WebhookMalformedError', 2]);
    expect(error.message).not.to.contain('s3cret');
  });
});
