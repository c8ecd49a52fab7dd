import { isDigit, type Misfit, type ValueCheck } from './valueCheck.js';

/** A zone or a time after the day is left to the org, as are days written with one digit (BULK_API §3: sources disagree on what it takes). */
export function dateCheck(): ValueCheck {
  return {
    fits: (bytes, start, end) => end - start === DAY_LENGTH && isPlainDay(bytes, start),
    misfit: (value) => {
      const rest = afterDay(value.trim());
      return rest !== undefined && /^(?:$|Z|[+-]\d|T)/i.test(rest) ? undefined : bad('is no date such as 2024-01-31');
    }
  };
}

/** A day alone, and a time without zone, are left to the org. */
export function datetimeCheck(): ValueCheck {
  return {
    fits: (bytes, start, end) => isPlainDay(bytes, start) && isPlainTime(bytes, start + DAY_LENGTH, end),
    misfit: (value) => {
      const rest = afterDay(value.trim());
      const isDateTime = rest !== undefined && (rest === '' || (rest.startsWith('T') && isTime(rest.slice(1))));
      return isDateTime ? undefined : bad('is no date and time such as 2024-01-31T12:00:00Z');
    }
  };
}

export function timeCheck(): ValueCheck {
  return {
    fits: () => false, // rare enough
    misfit: (value) => (isTime(value.trim()) ? undefined : bad('is no time such as 12:00:00'))
  };
}

function bad(reason: string): Misfit {
  return { code: 'BULKOPS_BAD_DATE', reason };
}

const DAY_LENGTH = 10;

/** What follows a day that the calendar has; undefined where the text does not begin with one. */
function afterDay(text: string): string | undefined {
  const [all, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/.exec(text) ?? [];
  if (all === undefined) return undefined;
  const isThere = Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month));
  return isThere ? text.slice(all.length) : undefined;
}

/** 0 for a month that there is not. */
function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** With or without seconds, fractions and zone. */
function isTime(text: string): boolean {
  const [all, hour, minute, second] =
    /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/i.exec(text) ?? [];
  return all !== undefined && Number(hour) <= 24 && Number(minute) <= 59 && Number(second ?? 0) <= 60;
}

/** yyyy-MM-dd with a day that every month has. */
function isPlainDay(bytes: Buffer, start: number): boolean {
  for (let at = start; at < start + 4; at += 1) if (!isDigit(bytes[at])) return false;
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  return bytes[start + 4] === DASH && bytes[start + 7] === DASH && month >= 1 && month <= 12 && day >= 1 && day <= 28;
}

/** THH:mm:ss, then a fraction or not, then Z. */
function isPlainTime(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 'THH:mm:ssZ'.length || bytes[start] !== LETTER_T || bytes[end - 1] !== LETTER_Z) return false;
  if (bytes[start + 3] !== COLON || bytes[start + 6] !== COLON) return false;
  if (!(twoDigits(bytes, start + 1) <= 23 && twoDigits(bytes, start + 4) <= 59 && twoDigits(bytes, start + 7) <= 59))
    return false;
  if (end - start > 'THH:mm:ssZ'.length && bytes[start + 9] !== POINT) return false;
  for (let position = start + 10; position < end - 1; position += 1) if (!isDigit(bytes[position])) return false;
  return true;
}

/** NaN where there are none. */
function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [bytes[at], bytes[at + 1]];
  return isDigit(tens) && isDigit(ones) ? ((tens ?? 0) - ZERO) * 10 + (ones ?? 0) - ZERO : NaN;
}

const DASH = 0x2d;
const COLON = 0x3a;
const POINT = 0x2e;
const ZERO = 0x30;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
