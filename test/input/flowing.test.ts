import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { flowing } from '../../src/input/flowing.js';
import { rejection } from '../rejection.js';

describe('input/flowing', () => {
  async function read(stream: Readable, pause: () => Promise<void> = () => Promise.resolve()): Promise<Buffer[]> {
    const chunks: Buffer[] = [];
    for await (const chunk of flowing(stream)) {
      chunks.push(chunk);
      await pause();
    }
    return chunks;
  }

  const tick = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('gives the very chunks that came, also to a reader who is slow', async () => {
    const sent = Array.from({ length: 50 }, (_, at) => Buffer.alloc(1000, at));
    const stream = new PassThrough({ highWaterMark: 4000 });
    const reading = read(stream, tick);
    for (const chunk of sent) if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve));
    stream.end();
    expect(await reading).to.deep.equal(sent);
    expect(stream.destroyed).to.equal(true);
  });

  it('gives nothing of a stream that is empty', async () => {
    expect(await read(Readable.from([], { objectMode: false }))).to.deep.equal([]);
  });

  it('throws the error of a stream that breaks after what came before it', async () => {
    const breaking = Readable.from(
      (function* (): Generator<Buffer> {
        yield Buffer.from('one');
        throw new Error('cut off');
      })(),
      { objectMode: false }
    );
    const seen: string[] = [];
    const error = await rejection(
      (async () => {
        for await (const chunk of flowing(breaking)) seen.push(chunk.toString());
      })()
    );
    expect(error.message).to.equal('cut off');
    expect(seen).to.deep.equal(['one']);
  });

  it('throws the error of a stream that broke before anybody read it', async () => {
    const broken = new PassThrough();
    broken.once('error', () => undefined);
    broken.destroy(new Error('too early'));
    await tick();
    expect((await rejection(read(broken))).message).to.equal('too early');
  });

  it('takes a stream that is closed before its end for broken', async () => {
    const stream = new PassThrough();
    stream.write('half');
    const reading = rejection(read(stream));
    await tick();
    stream.destroy();
    expect((await reading).message).to.match(/premature/i);
  });

  it('destroys a stream whose reader has had enough', async () => {
    const stream = new PassThrough();
    stream.write('one');
    for await (const chunk of flowing(stream)) if (chunk.length > 0) break;
    expect(stream.destroyed).to.equal(true);
  });
});
