import { expect } from 'chai';
import { msPerRow } from '../../../src/load/send/pace.js';
import { type LoadState, NOTHING_YET, type PartState } from '../../../src/load/state.js';

describe('load/pace', () => {
  const size = { rows: 100, bytes: 1000, attempt: 0, from: [] };
  const fates = { succeeded: 100, failed: 0, unaccounted: 0, toRetry: 0, created: 100 };
  const settled = (processed: number, processingMs: number): PartState => ({
    ...size,
    at: 'settled',
    job: { state: 'JobComplete', processed, failed: 0, processingMs },
    fates,
    retriesPlanned: false
  });
  const stateOf = (...parts: PartState[]): LoadState => ({ ...NOTHING_YET, parts: new Map(parts.entries()) });

  it('is that of the quickest settled job', () => {
    expect(msPerRow(stateOf(settled(100, 300), settled(100, 200), { ...size, at: 'cut' }))).to.equal(2);
  });

  it('is not known before a job has processed rows', () => {
    expect(msPerRow(NOTHING_YET)).to.equal(undefined);
    expect(msPerRow(stateOf(settled(0, 300), settled(100, 0)))).to.equal(undefined);
  });
});
