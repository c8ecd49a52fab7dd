import { type FieldDescribe } from '../describe.js';
import { isDigit, standsAt, type ValueCheck } from './valueCheck.js';

export function booleanCheck(): ValueCheck {
  return {
    fits: (bytes, start, end) => BOOLEANS.some((one) => one.length === end - start && standsAt(bytes, start, one)),
    misfit: (value) =>
      /^\s*(?:true|false|1|0)\s*$/i.test(value)
        ? undefined
        : { code: 'BULKOPS_BAD_BOOLEAN', reason: 'is none of true, false, 1 and 0' }
  };
}

const BOOLEANS = ['true', 'false', '1', '0'].map((text) => Buffer.from(text));

export function intCheck({ digits }: FieldDescribe): ValueCheck {
  return numberCheck(digits, true);
}

export function longCheck(): ValueCheck {
  return numberCheck(0, true);
}

/** More decimals than the field has are rounded by the org. */
export function decimalCheck({ precision, scale }: FieldDescribe): ValueCheck {
  return numberCheck(precision > 0 ? precision - scale : 0, false);
}

/** @param digits the most before the point; 0 for no limit */
function numberCheck(digits: number, isWhole: boolean): ValueCheck {
  const most = digits > 0 ? digits : Infinity;
  return {
    fits: (bytes, start, end) =>
      isPlainNumber(bytes, start, end, isWhole) && pointOf(bytes, start, end) - start <= most,
    misfit: (value) => {
      const text = value.trim();
      const number = NUMBER.test(text) ? Number(text) : NaN;
      if (Number.isNaN(number) || (isWhole && !Number.isInteger(number)))
        return { code: 'BULKOPS_BAD_NUMBER', reason: `is no ${isWhole ? 'whole ' : ''}number${hint(text, isWhole)}` };
      return Math.abs(number) >= 10 ** most
        ? { code: 'BULKOPS_NUMBER_TOO_LARGE', reason: `is too large: the field takes ${most} digits before the point` }
        : undefined;
    }
  };
}

/** What people write that the service does not take: other points, separators, currencies, percents. */
function hint(text: string, isWhole: boolean): string {
  const isNearlyOne = /\d/.test(text) && /^[\d\s.,'’_+\-()%\p{Sc}]+$/u.test(text) && !NUMBER.test(text);
  if (!isNearlyOne) return '';
  return ` such as ${isWhole ? '1234' : '1234.56'}, with ${isWhole ? 'digits alone' : 'a decimal point and digits alone'}`;
}

/** No thousands separator, no currency, no hexadecimal (BULK_API §3). */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Digits, with one point among them unless it is whole; a sign makes the length before the point one larger, which only sends it the slow way. */
function isPlainNumber(bytes: Buffer, start: number, end: number, isWhole: boolean): boolean {
  let hasPoint = isWhole;
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (first >= end || !isDigit(bytes[first])) return false;
  for (let position = first + 1; position < end; position += 1) {
    const byte = bytes[position];
    if (isDigit(byte)) continue;
    if (byte !== POINT || hasPoint) return false;
    hasPoint = true;
  }
  return true;
}

function pointOf(bytes: Buffer, start: number, end: number): number {
  for (let position = start; position < end; position += 1) if (bytes[position] === POINT) return position;
  return end;
}

const MINUS = 0x2d;
const POINT = 0x2e;
