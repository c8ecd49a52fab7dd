import { expect } from 'chai';
import fc from 'fast-check';
import { BulkError } from '../../src/bulk/bulkError.js';
import { isNetworkError, retryAfterMs, retrying, TryAgain } from '../../src/bulk/retrying.js';
import { rejection } from '../rejection.js';
import { TestClock } from '../testClock.js';

const lost = new BulkError({ name: 'OrgUnreachable', kind: 'network', message: 'lost' });

/** Fails so often, and then gives how often it was called. */
function failing(times: number, afterMs?: number): () => Promise<number> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new TryAgain(lost, afterMs);
    return Promise.resolve(calls);
  };
}

describe('bulk/retrying', () => {
  const tools = (random = () => 1) => ({ clock: new TestClock(), random });

  it('gives the first result, without a pause where none is needed', async () => {
    const given = tools();
    expect(await retrying(failing(0), given)).to.equal(1);
    expect(given.clock.pauses).to.deep.equal([]);
    expect(await retrying(failing(3), given)).to.equal(4);
  });

  it('doubles the pause from half a second up to half a minute, eight tries in all', async () => {
    const given = tools();
    expect(await rejection(retrying(failing(100), given))).to.equal(lost);
    expect(given.clock.pauses).to.deep.equal([500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
  });

  it('pauses for between half and all of that, as chance will have it', async () => {
    const shortest = tools(() => 0);
    await rejection(retrying(failing(100), shortest));
    expect(shortest.clock.pauses).to.deep.equal([250, 500, 1000, 2000, 4000, 8000, 15_000]);
    const chances = [0.1, 0.9, 0.4, 0, 0.7, 0.2, 0.5];
    const mixed = tools(() => chances.pop() ?? 0);
    await rejection(retrying(failing(100), mixed));
    for (const [at, pause] of mixed.clock.pauses.entries())
      expect(pause).to.be.within(shortest.clock.pauses[at] ?? 0, 2 * (shortest.clock.pauses[at] ?? 0));
  });

  it('waits for as long as the server asks', async () => {
    const given = tools();
    expect(await retrying(failing(2, 7000), given)).to.equal(3);
    expect(given.clock.pauses).to.deep.equal([7000, 7000]);
  });

  it('waits for ten minutes and no longer', async () => {
    const given = tools();
    await retrying(failing(1, 600_000), given);
    expect(await rejection(retrying(failing(1, 600_001), given))).to.equal(lost);
    expect(given.clock.pauses).to.deep.equal([600_000]);
  });

  it('throws any other error at once', async () => {
    const given = tools();
    const other = new BulkError({ name: 'RefusedByOrg', kind: 'refused', message: 'no' });
    let calls = 0;
    const found = await rejection(
      retrying(async () => {
        calls += 1;
        return Promise.reject(other);
      }, given)
    );
    expect(found).to.equal(other);
    expect(calls).to.equal(1);
  });

  it('stops waiting when it is told to', async () => {
    const given = tools();
    const reason = new Error('the user wants out');
    expect(await rejection(retrying(failing(100), { ...given, signal: AbortSignal.abort(reason) }))).to.equal(reason);
  });

  describe('Retry-After', () => {
    const now = Date.UTC(2026, 0, 1, 12);
    const cases: ReadonlyArray<[string | undefined, number | undefined]> = [
      ['7', 7000],
      ['0', 0],
      ['1.5', 1500],
      ['-3', 0],
      ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
      ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
      ['soon', undefined],
      ['', undefined],
      ['  ', undefined],
      [undefined, undefined]
    ];
    for (const [header, ms] of cases)
      it(`of ${JSON.stringify(header)} is ${ms} ms`, () => {
        expect(retryAfterMs(header, now)).to.equal(ms);
      });

    it('is never below nothing and never no number', () => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.double().map(String)), (header) => {
          const ms = retryAfterMs(header, now);
          expect(ms === undefined || ms >= 0).to.equal(true);
        })
      );
    });
  });

  it('knows a network error', () => {
    expect(isNetworkError(lost)).to.equal(true);
    expect(isNetworkError(new BulkError({ name: 'x', kind: 'ambiguous', message: '' }))).to.equal(false);
    expect(isNetworkError(new Error('network'))).to.equal(false);
  });
});
