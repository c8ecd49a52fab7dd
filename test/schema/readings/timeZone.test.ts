import { expect } from 'chai';
import fc from 'fast-check';
import { isTimeZone, TimeZone } from '../../../src/schema/readings/timeZone.js';

describe('schema/readings/timeZone', () => {
  const cases: ReadonlyArray<[zone: string, clock: string, instant: string | undefined]> = [
    ['UTC', '2026-01-31T14:30:00', '2026-01-31T14:30:00.000Z'],
    ['America/New_York', '2026-01-31T14:30:00.5', '2026-01-31T19:30:00.500Z'],
    ['Asia/Kolkata', '2026-01-31T00:00:00', '2026-01-30T18:30:00.000Z'],
    ['Asia/Kathmandu', '2026-01-31T00:00:00', '2026-01-30T18:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-01-31T00:00:00', '2026-01-30T10:00:00.000Z'],
    // Put forward, the last moment before and the first after; an hour that there is not.
    ['Europe/Berlin', '2026-03-29T01:59:59', '2026-03-29T00:59:59.000Z'],
    ['Europe/Berlin', '2026-03-29T02:00:00', undefined],
    ['Europe/Berlin', '2026-03-29T02:59:59', undefined],
    ['Europe/Berlin', '2026-03-29T03:00:00', '2026-03-29T01:00:00.000Z'],
    // Put back: an hour that there is twice.
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25T03:00:00', '2026-10-25T02:00:00.000Z'],
    // By half an hour.
    ['Australia/Lord_Howe', '2026-10-04T02:15:00', undefined],
    ['Australia/Lord_Howe', '2026-10-04T02:30:00', '2026-10-03T15:30:00.000Z'],
    ['UTC', '2026-02-30T00:00:00', undefined],
    ['UTC', 'never', undefined]
  ];
  for (const [zone, clock, instant] of cases)
    it(`${instant === undefined ? 'knows that there is no' : 'finds the moment of'} ${clock} in ${zone}`, () => {
      const there = new TimeZone(zone);
      expect(there.instant(clock)).to.equal(instant);
      expect(there.instant(clock), 'asked again').to.equal(instant);
    });

  it('finds a moment at which the clocks show what was asked', () => {
    const zones = ['Europe/Berlin', 'America/Sao_Paulo', 'Asia/Tehran', 'Africa/Casablanca'].map((name) => ({
      zone: new TimeZone(name),
      clocks: new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' })
    }));
    const moment = fc.date({ min: new Date('1980-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (at, { zone, clocks }) => {
        const shown = clocks.format(at).replace(' ', 'T');
        const found = zone.instant(shown);
        expect(found).to.not.equal(undefined);
        expect(clocks.format(new Date(found ?? NaN)).replace(' ', 'T')).to.equal(shown);
      }),
      { numRuns: 500 }
    );
  });

  it('knows the names of zones', () => {
    for (const name of ['UTC', 'Europe/Berlin', 'america/new_york']) expect(isTimeZone(name), name).to.equal(true);
    for (const name of ['', 'Berlin', 'Europe/Nowhere', 'UTC+25']) expect(isTimeZone(name), name).to.equal(false);
  });
});
