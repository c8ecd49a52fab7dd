import { finished, type Readable } from 'node:stream';

/**
 * The chunks of a stream as they come. Reading it with `for await` would join those that have come meanwhile into new memory, which for a
 * long download is half of its bytes once more. Leaves the stream destroyed.
 * @throws the stream's error, also one that came before; an error for a stream that was closed before its end
 */
export async function* flowing(stream: Readable): AsyncGenerator<Buffer> {
  let here: Buffer[] = [];
  let end: { readonly error?: Error | null } | undefined;
  let wake: () => void = () => undefined;
  // Stays until the stream is gone: an error of its being destroyed would be nobody's otherwise.
  finished(stream, { writable: false }, (error) => {
    end = { error };
    wake();
  });
  stream.on('data', (chunk: Buffer) => {
    here.push(chunk);
    stream.pause();
    wake();
  });
  try {
    for (;;) {
      const chunks = here;
      here = [];
      for (const chunk of chunks) yield chunk;
      if (here.length > 0) continue;
      if (end?.error) throw end.error;
      if (end) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        stream.resume();
      });
    }
  } finally {
    stream.destroy();
  }
}
