import { expect } from 'chai';
import { SfError } from '@salesforce/core';
import { newsOfError, newsOfResult, type Told } from '../../../src/report/notify/news.js';
import { type Outcome, outcomeOf } from '../../../src/report/notify/outcome.js';
import { slackMessage } from '../../../src/report/notify/slack.js';
import { teamsMessage } from '../../../src/report/notify/teams.js';

const SUBJECT = { command: 'upsert', sobject: 'Contact', org: 'me@example.com' };
const RESULT: Told & { extra: string } = {
  status: 'PartialSuccess',
  runId: '20260301-210000-upsert-Contact-0001',
  rows: { read: 12_345, succeeded: 12_340, failed: 5, rejected: 0 },
  errors: ['A', 'B', 'C', 'D'].map((code, at) => ({ code, message: `<!channel> *of* [${code}](x) &`, count: 4 - at })),
  durationMs: 61_000,
  next: 'sf bulkops resume --run-id 20260301-210000-upsert-Contact-0001',
  extra: 'kept'
};

/** All texts of a message, in order. */
function texts(message: unknown): string[] {
  if (typeof message !== 'object' || message === null) return [];
  const own = 'text' in message && typeof message.text === 'string' ? [message.text] : [];
  return [...own, ...Object.values(message).flatMap((value) => texts(value))];
}

describe('report/notify', () => {
  const STATUSES: ReadonlyArray<readonly [status: string, isAsync: boolean, outcome: Outcome | undefined]> = [
    ['Success', false, 'done'],
    ['Success', true, 'done'],
    ['Checked', false, 'done'],
    ['JobComplete', false, 'done'],
    ['Closed', false, 'done'],
    ['PartialSuccess', false, 'partial'],
    ['InProgress', false, 'timeout'],
    ['InProgress', true, undefined],
    ['Failed', false, 'failed'],
    ['Stopped', false, 'failed'],
    ['Interrupted', false, 'failed'],
    ['Aborted', false, 'failed']
  ];
  for (const [status, isAsync, outcome] of STATUSES)
    it(`takes ${status}${isAsync ? ' of a run that nobody waits for' : ''} for ${outcome ?? 'no end'}`, () =>
      expect(outcomeOf(status, isAsync)).to.equal(outcome));

  it('says what, which org, counts above nothing, the three most frequent errors, how long, and how to go on', () => {
    const news = newsOfResult('partial', SUBJECT, RESULT);
    expect(news).to.deep.include({
      title: 'upsert of Contact is done, but not for all rows',
      org: 'me@example.com',
      counts: [
        ['read', '12,345'],
        ['succeeded', '12,340'],
        ['failed', '5']
      ],
      durationMs: 61_000,
      next: RESULT.next
    });
    expect(news.errors.map(({ code }) => code)).to.deep.equal(['A', 'B', 'C']);
    expect(news.summary).to.equal(RESULT);
  });

  it('says of an error what a person needs to act', () => {
    const error = SfError.create({ name: 'OrgUnreachable', message: 'x'.repeat(999), actions: ['Check the network'] });
    const news = newsOfError(SUBJECT, error, { runId: 'r-1', durationMs: 5, next: RESULT.next });
    expect(news.title).to.equal('upsert of Contact failed');
    expect(news).to.deep.include({ runId: 'r-1', next: RESULT.next });
    expect(news.errors[0]?.message).to.have.length(301);
    expect(news.summary).to.deep.include({
      status: 'Failed',
      error: { name: 'OrgUnreachable', message: error.message, actions: ['Check the network'] }
    });
    expect(newsOfError({ command: 'upsert' }, error, { durationMs: 5 }).next).to.equal(undefined);
  });

  it('tells Slack in blocks whose data is plain text', () => {
    const message = slackMessage(newsOfResult('partial', SUBJECT, RESULT));
    const { text, blocks } = message as { text: string; blocks: Array<{ type: string; fields?: unknown[] }> };
    expect(text).to.equal('⚠️ upsert of Contact is done, but not for all rows');
    expect(blocks.map(({ type }) => type)).to.deep.equal([
      'header',
      'section',
      'section',
      'section',
      'section',
      'section',
      'context'
    ]);
    expect(texts(blocks)).to.deep.equal([
      text,
      'org: me@example.com',
      'read: 12,345',
      'succeeded: 12,340',
      'failed: 5',
      'took: 1 min 1 s',
      '4 × A: <!channel> *of* [A](x) &',
      '3 × B: <!channel> *of* [B](x) &',
      '2 × C: <!channel> *of* [C](x) &',
      `Continue with: ${RESULT.next ?? ''}`,
      RESULT.runId
    ]);
    expect(JSON.stringify(message)).not.to.contain('mrkdwn');
  });

  it('keeps to the limits of Slack, and escapes the one text that Slack parses', () => {
    const counts = Object.fromEntries(Array.from({ length: 23 }, (_, at) => [`count${at}`, at + 1]));
    const subject = { ...SUBJECT, sobject: `<!channel>&${'x'.repeat(400)}` };
    const errors = [{ code: 'E', message: 'y'.repeat(9000), count: 1 }];
    const message = slackMessage(newsOfResult('failed', subject, { status: 'Failed', counts, errors }));
    const { text, blocks } = message as {
      text: string;
      blocks: Array<{ type: string; text?: { text: string }; fields?: unknown[] }>;
    };
    expect(text).to.contain('&lt;!channel&gt;&amp;').and.not.contain('<');
    expect(blocks[0]?.text?.text).to.have.length(150);
    for (const { fields } of blocks) if (fields) expect(fields.length).to.be.within(1, 10);
    for (const one of texts(blocks)) expect(one.length).to.be.at.most(2000);
  });

  it('tells Teams in a card whose texts are runs, which are not read as Markdown', () => {
    const { type, attachments } = teamsMessage(newsOfResult('partial', SUBJECT, RESULT)) as {
      type: string;
      attachments: Array<{ contentType: string; content: { type: string; body: Array<{ type: string }> } }>;
    };
    expect(type).to.equal('message');
    expect(attachments[0]?.contentType).to.equal('application/vnd.microsoft.card.adaptive');
    expect(attachments[0]?.content.type).to.equal('AdaptiveCard');
    const body = attachments[0]?.content.body ?? [];
    expect(new Set(body.map((element) => element.type))).to.deep.equal(new Set(['RichTextBlock']));
    expect(texts(body)).to.include.members(['me@example.com', '12,345', '<!channel> *of* [A](x) &', RESULT.next]);
  });
});
