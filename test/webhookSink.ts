import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };

/** How the sink treats a request: a status, or that it never answers. */
export type Manner = number | 'silent' | { readonly status: number; readonly headers: Record<string, string> };

/** A webhook's server on this machine. */
export class WebhookSink {
  public readonly received: Received[] = [];
  private readonly waiting = new Set<ServerResponse>();

  private constructor(
    private readonly server: Server,
    private readonly manners: Manner[]
  ) {}

  /** @param manners one for each request in turn; the last one stays */
  public static async start(...manners: Manner[]): Promise<WebhookSink> {
    const server = createServer();
    const sink = new WebhookSink(server, manners.length > 0 ? manners : [200]);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '', headers } = request;
        sink.received.push({ path: url, headers, body: Buffer.concat(chunks).toString() });
        sink.answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  public get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public get url(): string {
    return `http://${this.host}/services/T000/B000/very-secret`;
  }

  public async close(): Promise<void> {
    for (const response of this.waiting) response.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(response: ServerResponse): void {
    const manner = this.manners.length > 1 ? this.manners.shift() : this.manners[0];
    if (manner === 'silent' || manner === undefined) {
      this.waiting.add(response);
      return;
    }
    const { status, headers } = typeof manner === 'number' ? { status: manner, headers: {} } : manner;
    response.writeHead(status, headers).end('<html>very-secret was echoed</html>');
  }
}
