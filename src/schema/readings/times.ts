import { dayReader, exampleOf, ISO_FORMAT } from './dates.js';
import { type Reading } from './reading.js';
import { type TimeZone } from './timeZone.js';

/** `T14:30:00.000+01:00` and what databases and spreadsheets write for it: a blank for the T, no seconds, hours up to 12 with AM and PM, an offset of hours. */
const TIME =
  /^[ T]\s*(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?:\s*(?<half>[AP])\.?M\.?)?\s*(?<offset>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * Days and times. A time without an offset is one of the zone; where no zone was named, it is left as it is if it is written as the API has it, and can't be
 * read otherwise: nobody knows which moment it is.
 * @param format of the days
 */
export function timeReading(format = ISO_FORMAT, zone?: TimeZone): Reading {
  const dayOf = dayReader(format);
  return {
    example: zone ? `${exampleOf(format)} 14:30:00` : exampleOf(format),
    read: (value) => {
      const text = value.trim();
      const { day, rest } = dayOf(text) ?? { rest: '' };
      if (day === undefined) return undefined;
      if (rest === '') return zone ? zone.instant(`${day}T00:00:00`) : day;
      const time = timeOf(rest);
      if (!time) return undefined;
      if (time.offset !== '') return `${day}T${time.clock}${time.offset}`;
      if (zone) return zone.instant(`${day}T${time.clock}`);
      return text.startsWith(`${day}T`) ? text : undefined;
    }
  };
}

function timeOf(text: string): { readonly clock: string; readonly offset: string } | undefined {
  const { hour, minute = '', second = '00', fraction, half, offset = '' } = TIME.exec(text)?.groups ?? {};
  if (hour === undefined) return undefined;
  const hours = half === undefined ? Number(hour) : hoursOf(Number(hour), half.toUpperCase() === 'P');
  if (hours === undefined || hours > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const millis = fraction === undefined ? '' : `.${fraction.padEnd(3, '0').slice(0, 3)}`;
  return { clock: `${String(hours).padStart(2, '0')}:${minute}:${second}${millis}`, offset: plainOffset(offset) };
}

/** Noon is 12 PM, midnight 12 AM. */
function hoursOf(hour: number, isAfternoon: boolean): number | undefined {
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (isAfternoon ? 12 : 0);
}

function plainOffset(offset: string): string {
  if (offset === '') return '';
  if (/^[a-z]/i.test(offset)) return 'Z';
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return `${offset.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
