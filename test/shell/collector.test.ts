import { expect } from 'chai';
import { suitCollector } from '../../src/shell/collector.js';

const MB = 1024 * 1024;

/** In objects that nobody holds when it returns. */
function fillHeap(bytes: number): number {
  const objects = Array.from({ length: bytes / 32 }, (_, at) => ({ at }));
  const { heapTotal } = process.memoryUsage();
  return objects.length > 0 ? heapTotal : 0;
}

describe('shell/collector', () => {
  it('gives back the memory that nothing holds any more', () => {
    const filled = fillHeap(64 * MB);
    suitCollector();
    expect(process.memoryUsage().heapTotal).to.be.below(filled - 32 * MB);
  });
});
