import { expect } from 'chai';
import fc from 'fast-check';
import { NUMBER_FORMATS, numberReading } from '../../../src/schema/readings/numbers.js';

describe('schema/readings/numbers', () => {
  const NUMBERS: ReadonlyArray<[format: (typeof NUMBER_FORMATS)[number], read: Record<string, string | undefined>]> = [
    [
      '1.234,56',
      {
        '1.234,50': '1234.50',
        '1234,5': '1234.5',
        '1.234': '1234',
        '-1.234.567,8': '-1234567.8',
        '+7': '7',
        ' 5 € ': '5',
        '-€ 5,00': '-5.00',
        '0': '0',
        '1.5': undefined,
        '1.23,5': undefined,
        '1,234.5': undefined,
        '1234.567,8': undefined,
        '1.234,': undefined,
        ',5': undefined,
        '12 %': undefined,
        '1,2E+11': undefined,
        'n/a': undefined
      }
    ],
    ['1 234,56', { '1 234,5': '1234.5', '1\u00a0234\u202f567': '1234567', '1.234': undefined, '1 23': undefined }],
    ["1'234.56", { "1'234.5": '1234.5', '1’234.50': '1234.50', '1,5': undefined, '5.5': '5.5' }],
    ['1,234.56', { '1,234.5': '1234.5', '$1,234.50': '1234.50', '1,5': undefined, '1,234': '1234', '1.234': '1.234' }]
  ];
  for (const [format, values] of NUMBERS)
    it(`reads numbers such as ${format}, and no others`, () => {
      for (const [value, read] of Object.entries(values))
        expect(numberReading(format).read(value), value).to.equal(read);
    });

  it('gives every number back that was written in any of its formats', () => {
    const format = fc.constantFrom(...NUMBER_FORMATS);
    fc.assert(
      fc.property(format, fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 99 }), (as, whole, cents) => {
        const decimals = String(cents).padStart(2, '0');
        const [thousands, decimal] = [as.charAt(1), as.charAt(5)];
        const sign = whole < 0 ? '-' : '';
        const digits = String(Math.abs(whole));
        const grouped = digits.replace(/\B(?=(?:\d{3})+$)/g, thousands);
        for (const written of [`${sign}${grouped}${decimal}${decimals}`, `${sign}${digits}${decimal}${decimals}`])
          expect(numberReading(as).read(written)).to.equal(`${sign}${digits}.${decimals}`);
        expect(numberReading(as).read(numberReading(as).example)).to.equal('1234.56');
      })
    );
  });
});
