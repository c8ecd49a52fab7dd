import { expect } from 'chai';
import { dateReading, isDateFormat } from '../../../src/schema/readings/dates.js';

describe('schema/readings/dates', () => {
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
        '2026-12-31 00:00:00.0': '2026-12-31',
        '2026-12-31T12:00:00Z': undefined,
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
