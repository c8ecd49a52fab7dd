import { expect } from 'chai';
import { pauseAfter } from '../../../src/export/pages/followQuery.js';

/** When a query that never ends is looked at, in milliseconds from its beginning. */
function looksUntil(endMs: number): number[] {
  const looks: number[] = [];
  for (let atMs = pauseAfter(0); atMs <= endMs; atMs += pauseAfter(atMs)) looks.push(atMs);
  return looks;
}

describe('export/followQuery', () => {
  it('notices the end of a query at most a fifteenth of its time too late, whenever that is', () => {
    const looks = looksUntil(30 * 60_000);
    for (const [index, atMs] of looks.entries()) {
      const before = looks[index - 1] ?? 0;
      expect(atMs - before).to.be.at.most(Math.max(before / 15, 250));
    }
  });

  it('costs about 60 calls in a minute and 200 in an hour', () => {
    expect(looksUntil(60_000)).to.have.length.within(50, 65);
    expect(looksUntil(60 * 60_000)).to.have.length.within(170, 205);
  });
});
