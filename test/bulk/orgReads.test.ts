import { expect } from 'chai';
import { isBulkError } from '../../src/bulk/bulkError.js';
import { countRecords, orgReads, type OrgReads } from '../../src/bulk/orgReads.js';
import { rejection } from '../rejection.js';
import { TestClock } from '../testClock.js';
import { type Answer, cutsAt, cutsChunkedAt, fakeConnection, FakeServer, hangsUp, json, text } from './fakeServer.js';

const BODY = Buffer.from('{"totalSize":7}');

const POOR: ReadonlyArray<[name: string, answer: Answer]> = [
  ['breaks off', cutsAt(5, BODY)],
  ['breaks off in chunks', cutsChunkedAt(5, BODY)],
  ['was cut and looks whole', text(200, BODY.subarray(0, 5))],
  ['was cut before its first byte', text(200, '')],
  ['is a page of something in between', text(200, '<p>Sign in</p>', { 'content-type': 'text/html' })],
  ['says "later"', json(503, [{ errorCode: 'SERVER_UNAVAILABLE', message: 'later' }])],
  ['never comes', hangsUp]
];

describe('bulk/orgReads', () => {
  let server: FakeServer;
  let reads: OrgReads;

  beforeEach(async () => {
    server = new FakeServer();
    await server.start();
    reads = orgReads({ connection: fakeConnection(server.url).connection, clock: new TestClock(), random: () => 0.5 });
  });
  afterEach(async () => server.stop());

  for (const [name, answer] of POOR)
    it(`asks again where the answer ${name}, and gives up where every one is like that`, async () => {
      server.answers(answer, answer, text(200, BODY));
      expect(await countRecords(reads, 'SELECT count() FROM Contact', false)).to.equal(7);
      expect(server.received.map(({ path }) => path)).to.deep.equal(
        Array(3).fill('/services/data/v66.0/query?q=SELECT%20count()%20FROM%20Contact')
      );
      server.answers(answer);
      expect(isBulkError(await rejection(reads.get('/sobjects')))).to.equal(true);
      expect(server.received).to.have.length(3 + 6);
    });

  it('goes to the paths that the org itself gives', async () => {
    server.answers(json(200, {}));
    await reads.get('/services/data/v66.0/query/01g-2000');
    expect(server.received[0]?.path).to.equal('/services/data/v66.0/query/01g-2000');
  });
});
