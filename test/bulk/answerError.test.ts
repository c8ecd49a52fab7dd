import { expect } from 'chai';
import fc from 'fast-check';
import { answerError, type ErrorAnswer } from '../../src/bulk/answerError.js';
import { BulkError, type BulkErrorKind } from '../../src/bulk/bulkError.js';
import { TryAgain } from '../../src/bulk/retrying.js';

const HTML = '<html><body>Service Unavailable</body></html>';
const NOW = Date.UTC(2026, 0, 1);

function said(errorCode: string, message: string): string {
  return JSON.stringify([{ errorCode, message }]);
}

function judge(answer: Partial<ErrorAnswer>): BulkError | TryAgain {
  return answerError(
    { status: 400, headers: {}, body: '', call: 'POST /jobs/ingest', isRepeatable: true, ...answer },
    NOW
  );
}

type Case = {
  readonly name: string;
  readonly answer: Partial<ErrorAnswer>;
  readonly again: boolean;
  readonly kind: BulkErrorKind;
  readonly error: string;
};

const CASES: readonly Case[] = [
  {
    name: '503 with HTML of a proxy',
    answer: { status: 503, body: HTML },
    again: true,
    kind: 'network',
    error: 'OrgUnavailable'
  },
  {
    name: '503 for a call that can not be made twice',
    answer: { status: 503, body: HTML, isRepeatable: false },
    again: false,
    kind: 'ambiguous',
    error: 'NoAnswer'
  },
  {
    name: '500 for a call that can not be made twice',
    answer: { status: 500, body: said('UNKNOWN_EXCEPTION', 'x'), isRepeatable: false },
    again: false,
    kind: 'ambiguous',
    error: 'NoAnswer'
  },
  { name: '502', answer: { status: 502 }, again: true, kind: 'network', error: 'OrgUnavailable' },
  { name: '504', answer: { status: 504 }, again: true, kind: 'network', error: 'OrgUnavailable' },
  { name: '408', answer: { status: 408 }, again: true, kind: 'network', error: 'OrgUnavailable' },
  {
    name: '408 for a call that can not be made twice',
    answer: { status: 408, isRepeatable: false },
    again: false,
    kind: 'ambiguous',
    error: 'NoAnswer'
  },
  {
    name: '429, at which nothing was done',
    answer: { status: 429, isRepeatable: false },
    again: true,
    kind: 'network',
    error: 'OrgUnavailable'
  },
  {
    name: '425, at which nothing was done',
    answer: { status: 425, isRepeatable: false },
    again: true,
    kind: 'network',
    error: 'OrgUnavailable'
  },
  {
    name: '420 of the edge, at which nothing was done',
    answer: { status: 420, isRepeatable: false },
    again: true,
    kind: 'network',
    error: 'OrgUnavailable'
  },
  {
    name: 'the daily allowance',
    answer: { status: 403, body: said('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.') },
    again: false,
    kind: 'limit',
    error: 'RequestLimitExceeded'
  },
  {
    name: 'the daily allowance in a 503',
    answer: { status: 503, body: said('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.') },
    again: false,
    kind: 'limit',
    error: 'RequestLimitExceeded'
  },
  {
    name: 'too many calls at once',
    answer: {
      status: 403,
      body: said('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded')
    },
    again: true,
    kind: 'network',
    error: 'OrgUnavailable'
  },
  {
    name: 'too many long calls at once',
    answer: {
      status: 403,
      body: said('REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded'),
      isRepeatable: false
    },
    again: true,
    kind: 'network',
    error: 'OrgUnavailable'
  },
  {
    name: 'the metering of transaction security',
    answer: { status: 400, body: said('TXN_SECURITY_METERING_ERROR', 'x') },
    again: true,
    kind: 'network',
    error: 'OrgUnavailable'
  },
  {
    name: 'a job that is gone',
    answer: { status: 404, body: said('NOT_FOUND', 'The requested resource does not exist') },
    again: false,
    kind: 'gone',
    error: 'NotFound'
  },
  {
    name: 'a wrong move',
    answer: { status: 400, body: said('INVALIDJOBSTATE', 'x') },
    again: false,
    kind: 'refused',
    error: 'RefusedByOrg'
  },
  {
    name: 'an entity that bulk does not know',
    answer: { status: 400, body: said('INVALIDENTITY', "Entity 'X' is not supported by the Bulk API.") },
    again: false,
    kind: 'refused',
    error: 'RefusedByOrg'
  },
  {
    name: 'an error that is no list',
    answer: { status: 400, body: '{"errorCode":"INVALIDJOB","message":"x"}' },
    again: false,
    kind: 'refused',
    error: 'RefusedByOrg'
  },
  {
    name: 'HTML with a 403',
    answer: { status: 403, body: HTML, headers: { 'content-type': 'text/html' } },
    again: false,
    kind: 'refused',
    error: 'NotTheApi'
  },
  { name: 'an empty 400', answer: { status: 400 }, again: false, kind: 'refused', error: 'NotTheApi' },
  {
    name: 'a 404 of something in between',
    answer: { status: 404, body: HTML },
    again: false,
    kind: 'refused',
    error: 'NotTheApi'
  },
  {
    name: 'JSON that is no error',
    answer: { status: 400, body: '[null]' },
    again: false,
    kind: 'refused',
    error: 'NotTheApi'
  },
  {
    name: 'an error without a text',
    answer: { status: 400, body: '[{"errorCode":"INVALIDJOB"}]' },
    again: false,
    kind: 'refused',
    error: 'RefusedByOrg'
  }
];

describe('bulk/answerError', () => {
  for (const { name, answer, again, kind, error } of CASES)
    it(`${name}: ${again ? 'the call is made again' : 'the call is over'}, ${kind}`, () => {
      const found = judge(answer);
      expect(found instanceof TryAgain).to.equal(again);
      const judged = found instanceof TryAgain ? found.error : found;
      expect(judged.kind).to.equal(kind);
      expect(judged.name).to.equal(error);
      expect(judged.httpStatus).to.equal(answer.status ?? 400);
    });

  it('passes on what the org says, code and text', () => {
    const found = judge({ body: said('INVALIDENTITY', "Entity 'Tag' is not supported by the Bulk API.") });
    expect(found).to.be.instanceOf(BulkError).with.property('errorCode', 'INVALIDENTITY');
    expect(found.message).to.contain("Entity 'Tag' is not supported by the Bulk API.");
  });

  it('obeys Retry-After where the call is made again', () => {
    expect(judge({ status: 429, headers: { 'retry-after': '7' } })).to.have.property('afterMs', 7000);
    expect(judge({ status: 503, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' } })).to.have.property(
      'afterMs',
      9000
    );
    expect(judge({ status: 503 })).to.have.property('afterMs', undefined);
  });

  it('never shows HTML, a stack or a hole to a person', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 599 }),
        fc.oneof(fc.string(), fc.json(), fc.constant(HTML), fc.constant(said('X', 'y'))),
        fc.boolean(),
        (status, body, isRepeatable) => {
          const found = judge({ status, body: body.includes('<') ? HTML : body, isRepeatable });
          const error = found instanceof TryAgain ? found.error : found;
          expect(error.message).to.not.match(/<html|undefined|%s|\[object/);
          expect(error.message.length).to.be.greaterThan(0);
          // Nothing that may have happened is ever made again by itself.
          if (found instanceof TryAgain && !isRepeatable && status >= 500)
            expect(error.errorCode).to.equal('TXN_SECURITY_METERING_ERROR');
        }
      )
    );
  });
});
