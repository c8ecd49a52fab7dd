import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { type Connection } from '@salesforce/core';

/** How one request is answered; the body has been read by then, unless `readsBody` is false. */
export type Answer = (response: ServerResponse, request: Received) => void | Promise<void>;

export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly socket: Socket;
};

/** A server that gives one scripted answer after another, and keeps what it was asked. */
export class FakeServer {
  public readonly received: Received[] = [];
  private readonly script: Answer[] = [];
  private readonly server: Server;

  public constructor() {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Answers that come next, one for each request; after the last one every request is answered by it again. */
  public answers(...script: Answer[]): void {
    this.script.splice(0, this.script.length, ...script);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = this.script.length > 1 ? this.script.shift() : this.script[0];
    if (!answer) throw new Error('no answer is scripted');
    const { method = '', url: path = '', headers, socket } = request;
    let body = '';
    if (!EARLY.has(answer)) {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      body = Buffer.concat(pieces).toString();
    }
    const received = { method, path, headers, body, socket };
    this.received.push(received);
    await answer(response, received);
  }
}

const EARLY = new WeakSet<Answer>();

/** Answers before the body was read. */
export function early(answer: Answer): Answer {
  const wrapped: Answer = (response, request) => answer(response, request);
  EARLY.add(wrapped);
  return wrapped;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function text(status: number, body: string | Buffer, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, headers).end(body);
  };
}

/** No answer comes: the connection is cut once the request has arrived. */
export const hangsUp: Answer = (_, { socket }) => {
  socket.destroy();
};

/** The connection is cut after the first `bytes` of a body of which more was promised. */
export function cutsAt(bytes: number, body: Buffer, headers: Record<string, string | number> = {}): Answer {
  return async (response, { socket }) => {
    response.writeHead(200, { 'content-length': body.length, ...headers });
    await new Promise<void>((resolve) => response.write(body.subarray(0, bytes), () => resolve()));
    socket.end();
    socket.destroySoon();
  };
}

/** As `cutsAt`, of a body that is sent in chunks, so that its length was not promised. */
export function cutsChunkedAt(bytes: number, body: Buffer, headers: Record<string, string> = {}): Answer {
  return async (response, { socket }) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked', ...headers });
    await new Promise<void>((resolve) => response.write(body.subarray(0, bytes), () => resolve()));
    socket.end();
    socket.destroySoon();
  };
}

/** As much of a connection as the transport asks of one; each renewal gives the next token. */
export function fakeConnection(
  url: string,
  { renews = true }: { renews?: boolean } = {}
): { connection: Connection; renewals: () => number } {
  let renewals = 0;
  const connection = {
    instanceUrl: url,
    accessToken: 'token-0',
    getApiVersion: () => '66.0',
    getUsername: () => 'me@example.com',
    refreshAuth: async () => {
      renewals += 1;
      if (!renews) throw new Error('there is no refresh token');
      connection.accessToken = `token-${renewals}`;
      return Promise.resolve();
    }
  };
  return { connection: connection as unknown as Connection, renewals: () => renewals };
}
