import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ApiError } from './apiError.js';

const MOST_JSON_BYTES = 50 * 1024 * 1024;

/** One request and its answer. */
export class Exchange {
  public readonly method: string;
  /** Without repeated or trailing slashes: real clients send both (BULK_API §1, §7). */
  public readonly path: string;
  public readonly query: URLSearchParams;

  public constructor(
    public readonly request: IncomingMessage,
    public readonly response: ServerResponse
  ) {
    const raw = (request.url ?? '/').replace(/^\/+/, '/');
    const url = new URL(raw, 'http://emulator');
    this.method = request.method ?? 'GET';
    this.path = url.pathname.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
    this.query = url.searchParams;
  }

  /** The session that the caller shows; undefined for none. */
  public get token(): string | undefined {
    return /^(?:Bearer|OAuth) (.+)$/.exec(this.request.headers.authorization ?? '')?.[1];
  }

  /** @throws ApiError for anything but a JSON object or list */
  public async json(): Promise<unknown> {
    const text = await this.text();
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new ApiError(400, 'JSON_PARSER_ERROR', 'Unexpected end of file or character in the JSON body');
    }
  }

  public async text(): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.request) {
      const bytes = chunk as Buffer;
      length += bytes.length;
      if (length > MOST_JSON_BYTES) throw new ApiError(413, 'REQUEST_ENTITY_TOO_LARGE', 'the body is too large');
      pieces.push(bytes);
    }
    return Buffer.concat(pieces).toString();
  }

  public answer(status: number, body?: unknown): void {
    if (body === undefined) {
      this.response.writeHead(status).end();
      return;
    }
    this.send(status, 'application/json;charset=UTF-8', JSON.stringify(body));
  }

  public send(status: number, type: string, text: string): void {
    const bytes = Buffer.from(text);
    this.response.writeHead(status, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
  }

  /** CSV, packed where the caller takes it and `mayPack` says so. */
  public async sendCsv(body: Readable, mayPack: boolean): Promise<void> {
    const isPacked = mayPack && /\bgzip\b/.test(String(this.request.headers['accept-encoding'] ?? ''));
    this.response.writeHead(200, { 'content-type': 'text/csv', ...(isPacked && { 'content-encoding': 'gzip' }) });
    if (isPacked) await pipeline(body, createGzip({ level: 1 }), this.response);
    else await pipeline(body, this.response);
  }
}
