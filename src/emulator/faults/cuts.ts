import { type Exchange } from '../rest/exchange.js';

/** Ends the connection at once. */
export function cutNow({ request }: Exchange): void {
  request.socket.destroy();
}

/** Lets the request have its effect and ends the connection instead of the answer. */
export function cutAnswer({ request, response }: Exchange): void {
  const cut = (): typeof response => {
    request.socket.destroy();
    return response;
  };
  response.writeHead = cut;
  response.end = cut;
}

/** Ends the connection when so many bytes of the request's body have come. */
export function cutUpload({ request }: Exchange, bytes: number): void {
  const push = request.push.bind(request);
  let left = bytes;
  // What Node's parser hands on passes here, whoever reads it and whenever.
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) left -= chunk.length;
    if (left >= 0) return push(chunk, encoding);
    request.socket.destroy();
    return false;
  };
}

/** Ends the connection when so many bytes of the answer's body are on their way. */
export function cutBody(exchange: Exchange, bytes: number): void {
  shorten(exchange, bytes, (response) => response.socket?.destroy());
}

/** Ends the body after so many bytes as if no more had been promised. */
export function truncateBody(exchange: Exchange, bytes: number): void {
  const writeHead = exchange.response.writeHead.bind(exchange.response);
  exchange.response.writeHead = ((status: number, headers: Record<string, string | number> = {}) => {
    const { 'content-length': promised, ...others } = headers;
    return writeHead(status, promised === undefined ? headers : others);
  }) as typeof exchange.response.writeHead;
  shorten(exchange, bytes, (_response, end) => end());
}

function shorten(
  { response }: Exchange,
  bytes: number,
  over: (response: Exchange['response'], end: () => void) => void
): void {
  const write = response.write.bind(response) as (chunk: Buffer, sent: () => void) => boolean;
  const end = response.end.bind(response) as () => typeof response;
  let left = bytes;
  const send = (chunk: unknown): boolean => {
    if (left < 0) return true;
    const whole = Buffer.isBuffer(chunk) ? chunk : Buffer.from(typeof chunk === 'string' ? chunk : '');
    const part = whole.subarray(0, Math.max(left, 0));
    const isCut = whole.length > left;
    left -= whole.length;
    return write(part, () => {
      if (isCut) over(response, end);
    });
  };
  response.write = ((chunk: unknown, ...rest: unknown[]) => {
    const hasRoom = send(chunk);
    const written = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
    written?.();
    return hasRoom;
  }) as typeof response.write;
  response.end = ((chunk?: unknown) => {
    if (Buffer.isBuffer(chunk) || typeof chunk === 'string') send(chunk);
    return left < 0 ? response : end();
  }) as typeof response.end;
}
