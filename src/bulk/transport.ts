import { type Readable } from 'node:stream';
import { type Connection } from '@salesforce/core';
import type { Dispatcher } from 'undici';
import { answerError } from './answerError.js';
import { notTheApi, unanswered } from './doubt.js';
import { environmentProxies } from './proxies.js';
import { retrying, type RetryTools } from './retrying.js';
import { Session } from './session.js';
import { type Headers, isHtml, plainHeaders, wholeBody } from './wholeBody.js';

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
  readonly headers: Headers;
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

type Upload = { readonly body: Readable; readonly bytes: number };

type Answer = { readonly status: number; readonly headers: Headers; readonly body: Dispatcher.ResponseData['body'] };

/**
 * A transport over the session of a connection; its token is renewed once when the org says that it is over.
 * All methods throw BulkError (see its kinds), or the signal's reason when it aborts.
 */
export async function createTransport(connection: Connection, tools: RetryTools): Promise<Transport> {
  // Imported when first used: it costs 58 ms of every start otherwise.
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const options = { headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS, connectTimeout: CONNECT_MS };
  const proxies = environmentProxies();
  const dispatcher = proxies ? new EnvHttpProxyAgent({ ...options, ...proxies }) : new Agent(options);
  return new HttpTransport(connection, dispatcher, tools);
}

class HttpTransport implements Transport {
  public apiCalls = 0;
  public apiUsage?: { used: number; max: number };
  private readonly session: Session;

  public constructor(
    private readonly connection: Connection,
    private readonly dispatcher: Dispatcher,
    private readonly tools: RetryTools
  ) {
    this.session = new Session(connection);
  }

  public async json(call: Call): Promise<unknown> {
    return retrying(async () => {
      const answer = await this.answered(call);
      const body = await this.text(answer, call);
      // What is asked for has something to say; an answer without it was cut before its first byte.
      if (body === '' && call.method !== 'GET') return undefined;
      try {
        return JSON.parse(body) as unknown;
      } catch (cause) {
        throw notTheApi(call, answer, cause);
      }
    }, this.tools);
  }

  public async upload(call: Call, open: () => Readable, bytes: number): Promise<void> {
    await retrying(async () => {
      const body = open();
      try {
        const answer = await this.answered(call, { body, bytes });
        await answer.body.dump();
        if (isHtml(answer.headers)) throw notTheApi(call, answer);
      } finally {
        body.destroy();
      }
    }, this.tools);
  }

  public async stream(call: Call): Promise<StreamAnswer> {
    return retrying(async () => {
      const { status, headers, body } = await this.answered(call);
      if (isHtml(headers)) {
        await body.dump();
        throw notTheApi(call, { status, headers });
      }
      return { status, headers, body: wholeBody(body, headers) };
    }, this.tools);
  }

  public async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  /** An answer of success; renews the session once on the way. */
  private async answered(call: Call, upload?: Upload): Promise<Answer> {
    const { token } = this.session;
    const answer = await this.request(call, upload);
    const { status, headers } = answer;
    if (status < 300) return answer;
    if (status < 400) {
      // The API never sends anywhere else; a login page or a portal does, and then nothing was carried out.
      await answer.body.dump();
      throw notTheApi(call, answer);
    }
    const body = await this.text(answer, call);
    if (status === 401) throw await this.session.renewed(call, token);
    throw answerError(
      { status, headers, body, call: `${call.method} ${call.path}`, isRepeatable: call.isRepeatable },
      this.tools.clock.now()
    );
  }

  private async request(call: Call, upload?: Upload): Promise<Answer> {
    this.tools.signal?.throwIfAborted();
    this.apiCalls += 1;
    try {
      const { statusCode, headers, body } = await this.dispatcher.request({
        origin: new URL(this.connection.instanceUrl).origin,
        path: this.pathOf(call),
        method: call.method,
        headers: this.headersOf(call, upload?.bytes),
        body: upload?.body ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
        highWaterMark: BODY_BYTES,
        signal: this.tools.signal
      });
      this.noteUsage(headers['sforce-limit-info']);
      return { status: statusCode, headers: plainHeaders(headers), body };
    } catch (cause) {
      this.tools.signal?.throwIfAborted();
      throw unanswered(call, cause, this.connection.instanceUrl);
    }
  }

  private pathOf({ path }: Call): string {
    return path.startsWith('/services/') ? path : `/services/data/v${this.connection.getApiVersion()}${path}`;
  }

  private headersOf(call: Call, uploadBytes: number | undefined): Record<string, string> {
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.session.token ?? ''}`,
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

  /** A small body as text. */
  private async text({ body, headers }: Answer, call: Call): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of wholeBody(body, headers)) {
        length += chunk.length;
        if (length <= MOST_JSON_BYTES) pieces.push(chunk);
      }
    } catch (cause) {
      this.tools.signal?.throwIfAborted();
      throw unanswered(call, cause, this.connection.instanceUrl);
    }
    return Buffer.concat(pieces).toString();
  }
}
