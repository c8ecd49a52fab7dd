import { expect } from 'chai';
import { RateEstimator } from '../../src/report/rate.js';

/** An estimator that was told these pairs of seconds and work done. */
function told(...samples: ReadonlyArray<readonly [seconds: number, done: number]>): RateEstimator {
  const rate = new RateEstimator();
  for (const [seconds, done] of samples) rate.add(seconds * 1000, done);
  return rate;
}

describe('the rate of work', () => {
  it('is not told before five seconds have passed', () => {
    expect(told([0, 0], [4, 4000]).perSecond()).to.equal(undefined);
    expect(told([0, 0], [5, 4000]).perSecond()).to.equal(800);
  });

  it('is that of the last minute and a half', () => {
    const rate = told([0, 0], [60, 60_000], [120, 66_000], [180, 72_000], [240, 78_000]);
    expect(rate.perSecond()).to.equal(100);
    expect(rate.leftMs(90_000)).to.equal(120_000);
  });

  it('falls while nothing is done, and says since when', () => {
    const rate = told([0, 0], [10, 1000]);
    for (let second = 11; second <= 60; second += 1) rate.add(second * 1000, 1000);
    expect(rate.perSecond()).to.be.closeTo(1000 / 60, 0.01);
    expect(rate.stillMs(61_000)).to.equal(51_000);
  });

  it('gives no time that is left where nothing was done yet, or nothing is done any more', () => {
    expect(told([0, 0], [50, 0]).leftMs(100)).to.equal(undefined);
    expect(told([0, 50], [50, 50], [100, 50], [200, 50]).leftMs(100)).to.equal(undefined);
  });

  it('gives none of it when all is done', () => expect(told([0, 0], [10, 100]).leftMs(100)).to.equal(0));

  it('is right however often it is told', () => {
    const rate = new RateEstimator();
    for (let ms = 0; ms < 3_600_000; ms += 100) rate.add(ms, ms / 100);
    expect(rate.perSecond()).to.be.closeTo(10, 0.01);
  });
});
