import { expect } from 'chai';
import fc from 'fast-check';
import { plainCell, readableCell } from '../../../src/cleanup/plan/readable.js';

describe('cells that people open in a spreadsheet', () => {
  for (const value of ['=1+1', '+1415', '-2', '@SUM(A1)', '\t=1', '\r=1', "'=1"])
    it(`begin no formula: ${JSON.stringify(value)}`, () => {
      expect(readableCell(value)).to.equal(`'${value}`);
    });

  for (const value of ['', "O'Neill", "'quoted'", 'a=b', '12'])
    it(`stay as they are: ${JSON.stringify(value)}`, () => {
      expect(readableCell(value)).to.equal(value);
    });

  it('come back as they were', () => {
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom("'", '=', '+', '-', '@', '\t', 'a')).map((all) => all.join(''))
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(plainCell(readableCell(value))).to.equal(value);
        expect(readableCell(value)).not.to.match(/^[=+\-@\t\r]/);
      })
    );
  });
});
