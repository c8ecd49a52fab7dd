import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { Webhook, type WebhookKind } from '../../../src/report/notify/webhook.js';

describe('report/notify/webhook', () => {
  const KINDS: ReadonlyArray<readonly [url: string, kind: WebhookKind, host: string]> = [
    ['https://hooks.slack.com/services/T1/B1/s3cret', 'slack', 'hooks.slack.com'],
    ['https://hooks.slack-gov.com/services/T1/B1/s3cret', 'slack', 'hooks.slack-gov.com'],
    ['https://prod-1.westus.logic.azure.com:443/workflows/x?sig=s3cret', 'teams', 'prod-1.westus.logic.azure.com'],
    [
      'https://default1.environment.api.powerplatform.com/a?sig=s3cret',
      'teams',
      'default1.environment.api.powerplatform.com'
    ],
    ['https://acme.webhook.office.com/webhookb2/s3cret', 'teams', 'acme.webhook.office.com'],
    ['https://example.com/s3cret', 'json', 'example.com'],
    ['https://hooks.slack.com.evil.test/s3cret', 'json', 'hooks.slack.com.evil.test'],
    ['slack+https://chat.example.com:8443/hooks/s3cret', 'slack', 'chat.example.com:8443'],
    ['TEAMS+http://127.0.0.1:9/s3cret', 'teams', '127.0.0.1:9'],
    ['json+https://hooks.slack.com/s3cret', 'json', 'hooks.slack.com'],
    ['  https://user:s3cret@example.com/x ', 'json', 'example.com']
  ];
  for (const [url, kind, host] of KINDS)
    it(`takes ${url.trim()} for ${kind}`, () => {
      const webhook = Webhook.parse(url);
      expect([webhook.kind, webhook.host]).to.deep.equal([kind, host]);
    });

  it('keeps the whole address for the request alone', () => {
    const webhook = Webhook.parse('https://us%40er:p%3Aw@example.com/a/s3cret?sig=1');
    expect(webhook.request).to.deep.equal({
      origin: 'https://example.com',
      path: '/a/s3cret?sig=1',
      authorization: `Basic ${Buffer.from('us@er:p:w').toString('base64')}`
    });
    const shown = [
      String(webhook),
      `${JSON.stringify({ webhook })}`,
      inspect({ webhook }, { depth: 9, showHidden: true })
    ];
    for (const text of shown)
      expect(text)
        .to.contain('example.com')
        .and.not.match(/s3cret|p%3Aw|p:w|us@er|sig=/);
  });

  for (const text of [
    '',
    'hooks.slack.com/s3cret',
    'ftp://example.com/s3cret',
    'https://',
    'https://exa mple/s3cret',
    'mail+https://x.test/s3cret'
  ])
    it(`refuses ${text === '' ? 'nothing' : text} and does not repeat it`, () => {
      try {
        Webhook.parse(text);
      } catch (error) {
        const { name, message, actions } = error as { name: string; message: string; actions: string[] };
        expect(name).to.equal('WebhookMalformedError');
        expect(message + actions.join()).not.to.contain('s3cret');
        return;
      }
      expect.fail('it was taken');
    });

  it('takes any path of a web address as it is', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        const { origin, path } = Webhook.parse(url).request;
        const parsed = new URL(url);
        expect(path).to.equal(parsed.pathname + parsed.search);
        expect(origin).to.equal(parsed.origin);
      })
    );
  });
});
