import { Messages } from '@salesforce/core';
import { BulkError } from './bulkError.js';
import { TryAgain } from './retrying.js';
import { type Call } from './transport.js';
import { type Headers } from './wholeBody.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'transport');

/** No answer came. What never reached the org may be sent again, whatever it is. */
export function unanswered(call: Call, cause: unknown, instanceUrl: string): BulkError | TryAgain {
  const { code: given } = cause as { code?: unknown };
  const code = typeof given === 'string' ? given : '';
  const text = code || (cause instanceof Error ? cause.message : String(cause));
  if (UNTRUSTED.test(code)) return withActions('certificateNotTrusted', [instanceUrl, code], cause);
  const status = refusalOfProxy(cause);
  if (status !== undefined) {
    const refused = withActions('proxyRefused', [instanceUrl, status], cause);
    return status < 500 ? refused : new TryAgain(refused);
  }
  if (call.isRepeatable || NEVER_SENT.has(code))
    return new TryAgain(withActions('orgUnreachable', [instanceUrl, text], cause));
  const message = messages.getMessage('noAnswer', [`${call.method} ${call.path}`]);
  return new BulkError({ name: 'NoAnswer', kind: 'ambiguous', message, cause });
}

function withActions(
  key: 'orgUnreachable' | 'proxyRefused' | 'certificateNotTrusted',
  tokens: Array<string | number>,
  cause: unknown
): BulkError {
  const name = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  const [message, actions] = [messages.getMessage(key, tokens), messages.getMessages(`${key}.actions`)];
  return new BulkError({ name, kind: 'network', message, actions, cause });
}

/** The status with which a proxy let no connection through. undici tells it in words alone, and nothing has been sent then. */
function refusalOfProxy(cause: unknown): number | undefined {
  const [, status] = /^Proxy response \((\d{3})\)/.exec(cause instanceof Error ? cause.message : '') ?? [];
  return status === undefined ? undefined : Number(status);
}

/** Codes of OpenSSL and of Node for a certificate that does not hold; it will not do so at the next try either. */
const UNTRUSTED = /SELF_SIGNED|^UNABLE_TO_|^CERT_|ALTNAME_INVALID/;

/** Errors of the network at which no byte of the call has reached the org. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT'
]);

/** Something else than the API answered with success: a login page, a proxy. */
export function notTheApi(
  call: Call,
  { status, headers }: { readonly status: number; readonly headers: Headers },
  cause?: unknown
): BulkError | TryAgain {
  const type = headers['content-type'] ?? 'no content type';
  const message = messages.getMessage('notTheApi', [`${call.method} ${call.path}`, status, type]);
  const actions = messages.getMessages('notTheApi.actions');
  const details = { name: 'NotTheApi', message, actions, httpStatus: status, cause };
  return call.isRepeatable
    ? new TryAgain(new BulkError({ ...details, kind: 'refused' }))
    : new BulkError({ ...details, kind: 'ambiguous' });
}
