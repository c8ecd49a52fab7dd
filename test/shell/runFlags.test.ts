import { expect } from 'chai';
import { runFlags } from '../../src/shell/runFlags.js';

describe('shell/runFlags', () => {
  it('has no flag that takes values with commas between them: sf would warn of every comma, those of a query too', () => {
    const delimiters = Object.values(runFlags).map((flag) => ('delimiter' in flag ? flag.delimiter : undefined));
    expect(delimiters).to.deep.equal(delimiters.map(() => undefined));
  });
});
