import { createHmac, randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { type Clock } from '../../bulk/clock.js';
import { environmentProxies } from '../../bulk/proxies.js';
import { retryAfterMs } from '../../bulk/retrying.js';
import { type News } from './news.js';
import { slackMessage } from './slack.js';
import { teamsMessage } from './teams.js';
import { type Webhook, type WebhookKind } from './webhook.js';

export type DeliveryTools = {
  readonly clock: Clock;
  /** Signs what goes to webhooks without a form of their own. */
  readonly secret?: string;
  /** Time for one try. */
  readonly tryMs?: number;
};

/** A notification that did not arrive; `why` names neither the URL nor anything that the server said. */
export type Undelivered = { readonly host: string; readonly why: string };

/** Nobody waits long for the end of a run that is over: three tries, 10 s each, 1 s and 2 s between them. */
const MOST_TRIES = 3;
const TRY_MS = 10_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_RETRY_AFTER_MS = 10_000;

const FORMS = {
  slack: slackMessage,
  teams: teamsMessage,
  json: ({ summary }) => summary
} as const satisfies Readonly<Record<WebhookKind, (news: News) => unknown>>;

/** Posts the news to all webhooks at the same time, in half a minute at most. Never throws: what did not arrive is returned. */
export async function deliver(news: News, webhooks: readonly Webhook[], tools: DeliveryTools): Promise<Undelivered[]> {
  const outcomes = await Promise.all(
    webhooks.map(async (webhook) => {
      const why = await deliverOne(news, webhook, tools).catch((error: unknown) => reasonOf(error));
      return why === undefined ? [] : [{ host: webhook.host, why }];
    })
  );
  return outcomes.flat();
}

/** The reason why it did not arrive; undefined when it did. */
async function deliverOne(news: News, webhook: Webhook, tools: DeliveryTools): Promise<string | undefined> {
  const body = JSON.stringify(FORMS[webhook.kind](news));
  const headers = headersOf(news, webhook, { body, secret: tools.secret });
  for (let tries = 1; ; tries += 1) {
    const { why, again, afterMs } = await post(webhook, { body, headers }, tools);
    if (why === undefined || !again || tries === MOST_TRIES) return why;
    const pauseMs = afterMs ?? FIRST_PAUSE_MS * 2 ** (tries - 1);
    if (pauseMs > LONGEST_RETRY_AFTER_MS) return why;
    await tools.clock.sleep(pauseMs);
  }
}

/** The same for each try, so that the receiver can tell a second one from a second notification. */
function headersOf(
  { outcome }: News,
  webhook: Webhook,
  { body, secret }: { readonly body: string; readonly secret?: string }
): Record<string, string> {
  const { authorization } = webhook.request;
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'sf-plugin-bulkops' };
  if (authorization) headers.authorization = authorization;
  if (webhook.kind !== 'json') return headers;
  headers['bulkops-outcome'] = outcome;
  headers['bulkops-delivery'] = randomUUID();
  if (secret) headers['bulkops-signature'] = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return headers;
}

type Posted = { readonly why?: string; readonly again?: boolean; readonly afterMs?: number };

/** Redirects are not followed: whoever moves a webhook would get what was meant for another. */
async function post(
  webhook: Webhook,
  { body, headers }: { readonly body: string; readonly headers: Record<string, string> },
  { tryMs = TRY_MS, clock }: DeliveryTools
): Promise<Posted> {
  const { EnvHttpProxyAgent } = await import('undici');
  const { origin, path } = webhook.request;
  let dispatcher: Dispatcher | undefined;
  try {
    dispatcher = new EnvHttpProxyAgent(environmentProxies());
    const signal = AbortSignal.timeout(tryMs);
    const answer = await dispatcher.request({ origin, path, method: 'POST', headers, body, signal });
    answer.body.on('error', () => undefined); // its end is of no interest
    if (answer.statusCode < 300) return {};
    return {
      why: `it answered HTTP ${answer.statusCode}`,
      again: PASSING_STATUSES.has(answer.statusCode) || answer.statusCode >= 500,
      afterMs: retryAfterMs(String(answer.headers['retry-after'] ?? ''), clock.now())
    };
  } catch (error) {
    return { why: reasonOf(error), again: true };
  } finally {
    await dispatcher?.destroy();
  }
}

const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** By code alone: texts of network errors may hold the address. */
function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === 'TimeoutError') return 'it gave no answer in time';
  return typeof code === 'string' ? `it could not be reached (${code})` : 'it could not be reached';
}
