import { expect } from 'chai';
import { firstPauseMs, retryPauseMs } from '../../../src/load/send/retry.js';

describe('load/retry', () => {
  it('waits longer before each wave, between half of the pause and all of it', () => {
    expect([1, 2, 3, 4].map((attempt) => retryPauseMs(attempt, () => 1, 300))).to.deep.equal([300, 600, 1200, 2400]);
    expect([1, 2, 3, 4].map((attempt) => retryPauseMs(attempt, () => 0, 300))).to.deep.equal([150, 300, 600, 1200]);
    expect(retryPauseMs(30, () => 1)).to.equal(60_000);
  });

  const PACES = [
    ['where nothing is known of the org', undefined, 200],
    ['in an org that takes 20,000 rows a second', 0.05, 100],
    ['in an org that takes 4,000 rows a second', 0.25, 500],
    ['in an org that takes 100 rows a second', 10, 2000]
  ] as const;
  for (const [where, rowMs, pauseMs] of PACES)
    it(`waits ${pauseMs} ms at first ${where}`, () => {
      expect(firstPauseMs(rowMs)).to.equal(pauseMs);
    });
});
