import { type Readable } from 'node:stream';
import { type Connection, Messages } from '@salesforce/core';
import type { Dispatcher } from 'undici';
import { flowing } from '../input/flowing.js';
import { unpacked } from '../input/unpacked.js';
import { answerError } from './answerError.js';
import { BulkError } from './bulkError.js';
import { retrying, type RetryTools, TryAgain } from './retrying.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'transport');

export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/services/data/vXX.X`, or from `/services/` on as the org itself gives it. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether making the call twice is as good as once; one that is not is never made again by itself. */
  readonly isRepeatable: boolean;
};

export type StreamAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Unpacked. Breaks with a BulkError `BodyBroken` when the answer does not come whole; must be read or destroyed. */
  readonly body: AsyncIterable<Buffer>;
};

/** The one door to the network: every call of ours to the Bulk API goes through it, and is counted. */
export type Transport = {
  /** Requests so far, repeated ones included. */
  readonly apiCalls: number;
  /** The org's daily API calls, as its last answer told them (Sforce-Limit-Info). */
  readonly apiUsage?: { readonly used: number; readonly max: number };
  /** The answer's JSON; undefined for an empty one, which only a GET never has. */
  json(call: Call): Promise<unknown>;
  /** Sends a body of exactly `bytes` bytes as CSV, from a stream that is opened for each try. Only made again where nothing can have happened. */
  upload(call: Call, open: () => Readable, bytes: number): Promise<void>;
  stream(call: Call): Promise<StreamAnswer>;
  close(): Promise<void>;
};

/** Most of a JSON or error body that is read; more is no answer of this API. */
const MOST_JSON_BYTES = 16 * 1024 * 1024;
/** The service takes up to 20 minutes to hand out results (BULK_API §2), but each of its steps answers sooner. */
const ANSWER_MS = 5 * 60_000;
const CONNECT_MS = 30_000;
/** Of an answer that come before they are asked for. A connection that is held back less often joins less of what has come. */
const BODY_BYTES = 512 * 1024;

type Send = (call: Call, upload?: { body: Readable; bytes: number }) => Promise<Dispatcher.ResponseData>;

/**
 * A transport over the session of a connection; its token is renewed once when the org says that it is over.
 * All methods throw BulkError (see its kinds), or the signal's reason when it aborts.
 */
export async function createTransport(connection: Connection, tools: RetryTools): Promise<Transport> {
  // Imported when first used: it costs 58 ms of every start otherwise.
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const options = { headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS, connectTimeout: CONNECT_MS };
  const dispatcher = hasProxy() ? new EnvHttpProxyAgent(options) : new Agent(options);
  return new HttpTransport(connection, dispatcher, tools);
}

function hasProxy(): boolean {
  return ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].some((name) => process.env[name]);
}

class HttpTransport implements Transport {
  public apiCalls = 0;
  public apiUsage?: { used: number; max: number };

  public constructor(
    private readonly connection: Connection,
    private readonly dispatcher: Dispatcher,
    private readonly tools: RetryTools
  ) {}

  public async json(call: Call): Promise<unknown> {
    return retrying(async () => {
      const answer = await this.answered(call);
      const body = await this.text(answer, call);
      // What is asked for has something to say; an answer without it was cut before its first byte.
      if (body === '' && call.method !== 'GET') return undefined;
      try {
        return JSON.parse(body) as unknown;
      } catch (cause) {
        throw this.strange(call, answer, cause);
      }
    }, this.tools);
  }

  public async upload(call: Call, open: () => Readable, bytes: number): Promise<void> {
    await retrying(async () => {
      const body = open();
      try {
        const answer = await this.answered(call, { body, bytes });
        await answer.body.dump();
        if (isHtml(answer.headers)) throw this.strange(call, answer);
      } finally {
        body.destroy();
      }
    }, this.tools);
  }

  public async stream(call: Call): Promise<StreamAnswer> {
    return retrying(async () => {
      const { statusCode, headers, body } = await this.answered(call);
      if (isHtml(headers)) {
        await body.dump();
        throw this.strange(call, { statusCode, headers });
      }
      const plain = plainHeaders(headers);
      return { status: statusCode, headers: plain, body: wholeBody(body, plain['content-encoding'] === 'gzip') };
    }, this.tools);
  }

  public async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  /** An answer of success; renews the session once on the way. */
  private async answered(call: Call, upload?: { body: Readable; bytes: number }): ReturnType<Send> {
    const token = this.connection.accessToken;
    const answer = await this.request(call, upload);
    if (answer.statusCode < 300) return answer;
    if (answer.statusCode < 400) {
      // The API never sends anywhere else; a login page or a portal does, and then nothing was carried out.
      await answer.body.dump();
      throw this.strange(call, answer);
    }
    const body = await this.text(answer, call);
    if (answer.statusCode === 401) throw await this.renewed(call, token);
    throw answerError(
      {
        status: answer.statusCode,
        headers: plainHeaders(answer.headers),
        body,
        call: `${call.method} ${call.path}`,
        isRepeatable: call.isRepeatable
      },
      this.tools.clock.now()
    );
  }

  private async request(call: Call, upload?: { body: Readable; bytes: number }): ReturnType<Send> {
    this.tools.signal?.throwIfAborted();
    this.apiCalls += 1;
    try {
      const answer = await this.dispatcher.request({
        origin: new URL(this.connection.instanceUrl).origin,
        path: this.pathOf(call),
        method: call.method,
        headers: this.headersOf(call, upload?.bytes),
        body: upload?.body ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
        highWaterMark: BODY_BYTES,
        signal: this.tools.signal
      });
      this.noteUsage(answer.headers['sforce-limit-info']);
      return answer;
    } catch (cause) {
      this.tools.signal?.throwIfAborted();
      throw this.unanswered(call, cause);
    }
  }

  private pathOf({ path }: Call): string {
    return path.startsWith('/services/') ? path : `/services/data/v${this.connection.getApiVersion()}${path}`;
  }

  private headersOf(call: Call, uploadBytes: number | undefined): Record<string, string> {
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.connection.accessToken ?? ''}`,
      'accept-encoding': 'gzip'
    };
    if (uploadBytes !== undefined)
      Object.assign(headers, { 'content-type': 'text/csv; charset=UTF-8', 'content-length': String(uploadBytes) });
    else if (call.body !== undefined) headers['content-type'] = 'application/json; charset=UTF-8';
    return { ...headers, ...call.headers };
  }

  /** `api-usage=18/5000` */
  private noteUsage(header: string | string[] | undefined): void {
    const [, used, max] = /api-usage=(\d+)\/(\d+)/.exec(String(header ?? '')) ?? [];
    if (used && max) this.apiUsage = { used: Number(used), max: Number(max) };
  }

  /** No answer came. What never reached the org may be sent again, whatever it is. */
  private unanswered(call: Call, cause: unknown): BulkError | TryAgain {
    const { code: given } = cause as { code?: unknown };
    const code = typeof given === 'string' ? given : '';
    const text = code || (cause instanceof Error ? cause.message : String(cause));
    if (call.isRepeatable || NEVER_SENT.has(code)) {
      const message = messages.getMessage('orgUnreachable', [this.connection.instanceUrl, text]);
      const actions = messages.getMessages('orgUnreachable.actions');
      return new TryAgain(new BulkError({ name: 'OrgUnreachable', kind: 'network', message, actions, cause }));
    }
    const message = messages.getMessage('noAnswer', [`${call.method} ${call.path}`]);
    return new BulkError({ name: 'NoAnswer', kind: 'ambiguous', message, cause });
  }

  /** A 401 was no deed: the call is made again with the session that a renewal gives, once. */
  private async renewed(call: Call, token: string | null | undefined): Promise<BulkError | TryAgain> {
    const over = new BulkError({
      name: 'SessionExpired',
      kind: 'auth',
      message: messages.getMessage('sessionExpired', [this.connection.getUsername() ?? 'the user']),
      actions: messages.getMessages('sessionExpired.actions', [this.connection.instanceUrl]),
      httpStatus: 401
    });
    if (this.renewedFor.has(call)) return over;
    this.renewedFor.add(call);
    try {
      await this.renewal(token);
    } catch (cause) {
      // A session without a refresh token can't be renewed, but one more try tells whether it is really over.
      over.cause = cause;
    }
    return new TryAgain(over, 0);
  }

  /** Calls whose sessions end together share one renewal: the org may take back a refresh token that is used twice. */
  private async renewal(token: string | null | undefined): Promise<void> {
    if (this.connection.accessToken !== token) return; // another call has renewed it meanwhile
    this.renewing ??= this.connection.refreshAuth().finally(() => (this.renewing = undefined));
    await this.renewing;
  }

  private renewing?: Promise<void>;
  private readonly renewedFor = new WeakSet<Call>();

  /** Something else than the API answered with success: a login page, a proxy. */
  private strange(
    call: Call,
    answer: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
    cause?: unknown
  ): BulkError | TryAgain {
    const type = plainHeaders(answer.headers)['content-type'] ?? 'no content type';
    const message = messages.getMessage('notTheApi', [`${call.method} ${call.path}`, answer.statusCode, type]);
    const actions = messages.getMessages('notTheApi.actions');
    const details = { name: 'NotTheApi', message, actions, httpStatus: answer.statusCode, cause };
    return call.isRepeatable
      ? new TryAgain(new BulkError({ ...details, kind: 'refused' }))
      : new BulkError({ ...details, kind: 'ambiguous' });
  }

  /** A small body as text. */
  private async text(answer: Dispatcher.ResponseData, call: Call): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of wholeBody(answer.body, plainHeaders(answer.headers)['content-encoding'] === 'gzip')) {
        length += chunk.length;
        if (length <= MOST_JSON_BYTES) pieces.push(chunk);
      }
    } catch (cause) {
      this.tools.signal?.throwIfAborted();
      throw this.unanswered(call, cause);
    }
    return Buffer.concat(pieces).toString();
  }
}

/** Errors of the network at which no byte of the call has reached the org. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT'
]);

/** A body, unpacked, that ends only when all of it has come. */
async function* wholeBody(body: Readable, isPacked: boolean): AsyncGenerator<Buffer> {
  try {
    yield* flowing(isPacked ? unpacked(body) : body);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new BulkError({
      name: 'BodyBroken',
      kind: 'network',
      message: messages.getMessage('bodyBroken', [text]),
      cause
    });
  } finally {
    body.destroy();
  }
}

function isHtml(headers: Dispatcher.ResponseData['headers']): boolean {
  return /\bhtml\b/i.test(plainHeaders(headers)['content-type'] ?? '');
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  );
}
