import { type Reading } from './reading.js';

const FORMAT = /^(?=.*YYYY)(?=.*MM)(?=.*DD)(YYYY|MM|DD)([-./ ])(YYYY|MM|DD)\2(YYYY|MM|DD)$/;

/** How the API writes days. */
export const ISO_FORMAT = 'YYYY-MM-DD';

/** Whether a text says how dates are written: `DD.MM.YYYY`, `MM/DD/YYYY`. */
export function isDateFormat(text: string): boolean {
  return FORMAT.test(text);
}

/** A day at the beginning of a text, as the API has it, and what follows. */
export type DayRead = { readonly day: string; readonly rest: string };

/**
 * Reads days in a format, also with one digit where there may be two. A day as the API has it is one in any format but the one that it could be mistaken
 * for. Whether the calendar has it is not looked at.
 */
export function dayReader(format: string): (text: string) => DayRead | undefined {
  const [, first = '', separator = '', second = '', third = ''] = FORMAT.exec(format) ?? [];
  const digits = (part: string): string => `(?<${part}>\\d{${part === 'YYYY' ? 4 : '1,2'}})`;
  const between = separator === '.' ? '\\.\\s?' : `\\${separator}`;
  const shape = new RegExp(`^${digits(first)}${between}${digits(second)}${between}${digits(third)}(?!\\d)`);
  return (text) => {
    const found = shape.exec(text);
    const { YYYY = '', MM = '', DD = '' } = found?.groups ?? {};
    if (found)
      return { day: `${YYYY}-${MM.padStart(2, '0')}-${DD.padStart(2, '0')}`, rest: text.slice(found[0].length) };
    const [iso] = (format === 'YYYY-DD-MM' ? undefined : ISO.exec(text)) ?? [];
    return iso === undefined ? undefined : { day: iso, rest: text.slice(iso.length) };
  };
}

const ISO = /^\d{4}-\d\d-\d\d(?!\d)/;

/** Days alone; a midnight behind one, which databases and spreadsheets add, is passed over. */
export function dateReading(format: string): Reading {
  const dayOf = dayReader(format);
  return {
    example: exampleOf(format),
    read: (value) => {
      const { day, rest } = dayOf(value.trim()) ?? { rest: '' };
      return MIDNIGHT.test(rest) ? day : undefined;
    }
  };
}

const MIDNIGHT = /^(?:[ T]0?0:00(?::00(?:\.0+)?)?)?$/;

export function exampleOf(format: string): string {
  return format.replace('YYYY', '2026').replace('MM', '01').replace('DD', '31');
}
