import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { deliver } from '../../../src/report/notify/deliver.js';
import { type News } from '../../../src/report/notify/news.js';
import { Webhook } from '../../../src/report/notify/webhook.js';
import { TestClock } from '../../testClock.js';
import { type Manner, WebhookSink } from '../../webhookSink.js';

const NEWS: News = {
  outcome: 'partial',
  title: 'It is done',
  counts: [],
  errors: [],
  summary: { status: 'PartialSuccess' }
};

describe('report/notify/deliver', () => {
  let sink: WebhookSink;
  const clock = new TestClock();
  afterEach(async () => sink.close());

  async function delivered(manners: Manner[], tools: { secret?: string; tryMs?: number } = {}, prefix = '') {
    sink = await WebhookSink.start(...manners);
    return deliver(NEWS, [Webhook.parse(prefix + sink.url)], { clock, ...tools });
  }

  it('posts the summary as it is, signed over its bytes', async () => {
    expect(await delivered([204], { secret: 'hmac-key' })).to.deep.equal([]);
    const [{ body, headers, path } = { body: '', headers: {}, path: '' }] = sink.received;
    expect(path).to.equal('/services/T000/B000/very-secret');
    expect(JSON.parse(body)).to.deep.equal({ status: 'PartialSuccess' });
    const signature = createHmac('sha256', 'hmac-key').update(body).digest('hex');
    expect(headers).to.include({ 'bulkops-signature': `sha256=${signature}`, 'bulkops-outcome': 'partial' });
    expect(headers['content-type']).to.equal('application/json');
  });

  it('signs nothing without a secret, and nothing for Slack', async () => {
    await delivered([200]);
    expect(sink.received[0]?.headers).not.to.have.property('bulkops-signature');
    await sink.close();
    await delivered([200], { secret: 'hmac-key' }, 'slack+');
    expect(sink.received[0]?.headers).not.to.have.property('bulkops-signature');
    expect(JSON.parse(sink.received[0]?.body ?? '')).to.have.property('blocks');
  });

  const ENDS: ReadonlyArray<readonly [what: string, manners: Manner[], requests: number, why: string | undefined]> = [
    ['a server that is down for a moment', [503, 200], 2, undefined],
    ['one that asks to slow down', [{ status: 429, headers: { 'retry-after': '1' } }, 200], 2, undefined],
    [
      'one that asks to come back tomorrow',
      [{ status: 429, headers: { 'retry-after': '86400' } }],
      1,
      'it answered HTTP 429'
    ],
    ['one that stays broken', [500], 3, 'it answered HTTP 500'],
    ['a webhook that is gone', [410], 1, 'it answered HTTP 410'],
    [
      'a redirect, which is not followed',
      [{ status: 302, headers: { location: 'https://example.com/' } }],
      1,
      'it answered HTTP 302'
    ],
    ['a server that never answers', ['silent'], 3, 'it gave no answer in time'],
    ['one that answers the second time', ['silent', 200], 2, undefined]
  ];
  for (const [what, manners, requests, why] of ENDS)
    it(`tries ${requests === 1 ? 'once' : `${requests} times`} at ${what}`, async () => {
      const missing = await delivered(manners, { tryMs: 100 });
      expect(missing).to.deep.equal(why === undefined ? [] : [{ host: sink.host, why }]);
      expect(sink.received).to.have.length(requests);
      expect(new Set(sink.received.map(({ headers }) => headers['bulkops-delivery'])).size).to.equal(1);
    });

  it('says of a server that is not there only its host', async () => {
    sink = await WebhookSink.start();
    const { host, url } = sink;
    await sink.close();
    const missing = await deliver(NEWS, [Webhook.parse(url)], { clock });
    expect(missing).to.deep.equal([{ host, why: 'it could not be reached (ECONNREFUSED)' }]);
  });

  it('tells the others when one does not listen', async () => {
    sink = await WebhookSink.start();
    const missing = await deliver(
      NEWS,
      ['http://127.0.0.1:1/x', sink.url].map((url) => Webhook.parse(url)),
      { clock }
    );
    expect(missing.map(({ host }) => host)).to.deep.equal(['127.0.0.1:1']);
    expect(sink.received).to.have.length(1);
  });
});
