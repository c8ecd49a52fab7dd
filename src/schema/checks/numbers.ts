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
    fits: (bytes, start, end) => {
      const point = pointOfPlain(bytes, start, end, isWhole);
      return point >= 0 && point - start <= most;
    },
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

/**
 * Where the point is in digits with at most one among them, and none in a whole number: their end where there is none, -1 where it is another text. A
 * sign makes the length before the point one larger, which only sends it the slow way.
 */
function pointOfPlain(bytes: Buffer, start: number, end: number, isWhole: boolean): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (first >= end || !isDigit(bytes[first])) return -1;
  let point = end;
  for (let position = first + 1; position < end; position += 1) {
    const byte = bytes[position];
    if (isDigit(byte)) continue;
    if (byte !== POINT || isWhole || point < end) return -1;
    point = position;
  }
  return point;
}

const MINUS = 0x2d;
const POINT = 0x2e;
