import { expect } from 'chai';
import fc from 'fast-check';
import { dateReading, isDateFormat, NUMBER_FORMATS, numberReading } from '../../src/schema/readings.js';

describe('schema/readings', () => {
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

  const DATES: ReadonlyArray<[format: string, read: Record<string, string | undefined>]> = [
    [
      'DD.MM.YYYY',
      {
        '31.12.2026': '2026-12-31',
        '1.2.2026': '2026-02-01',
        ' 01. 02. 2026 ': '2026-02-01',
        '31.12.2026 00:00:00': '2026-12-31',
        '31.12.2026 0:00': '2026-12-31',
        '2026-12-31': '2026-12-31',
        '2026-12-31T12:00:00Z': '2026-12-31T12:00:00Z',
        '31.12.2026 14:30': undefined,
        '31.12.26': undefined,
        '31/12/2026': undefined,
        '46387': undefined
      }
    ],
    ['MM/DD/YYYY', { '12/31/2026': '2026-12-31', '1/2/2026': '2026-01-02', '12-31-2026': undefined }],
    ['YYYY/MM/DD', { '2026/12/31': '2026-12-31', '2026-12-31 ': '2026-12-31' }],
    ['YYYY-DD-MM', { '2026-31-12': '2026-12-31', '2026-12-11': '2026-11-12' }]
  ];
  for (const [format, values] of DATES)
    it(`reads dates such as ${format}`, () => {
      for (const [value, read] of Object.entries(values)) expect(dateReading(format).read(value), value).to.equal(read);
      expect(dateReading(format).read(dateReading(format).example)).to.equal('2026-01-31');
    });

  it('knows what says how dates are written', () => {
    for (const format of ['DD.MM.YYYY', 'MM/DD/YYYY', 'YYYY-MM-DD', 'DD MM YYYY'])
      expect(isDateFormat(format), format).to.equal(true);
    for (const format of ['DD.MM.YY', 'DD.DD.YYYY', 'DD.MM', 'DD.MM/YYYY', 'dd.mm.yyyy', 'DDMMYYYY', 'xDD.MM.YYYY', ''])
      expect(isDateFormat(format), format).to.equal(false);
  });
});
