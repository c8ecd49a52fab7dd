import { Messages } from '@salesforce/core';
import { BulkError } from './bulkError.js';
import { retryAfterMs, TryAgain } from './retrying.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'transport');

export type ErrorAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** For messages: the call, as `POST /jobs/ingest`. */
  readonly call: string;
  /** Whether doing the call twice is as good as once. */
  readonly isRepeatable: boolean;
};

/** Answers that come from something in between or from an overloaded server; the same call may do better later (BULK_API §4). */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 420, 425, 429, 500, 502, 503, 504]);

/** The same by the code of the answer, whatever status it comes with. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  'SERVER_UNAVAILABLE',
  'TXN_SECURITY_METERING_ERROR',
  'UNKNOWN_EXCEPTION'
]);

/**
 * The error that an answer of 400 or above means, wrapped in `TryAgain` where the call may simply be made again. Texts of the service that
 * have to be known are known here.
 */
export function answerError(answer: ErrorAnswer, nowMs: number): BulkError | TryAgain {
  const { status, call } = answer;
  const said = orgError(answer.body);
  const details = { httpStatus: status, errorCode: said?.errorCode };
  if (said?.errorCode === 'REQUEST_LIMIT_EXCEEDED') return limitError(said.message, details);
  if (PASSING_STATUSES.has(status) || PASSING_CODES.has(said?.errorCode ?? ''))
    return passingError(answer, said, nowMs);
  if (!said) {
    const type = answer.headers['content-type'] ?? 'no content type';
    const actions = messages.getMessages('notTheApi.actions');
    return new BulkError({
      name: 'NotTheApi',
      kind: 'refused',
      message: messages.getMessage('notTheApi', [call, status, type]),
      actions,
      ...details
    });
  }
  const text = `${said.errorCode}: ${said.message.replace(/\.+$/, '')}`; // the sentence around it has an end
  if (status === 404 || said.errorCode === 'NOT_FOUND')
    return new BulkError({
      name: 'NotFound',
      kind: 'gone',
      message: messages.getMessage('notFound', [text]),
      ...details
    });
  return new BulkError({
    name: 'RefusedByOrg',
    kind: 'refused',
    message: messages.getMessage('refused', [text]),
    ...details
  });
}

/** Only 420, 425 and 429 say that nothing was done; the others may come after the deed. */
const NOT_DONE_STATUSES: ReadonlySet<number> = new Set([420, 425, 429]);

function passingError(
  { status, headers, call, isRepeatable }: ErrorAnswer,
  said: OrgSays | undefined,
  nowMs: number
): BulkError | TryAgain {
  const askedMs = retryAfterMs(headers['retry-after'], nowMs);
  const details = { httpStatus: status, errorCode: said?.errorCode, retryAfterMs: askedMs };
  if (!isRepeatable && !NOT_DONE_STATUSES.has(status))
    return new BulkError({
      name: 'NoAnswer',
      kind: 'ambiguous',
      message: messages.getMessage('noAnswer', [call]),
      ...details
    });
  const text = said ? `${said.errorCode}: ${said.message}` : `HTTP ${status}`;
  const message = messages.getMessage('refused', [text]);
  return new TryAgain(new BulkError({ name: 'OrgUnavailable', kind: 'network', message, ...details }), askedMs);
}

type OrgSays = { readonly errorCode: string; readonly message: string };

type Details = { readonly httpStatus: number; readonly errorCode?: string };

/** One code for two things: the daily allowance, which is over for today, and concurrent calls, which end (BULK_API §4: tell by text). */
function limitError(text: string, details: Details): BulkError | TryAgain {
  if (/concurrent/i.test(text))
    return new TryAgain(
      new BulkError({
        name: 'OrgUnavailable',
        kind: 'network',
        message: messages.getMessage('refused', [text]),
        ...details
      })
    );
  const actions = messages.getMessages('dailyLimit.actions');
  return new BulkError({
    name: 'RequestLimitExceeded',
    kind: 'limit',
    message: messages.getMessage('dailyLimit', [text]),
    actions,
    ...details
  });
}

/** The org's own error from a body: `[{errorCode, message}]`; undefined for HTML and everything else. */
function orgError(body: string): OrgSays | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined; // not JSON: not the org's word, which is what undefined says
  }
  const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (typeof first !== 'object' || first === null) return undefined;
  const { errorCode, message } = first as { errorCode?: unknown; message?: unknown };
  if (typeof errorCode !== 'string') return undefined;
  return { errorCode, message: typeof message === 'string' ? message : '' };
}
