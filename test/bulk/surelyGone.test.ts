import { expect } from 'chai';
import { BulkError } from '../../src/bulk/bulkError.js';
import { surelyGone } from '../../src/bulk/surelyGone.js';
import { rejection } from '../rejection.js';
import { TestClock } from '../testClock.js';

const NOT_FOUND = new BulkError({ name: 'NotFound', kind: 'gone', message: 'NOT_FOUND' });

describe('bulk/surelyGone', () => {
  /** Throws these, one after another, and then gives what was asked for. */
  function answers(...errors: Error[]): { readonly ask: () => Promise<string>; asked: number } {
    const org = {
      asked: 0,
      ask: (): Promise<string> => {
        org.asked += 1;
        const error = errors.shift();
        return error ? Promise.reject(error) : Promise.resolve('here');
      }
    };
    return org;
  }

  it('does not believe one "not found" of what has been there', async () => {
    expect(await surelyGone(answers(NOT_FOUND, NOT_FOUND).ask, { clock: new TestClock() })).to.equal('here');
  });

  it('believes the third one, some seconds later', async () => {
    const clock = new TestClock();
    const startMs = clock.now();
    const org = answers(NOT_FOUND, NOT_FOUND, NOT_FOUND);
    expect(await rejection(surelyGone(org.ask, { clock }))).to.equal(NOT_FOUND);
    expect(org.asked).to.equal(3);
    expect(clock.now() - startMs).to.be.within(3000, 10_000);
  });

  it('asks no more than once where the answer is another one', async () => {
    const refused = new BulkError({ name: 'RefusedByOrg', kind: 'refused', message: 'no' });
    const org = answers(refused);
    expect(await rejection(surelyGone(org.ask, { clock: new TestClock() }))).to.equal(refused);
    expect(org.asked).to.equal(1);
  });

  it('ends at an interrupt', async () => {
    const interrupt = new Error('interrupted');
    const waiting = { clock: new TestClock(), signal: AbortSignal.abort(interrupt) };
    expect(await rejection(surelyGone(answers(NOT_FOUND).ask, waiting))).to.equal(interrupt);
  });
});
