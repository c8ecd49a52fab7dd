import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { BulkError } from '../../src/bulk/bulkError.js';
import { unanswered } from '../../src/bulk/doubt.js';
import { TryAgain } from '../../src/bulk/retrying.js';
import { type Call, createTransport } from '../../src/bulk/transport.js';
import { rejection } from '../rejection.js';
import { TestClock } from '../testClock.js';
import { fakeConnection } from './fakeServer.js';

const PATCH: Call = { method: 'PATCH', path: '/jobs/ingest/750x', isRepeatable: false };

describe('bulk/doubt', () => {
  describe('a certificate that is not trusted', () => {
    for (const code of ['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED'])
      it(`is said at once, with what to do: ${code}`, () => {
        const error = unanswered(PATCH, Object.assign(new Error('no'), { code }), 'https://org.test');
        if (!(error instanceof BulkError)) throw new Error('it is tried again');
        expect(error.message).to.equal(`The certificate with which https://org.test answers is not trusted: ${code}.`);
        expect(error.actions?.join()).to.contain('NODE_EXTRA_CA_CERTS');
        expect(error).to.include({ name: 'CertificateNotTrusted', kind: 'network' });
      });
  });

  it('tries a call again that never reached the org, and no other that acts', () => {
    const [refused, reset] = ['ECONNREFUSED', 'ECONNRESET'].map((code) =>
      unanswered(PATCH, Object.assign(new Error('no'), { code }), 'https://org.test')
    );
    expect(refused).to.be.instanceOf(TryAgain);
    expect(reset).to.include({ name: 'NoAnswer', kind: 'ambiguous' });
  });

  describe('a proxy that lets nothing through', () => {
    let proxy: Server;
    let status: string;
    const saved = process.env.https_proxy;

    before(async () => {
      proxy = createServer().on('connect', (_, socket) => {
        socket.end(`HTTP/1.1 ${status}\r\n\r\n<html>no</html>`);
      });
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      process.env.https_proxy = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    });
    after(() => {
      if (saved === undefined) delete process.env.https_proxy;
      else process.env.https_proxy = saved;
      proxy.close();
    });

    async function refusal(): Promise<{ error: Error; pauses: number }> {
      const clock = new TestClock();
      const transport = await createTransport(fakeConnection('https://org.test').connection, {
        clock,
        random: () => 1
      });
      const error = await rejection(transport.json(PATCH)).finally(() => transport.close());
      return { error, pauses: clock.pauses.length };
    }

    it('is told with its status, and not tried again where it wants a password', async () => {
      status = '407 Proxy Authentication Required';
      const { error, pauses } = await refusal();
      expect(error.message).to.equal('The proxy lets nothing through to https://org.test: it answered HTTP 407.');
      expect(error).to.include({ name: 'ProxyRefused', kind: 'network' });
      expect(pauses).to.equal(0);
    });

    it('is tried again where it does not find the org for now', async () => {
      status = '503 Service Unavailable';
      const { error, pauses } = await refusal();
      expect(error.message).to.contain('it answered HTTP 503');
      expect(pauses).to.equal(7);
    });
  });
});
