import { type Readable } from 'node:stream';
import { Messages } from '@salesforce/core';
import type { Dispatcher } from 'undici';
import { flowing } from '../input/flowing.js';
import { unpacked } from '../input/unpacked.js';
import { BulkError } from './bulkError.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'transport');

export type Headers = Readonly<Record<string, string | undefined>>;

/** The body of an answer, unpacked, that ends only when all of it has come. @throws BulkError `BodyBroken` */
export async function* wholeBody(body: Readable, headers: Headers): AsyncGenerator<Buffer> {
  try {
    yield* flowing(isGzip(headers) ? unpacked(body) : body);
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

/** Names of encodings are the same in any case (RFC 9110, 8.4.1), and proxies write them anew. */
function isGzip(headers: Headers): boolean {
  return /^\s*(x-)?gzip\s*$/i.test(headers['content-encoding'] ?? '');
}

export function plainHeaders(headers: Dispatcher.ResponseData['headers']): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  );
}

/** A page for people: no answer of the API is one. */
export function isHtml(headers: Headers): boolean {
  return /\bhtml\b/i.test(headers['content-type'] ?? '');
}
