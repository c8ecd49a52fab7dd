import { expect } from 'chai';
import { PointOrComma } from '../../../src/load/prepare/pointOrComma.js';

describe('load/pointOrComma', () => {
  const isOpen = (value: string): boolean => {
    const bytes = Buffer.from(`;${value};`);
    return PointOrComma.isOpen(bytes, 1, bytes.length - 1);
  };

  it('knows numbers whose point may part thousands', () => {
    for (const value of ['1.234', '12.345', '123.456', '-1.234', '1.000']) expect(isOpen(value), value).to.equal(true);
    for (const value of ['1.23', '1.2345', '1234.567', '0.123', '.123', '-.123', 'a.123', '1.12a', '1', '', '1.2.345'])
      expect(isOpen(value), value).to.equal(false);
  });

  function watched(refused: readonly string[], points: readonly string[]): string | undefined {
    const watching = new PointOrComma();
    for (const [at, value] of points.entries())
      if (watching.point()) watching.stands({ row: at + 1, column: 'Sum', value });
    for (const value of refused) watching.refused(value);
    return watching.warning();
  }

  it('warns where other numbers of the column have a decimal comma', () => {
    expect(watched(['1.234,50', '1,5', 'n/a'], ['1.234', '2.000'])).to.match(
      /^Column Sum has numbers with a decimal comma, .* \(2\), .* \(2, the first in row 1, "1.234"\).*1000/
    );
    expect(watched([" 1'234,50 €"], ['1.234'])).to.contain('Column Sum');
    for (const value of ['1\u00a0234,5', '1.234,567', '+0,5', '1,2345'])
      expect(watched([value], ['1.234']), value).to.contain('Column Sum');
  });

  it('has nothing to say of a column that writes its numbers in one way', () => {
    expect(watched([], ['1.234'])).to.equal(undefined);
    expect(watched(['1,5'], [])).to.equal(undefined);
    expect(watched(['n/a', '1,234.50', '1,234', '5 %', '1,2,3'], ['1.234'])).to.equal(undefined);
  });
});
