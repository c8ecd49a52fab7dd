import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createTransport } from '../../../src/bulk/transport.js';
import { UploadBody } from '../../../src/load/parts/uploadBody.js';
import { fakeConnection } from '../../bulk/fakeServer.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { TestClock } from '../../testClock.js';

/** Bytes of which no two stretches are alike, so that a piece in the place of another one shows. */
function bytes(length: number, seed: number): Buffer {
  const numbers = new Uint32Array(Math.ceil(length / 4));
  for (let at = 0; at < numbers.length; at += 1) numbers[at] = Math.imul(at + seed, 0x9e3779b1);
  return Buffer.from(numbers.buffer, 0, length);
}

/** Takes nothing at first and now and then, so that what is sent fills all rooms on its way and has to wait. */
async function readSlowly(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let read = 0;
  await sleep(200);
  for await (const piece of request) {
    pieces.push(piece as Buffer);
    read += (piece as Buffer).length;
    if (pieces.length % 7 === 0) await sleep(read % 3);
  }
  return Buffer.concat(pieces);
}

describe('load/uploadBody', () => {
  const dir = tempDir();
  const LENGTHS = [1, 256 * 1024, 256 * 1024 + 1, 16_000_000];

  async function file(length: number, seed: number): Promise<string> {
    const path = join(dir.path, `${length}-${seed}`);
    await writeFile(path, bytes(length, seed));
    return path;
  }

  it('has the bytes of its file, and no more for an empty one', async () => {
    for (const length of [0, ...LENGTHS]) {
      const pieces: Buffer[] = [];
      for await (const piece of new UploadBody(await file(length, 1)).open()) pieces.push(Buffer.from(piece as Buffer));
      expect(Buffer.concat(pieces).equals(bytes(length, 1)), String(length)).to.equal(true);
    }
  });

  it('arrives as it is at an org that takes it slowly, several at a time', async () => {
    const received = new Map<string, Buffer>();
    const server = createServer((request, response) => {
      void readSlowly(request).then((body) => {
        received.set(request.url ?? '', body);
        response.writeHead(201).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { connection } = fakeConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const transport = await createTransport(connection, { clock: new TestClock(), random: () => 1 });
    try {
      const sent = LENGTHS.flatMap((length) =>
        [1, 2].map((seed) => ({ length, seed, path: `/services/${length}-${seed}` }))
      );
      await Promise.all(
        sent.map(async ({ length, seed, path }) => {
          const body = new UploadBody(await file(length, seed));
          await transport.upload({ method: 'PUT', path, isRepeatable: false }, () => body.open(), length);
          body.close();
        })
      );
      for (const { length, seed, path } of sent)
        expect(received.get(path)?.equals(bytes(length, seed)), path).to.equal(true);
    } finally {
      await transport.close();
      server.close();
    }
  });

  it('gives its memory back when it is closed', async () => {
    const body = new UploadBody(await file(1000, 1));
    const pieces = (await body.open().toArray()) as Buffer[];
    expect(pieces.map(({ length }) => length)).to.deep.equal([1000]);
    body.close();
    expect(pieces.map(({ length }) => length)).to.deep.equal([0]);
  });

  it('breaks with the error of a file that can not be read', async () => {
    const error = await rejection(buffer(new UploadBody(join(dir.path, 'none')).open()));
    expect(error).to.have.property('code', 'ENOENT');
  });
});
