import { expect } from 'chai';
import { timeReading } from '../../../src/schema/readings/times.js';
import { TimeZone } from '../../../src/schema/readings/timeZone.js';

describe('schema/readings/times', () => {
  const BERLIN = new TimeZone('Europe/Berlin');
  const UTC = new TimeZone('UTC');
  const cases: ReadonlyArray<
    [what: string, format: string | undefined, zone: TimeZone | undefined, read: Record<string, string | undefined>]
  > = [
    [
      'what databases write, with the zone of times that name none',
      undefined,
      BERLIN,
      {
        '2026-12-31 14:30:00': '2026-12-31T13:30:00.000Z',
        '2026-07-01 14:30': '2026-07-01T12:30:00.000Z',
        '2026-12-31T14:30:00.123456': '2026-12-31T13:30:00.123Z',
        '2026-12-31 14:30:00,5': '2026-12-31T13:30:00.500Z',
        '2026-12-31 14:30:00+00': '2026-12-31T14:30:00+00:00',
        '2026-12-31 14:30:00.000 -0530': '2026-12-31T14:30:00.000-05:30',
        '2026-12-31 14:30:00 UTC': '2026-12-31T14:30:00Z',
        '2026-12-31T14:30:00Z': '2026-12-31T14:30:00Z',
        '2026-12-31': '2026-12-30T23:00:00.000Z',
        '2026-03-29 02:30:00': undefined,
        '2026-02-30 10:00:00': undefined,
        '2026-12-31 24:00:00': undefined,
        '2026-12-31 14:60:00': undefined,
        '2026-12-31 14h30': undefined,
        '31.12.2026 14:30': undefined,
        '14:30:00': undefined
      }
    ],
    [
      'the hours of two halves of a day',
      'MM/DD/YYYY',
      UTC,
      {
        '12/31/2026 2:30 PM': '2026-12-31T14:30:00.000Z',
        '12/31/2026 12:05:09 AM': '2026-12-31T00:05:09.000Z',
        '12/31/2026 12:00 p.m.': '2026-12-31T12:00:00.000Z',
        '12/31/2026 13:00 PM': undefined,
        '12/31/2026 0:10 AM': undefined,
        '2026-12-31 10:00': '2026-12-31T10:00:00.000Z',
        '31/12/2026 10:00': undefined
      }
    ],
    [
      'days alone, and what the API reads by itself, where no zone was named',
      'DD.MM.YYYY',
      undefined,
      {
        '31.12.2026': '2026-12-31',
        '31.12.2026 14:30': undefined,
        '31.12.2026 14:30+01:00': '2026-12-31T14:30:00+01:00',
        '2026-12-31T14:30:00Z': '2026-12-31T14:30:00Z',
        '2026-12-31T14:30:00': '2026-12-31T14:30:00'
      }
    ]
  ];
  for (const [what, format, zone, values] of cases)
    it(`reads ${what}`, () => {
      const { read } = timeReading(format, zone);
      for (const [value, wanted] of Object.entries(values)) expect(read(value), value).to.equal(wanted);
    });

  it('has an example that it reads itself', () => {
    for (const [format, zone] of [
      [undefined, UTC],
      ['DD.MM.YYYY', BERLIN],
      ['MM/DD/YYYY', undefined]
    ] as const) {
      const reading = timeReading(format, zone);
      expect(reading.read(reading.example), reading.example).to.match(/^2026-01-31/);
    }
  });
});
