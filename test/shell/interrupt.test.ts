import { expect } from 'chai';
import { onInterrupt } from '../../src/shell/interrupt.js';

const SIGNAL = 'SIGINT';

describe('shell/interrupt', () => {
  let before: NodeJS.SignalsListener[];

  beforeEach(() => {
    before = process.listeners(SIGNAL);
  });
  afterEach(() => {
    for (const signal of [SIGNAL, 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal);
    for (const listener of before) process.on(SIGNAL, listener);
  });

  it('asks to stop at the first signal, and nobody else hears of it', () => {
    let others = 0;
    let asked = 0;
    process.on(SIGNAL, () => (others += 1));
    const signal = onInterrupt(() => (asked += 1));
    expect(signal.aborted).to.equal(false);
    process.emit(SIGNAL);
    expect({ asked, others, isAborted: signal.aborted }).to.deep.equal({ asked: 1, others: 0, isAborted: true });
  });

  it('does not wait for the logger of sf at the end, which would take up to a second', () => {
    const others = process.listeners('exit');
    function onExit(): void {}
    function other(): void {}
    process.on('exit', onExit);
    process.on('exit', other);
    try {
      onInterrupt(() => undefined);
      expect(process.listeners('exit')).to.include.members([onExit, other]);
      process.emit(SIGNAL);
      expect(process.listeners('exit')).to.include(other).and.not.include(onExit);
    } finally {
      process.removeAllListeners('exit');
      for (const listener of others) process.on('exit', listener);
    }
  });

  it('leaves no moment without a listener, in which a signal would be lost', () => {
    process.on(SIGNAL, () => undefined);
    let fewest = Infinity;
    const watch = (event: string | symbol): void => {
      if (event === SIGNAL) fewest = Math.min(fewest, process.listenerCount(SIGNAL));
    };
    process.on('removeListener', watch);
    onInterrupt(() => undefined);
    process.removeListener('removeListener', watch);
    expect(fewest).to.equal(1);
  });
});
