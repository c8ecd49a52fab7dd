import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { BulkError, type BulkErrorKind } from '../../src/bulk/bulkError.js';
import { type Call, createTransport, type Transport } from '../../src/bulk/transport.js';
import { rejection } from '../rejection.js';
import { TestClock } from '../testClock.js';
import { cutsAt, cutsChunkedAt, early, FakeServer, fakeConnection, hangsUp, json, text } from './fakeServer.js';

const GET: Call = { method: 'GET', path: '/jobs/ingest/750x', isRepeatable: true };
const PATCH: Call = {
  method: 'PATCH',
  path: '/jobs/ingest/750x',
  body: { state: 'UploadComplete' },
  isRepeatable: false
};
const PUT: Call = { method: 'PUT', path: '/jobs/ingest/750x/batches', isRepeatable: false };
const EXPIRED = json(401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]);
const HTML = text(503, '<html>busy</html>', { 'content-type': 'text/html' });

async function bulkRejection(promise: Promise<unknown>): Promise<BulkError> {
  const error = await rejection(promise);
  if (!(error instanceof BulkError))
    throw new Error(`expected a BulkError, and got ${error.name}: ${error.message}`, { cause: error });
  expect(error.message).to.not.match(/%s|undefined|<html|\[object/);
  return error;
}

describe('bulk/transport', () => {
  const server = new FakeServer();
  const proxies = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];
  const saved = new Map<string, string | undefined>();
  let clock: TestClock;
  let transport: Transport;
  let renewals: () => number;
  let ending: AbortController;

  async function connect(url = server.url, options: { renews?: boolean } = {}): Promise<void> {
    await transport?.close();
    const fake = fakeConnection(url, options);
    renewals = fake.renewals;
    clock = new TestClock();
    ending = new AbortController();
    transport = await createTransport(fake.connection, { clock, random: () => 1, signal: ending.signal });
  }

  async function read(call: Call = GET): Promise<Buffer> {
    return bytesOf((await transport.stream(call)).body);
  }

  async function bytesOf(body: AsyncIterable<Buffer>): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const chunk of body) pieces.push(Buffer.from(chunk));
    return Buffer.concat(pieces);
  }

  before(async () => {
    for (const name of proxies) {
      saved.set(name, process.env[name]);
      delete process.env[name];
    }
    await server.start();
  });
  after(async () => {
    await transport.close();
    await server.stop();
    for (const [name, value] of saved) if (value !== undefined) process.env[name] = value;
  });
  beforeEach(async () => {
    server.received.length = 0;
    await connect();
  });

  describe('a call', () => {
    it('takes a redirect for the login page that it is: an upload has not arrived then', async () => {
      const login = text(302, '', { location: 'https://login.example.com' });
      server.answers(login);
      const upload = transport.upload(PUT, () => Readable.from(['a']), 1);
      expect((await bulkRejection(upload)).kind).to.equal('ambiguous');
      server.answers(login, json(200, { ok: true }));
      expect(await transport.json({ ...GET })).to.deep.equal({ ok: true });
    });

    it('says after how long a doubtful call may be tried again', async () => {
      server.answers(text(503, '<html>busy</html>', { 'content-type': 'text/html', 'retry-after': '7' }));
      const error = await bulkRejection(transport.json({ ...PATCH }));
      expect(error).to.include({ kind: 'ambiguous', retryAfterMs: 7000 });
    });

    it('is made again after a passing error of the org, whatever status that comes with', async () => {
      const passing = json(400, [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred' }]);
      server.answers(passing, json(200, { ok: true }));
      expect(await transport.json({ ...GET })).to.deep.equal({ ok: true });
    });

    it('goes to the org with the session and the version, and its answer is counted', async () => {
      server.answers(json(200, { id: 'x' }, { 'sforce-limit-info': 'api-usage=18/5000' }));
      expect(await transport.json({ ...PATCH, headers: { 'x-own': '1' } })).to.deep.equal({ id: 'x' });
      const [request] = server.received;
      expect(request).to.deep.include({
        method: 'PATCH',
        path: '/services/data/v66.0/jobs/ingest/750x',
        body: '{"state":"UploadComplete"}'
      });
      expect(request?.headers).to.include({ authorization: 'Bearer token-0', 'x-own': '1' });
      expect(request?.headers['content-type']).to.match(/^application\/json/);
      expect(transport.apiCalls).to.equal(1);
      expect(transport.apiUsage).to.deep.equal({ used: 18, max: 5000 });
    });

    it('takes a path of the org as it is', async () => {
      server.answers(json(200, {}));
      await transport.json({ ...GET, path: '/services/data/v58.0/jobs/query/x/results?locator=y' });
      expect(server.received[0]?.path).to.equal('/services/data/v58.0/jobs/query/x/results?locator=y');
    });

    it('finds the org whose address ends in a slash', async () => {
      await connect(`${server.url}/`);
      server.answers(json(200, {}));
      await transport.json(GET);
      expect(server.received[0]?.path).to.equal('/services/data/v66.0/jobs/ingest/750x');
    });

    it('gives nothing for an empty answer', async () => {
      server.answers(text(204, ''));
      expect(await transport.json({ ...GET, method: 'DELETE' })).to.equal(undefined);
    });

    it('unpacks an answer', async () => {
      server.answers(text(200, gzipSync('{"a":1}'), { 'content-encoding': 'gzip' }));
      expect(await transport.json(GET)).to.deep.equal({ a: 1 });
      expect(server.received[0]?.headers['accept-encoding']).to.equal('gzip');
    });

    for (const encoding of ['GZIP', 'x-gzip'])
      it(`unpacks an answer in the encoding ${encoding}`, async () => {
        server.answers(text(200, gzipSync('{"a":1}'), { 'content-encoding': encoding }));
        expect(await transport.json(GET)).to.deep.equal({ a: 1 });
      });
  });

  describe('the session', () => {
    it('is renewed once for calls that find it over together', async () => {
      server.answers((response, { headers }) => {
        const isOver = headers.authorization === 'Bearer token-0';
        response.writeHead(isOver ? 401 : 200, { 'content-type': 'application/json' });
        response.end(isOver ? '[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]' : '{}');
      });
      await Promise.all([1, 2, 3, 4].map(() => transport.json({ ...GET })));
      expect(renewals()).to.equal(1);
    });

    it('is renewed once when the org says that it is over, and the call made again with the new one', async () => {
      server.answers(EXPIRED, json(200, { ok: true }));
      for (const call of [GET, PATCH]) {
        server.answers(EXPIRED, json(200, { ok: true }));
        expect(await transport.json(call)).to.deep.equal({ ok: true });
      }
      expect(renewals()).to.equal(2);
      expect(server.received.map(({ headers }) => headers.authorization)).to.deep.equal([
        'Bearer token-0',
        'Bearer token-1',
        'Bearer token-1',
        'Bearer token-2'
      ]);
      expect(clock.pauses.every((ms) => ms === 0)).to.equal(true);
    });

    it('is over when the renewed one is refused too', async () => {
      server.answers(EXPIRED);
      const error = await bulkRejection(transport.json(GET));
      expect(error).to.include({ name: 'SessionExpired', kind: 'auth', httpStatus: 401 });
      expect(error.message).to.contain('me@example.com');
      expect(error.actions?.join()).to.contain(server.url);
      expect(renewals()).to.equal(1);
      expect(transport.apiCalls).to.equal(2);
    });

    it('that can not be renewed is tried once more and is over then', async () => {
      await connect(server.url, { renews: false });
      server.answers(EXPIRED, json(200, { ok: true }));
      expect(await transport.json(GET)).to.deep.equal({ ok: true });
      server.answers(EXPIRED);
      expect((await bulkRejection(transport.json({ ...GET }))).kind).to.equal('auth');
    });

    it('is renewed in the middle of an upload, which is opened anew', async () => {
      const body = randomBytes(3_000_000);
      for (const expired of [EXPIRED, early(EXPIRED)]) {
        await connect();
        server.received.length = 0;
        server.answers(expired, text(201, ''));
        let opened = 0;
        const open = (): Readable => {
          opened += 1;
          return Readable.from([body.subarray(0, 1_000_000), body.subarray(1_000_000)]);
        };
        await transport.upload(PUT, open, body.length);
        expect(opened).to.equal(2);
        expect(server.received.at(-1)?.headers.authorization).to.equal('Bearer token-1');
        expect(server.received.at(-1)?.headers['content-length']).to.equal(String(body.length));
      }
    });
  });

  describe('patience', () => {
    it('waits for as long as a 429 asks, whatever the call', async () => {
      server.answers(text(429, '', { 'retry-after': '7' }), json(200, {}));
      await transport.json(PATCH);
      expect(clock.pauses).to.deep.equal([7000]);
      expect(transport.apiCalls).to.equal(2);
    });

    it('sits out a 503 with the HTML of something in between', async () => {
      server.answers(HTML, HTML, json(200, { ok: true }));
      expect(await transport.json(GET)).to.deep.equal({ ok: true });
      expect(clock.pauses).to.deep.equal([500, 1000]);
    });

    it('ends: eight tries, and the org is unavailable', async () => {
      server.answers(HTML);
      expect(await bulkRejection(transport.json(GET))).to.include({ kind: 'network', httpStatus: 503 });
      expect(transport.apiCalls).to.equal(8);
    });

    it('has an end at once where the user wants out', async () => {
      server.answers(HTML);
      const reason = new Error('out');
      ending.abort(reason);
      for (const call of [
        transport.json(GET),
        transport.stream(GET),
        transport.upload(PUT, () => Readable.from(['x']), 1)
      ])
        expect(await rejection(call)).to.equal(reason);
      expect(server.received).to.deep.equal([]);
    });

    it('ends while an answer is awaited, with the reason', async () => {
      const reason = new Error('out');
      server.answers(() => ending.abort(reason));
      expect(await rejection(transport.json(GET))).to.equal(reason);
      await connect();
      server.answers(() => ending.abort(reason));
      expect(await rejection(transport.upload(PUT, () => Readable.from(['x']), 1))).to.equal(reason);
    });
  });

  describe('doubt', () => {
    /** What an answer, or none, means for a call that may be made again and for one that may not. */
    const doubts: ReadonlyArray<[string, Parameters<FakeServer['answers']>[0], BulkErrorKind, BulkErrorKind]> = [
      ['the connection is cut before an answer', hangsUp, 'network', 'ambiguous'],
      ['503 with HTML', HTML, 'network', 'ambiguous'],
      ['500 of the org', json(500, [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'x' }]), 'network', 'ambiguous'],
      [
        'a success whose body breaks off',
        cutsAt(5, Buffer.from('{"id":"750x","state":"Open"}')),
        'network',
        'ambiguous'
      ],
      [
        'a success whose chunked body breaks off',
        cutsChunkedAt(5, Buffer.from('{"id":"750x"}')),
        'network',
        'ambiguous'
      ],
      [
        'a success with a login page',
        text(200, '<html>log in</html>', { 'content-type': 'text/html' }),
        'refused',
        'ambiguous'
      ],
      ['a success whose JSON is cut', text(200, '{"id":"75'), 'refused', 'ambiguous'],
      ['a refusal', json(400, [{ errorCode: 'INVALIDJOBSTATE', message: 'x' }]), 'refused', 'refused']
    ];
    for (const [name, answer, repeatable, once] of doubts)
      it(`${name}: ${once} for a call that is made once, ${repeatable} after all tries of one that is made again`, async () => {
        server.answers(answer);
        expect((await bulkRejection(transport.json(PATCH))).kind).to.equal(once);
        expect(transport.apiCalls).to.equal(1);
        expect((await bulkRejection(transport.json(GET))).kind).to.equal(repeatable);
      });

    it('there is none where the org was never reached: nothing has happened', async () => {
      const closed = createServer().listen(0, '127.0.0.1');
      await once(closed, 'listening');
      const address = closed.address();
      closed.close();
      await once(closed, 'close');
      if (typeof address !== 'object' || !address) throw new Error('no address');
      await connect(`http://127.0.0.1:${address.port}`);
      for (const trying of [
        () => transport.json(PATCH),
        () => transport.upload(PUT, () => Readable.from(['x']), 1),
        () => transport.stream(GET)
      ]) {
        const error = await bulkRejection(trying());
        expect(error).to.include({ name: 'OrgUnreachable', kind: 'network' });
        expect(error.message).to.contain('ECONNREFUSED');
      }
      expect(transport.apiCalls).to.equal(24);
    });
  });

  describe('an upload', () => {
    const csv = Buffer.from(`Name\n${'Zoë\n'.repeat(100_000)}`);

    it('sends exactly its bytes, with their number', async () => {
      server.answers(text(201, ''));
      await transport.upload(PUT, () => Readable.from([csv.subarray(0, 100_001), csv.subarray(100_001)]), csv.length);
      const [request] = server.received;
      expect(request?.body === csv.toString()).to.equal(true);
      expect(request?.headers).to.deep.include({
        'content-length': String(csv.length),
        'content-type': 'text/csv; charset=UTF-8'
      });
      expect(request?.headers['transfer-encoding']).to.equal(undefined);
    });

    const wrong: ReadonlyArray<[string, number]> = [
      ['fewer', csv.length + 1],
      ['more', csv.length - 1]
    ];
    for (const [name, promised] of wrong)
      it(`of ${name} bytes than was said never counts as done`, async () => {
        server.answers(text(201, ''));
        expect((await bulkRejection(transport.upload(PUT, () => Readable.from([csv]), promised))).kind).to.equal(
          'ambiguous'
        );
      });

    it('whose file can not be read is no success and leaves no loose error', async () => {
      server.answers(text(201, ''));
      const broken = (): Readable =>
        new Readable({
          read() {
            this.push('Name\n');
            this.destroy(new Error('the disk is gone'));
          }
        });
      expect((await bulkRejection(transport.upload(PUT, broken, csv.length))).kind).to.equal('ambiguous');
    });

    it('that is cut is in doubt and not made again', async () => {
      server.answers(early(hangsUp));
      let opened = 0;
      const body = (): Readable => {
        opened += 1;
        return Readable.from([csv]);
      };
      expect((await bulkRejection(transport.upload(PUT, body, csv.length))).kind).to.equal('ambiguous');
      expect(opened).to.equal(1);
    });

    it('that is refused before all of it was sent is refused', async () => {
      const refusal = json(400, [{ errorCode: 'INVALIDJOBSTATE', message: 'x' }]);
      server.answers(early(refusal));
      const large = randomBytes(4_000_000);
      const error = await bulkRejection(transport.upload(PUT, () => Readable.from([large]), large.length));
      expect(['refused', 'ambiguous']).to.include(error.kind);
    });

    it('that a login page takes in is in doubt', async () => {
      server.answers(text(200, '<html>', { 'content-type': 'text/html' }));
      expect(await bulkRejection(transport.upload(PUT, () => Readable.from(['x']), 1))).to.include({
        name: 'NotTheApi',
        kind: 'ambiguous'
      });
    });

    it('closes what it reads from, however it ends', async () => {
      const opened: Readable[] = [];
      const body = (): Readable => {
        const stream = Readable.from([csv]);
        opened.push(stream);
        return stream;
      };
      server.answers(text(201, ''));
      await transport.upload(PUT, body, csv.length);
      server.answers(hangsUp);
      await bulkRejection(transport.upload(PUT, body, csv.length));
      expect(opened.map(({ destroyed }) => destroyed)).to.deep.equal([true, true]);
    });
  });

  describe('a body', () => {
    const csv = Buffer.from(`"sf__Id","Name"\n${'"001","x"\n'.repeat(30_000)}`);
    const packed = gzipSync(csv);

    it('comes whole, plain and packed, with headers and status', async () => {
      server.answers(text(200, csv, { 'content-type': 'text/csv', 'sforce-locator': 'null' }));
      const answer = await transport.stream({ ...GET, headers: { accept: 'text/csv' } });
      expect(answer.status).to.equal(200);
      expect(answer.headers['sforce-locator']).to.equal('null');
      for await (const chunk of answer.body) expect(chunk.length).to.be.greaterThan(0);
      expect(server.received[0]?.headers.accept).to.equal('text/csv');
      server.answers(text(200, csv), text(200, packed, { 'content-encoding': 'gzip' }), text(204, ''), text(200, ''));
      expect((await read()).equals(csv)).to.equal(true);
      expect((await read()).equals(csv)).to.equal(true);
      expect((await read()).length).to.equal(0);
      expect((await read()).length).to.equal(0);
    });

    const gzip = { 'content-encoding': 'gzip' };
    const broken: ReadonlyArray<[string, Parameters<FakeServer['answers']>[0]]> = [
      ['shorter than was promised', cutsAt(csv.length - 10, csv)],
      ['cut after its header line', cutsAt(16, csv)],
      ['cut at once', cutsAt(0, csv)],
      ['in chunks, without the last one', cutsChunkedAt(csv.length, csv)],
      ['in chunks, cut at a row end', cutsChunkedAt(16, csv)],
      ['packed, and cut by the network', cutsAt(packed.length - 5, packed, gzip)],
      ['packed in chunks, without the last one', cutsChunkedAt(packed.length, packed, gzip)],
      ['packed, and cut before it was sent', text(200, packed.subarray(0, packed.length - 5), gzip)],
      ['packed, and cut in the middle before it was sent', text(200, packed.subarray(0, packed.length / 2), gzip)],
      ['said to be packed, and is not', text(200, csv, gzip)],
      ['packed, with a wrong checksum', text(200, Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)]), gzip)]
    ];
    for (const [name, answer] of broken)
      it(`${name} never looks whole`, async () => {
        server.answers(answer);
        expect(await bulkRejection(read())).to.include({ name: 'BodyBroken', kind: 'network' });
      });

    for (const [name, answer] of broken)
      it(`${name} never looks whole to a reader who comes late, either`, async () => {
        server.answers(answer);
        const { body } = await transport.stream(GET);
        await new Promise((resolve) => setTimeout(resolve, 30)); // the break has come by now, where the network is as near as here
        expect(await bulkRejection(bytesOf(body))).to.include({ name: 'BodyBroken', kind: 'network' });
      });

    it('may be left in the middle without a loose error', async () => {
      for (const answer of [text(200, csv), text(200, packed, gzip), cutsAt(50_000, csv), cutsAt(1000, packed, gzip)]) {
        server.answers(answer);
        for await (const chunk of (await transport.stream(GET)).body) {
          expect(chunk.length).to.be.greaterThan(0);
          break;
        }
      }
      // Whatever would be thrown later is thrown by now.
      for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      server.answers(json(200, { ok: true }));
      expect(await transport.json(GET)).to.deep.equal({ ok: true });
    });

    it('that is a login page is none', async () => {
      server.answers(text(200, '<html>log in</html>', { 'content-type': 'text/html; charset=utf-8' }));
      expect(await bulkRejection(transport.stream(GET))).to.include({ name: 'NotTheApi', kind: 'refused' });
    });

    it('is pulled: what nobody reads is not kept', async () => {
      const chunk = Buffer.alloc(256 * 1024, 'x');
      let sent = 0;
      server.answers(async (response) => {
        response.writeHead(200);
        for (let at = 0; at < 400 && !response.destroyed; at += 1) {
          sent += chunk.length;
          if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
        }
        response.end();
      });
      const { body } = await transport.stream(GET);
      for await (const piece of body) {
        expect(piece.length).to.be.greaterThan(0);
        for (let turns = 0; turns < 200; turns += 1) await new Promise((resolve) => setImmediate(resolve));
        break;
      }
      expect(sent).to.be.below(60 * 1024 * 1024);
    });
  });
});
