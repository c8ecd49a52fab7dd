import { type FieldDescribe } from '../describe.js';
import { type Misfit, type ValueCheck } from './valueCheck.js';

/** Characters are never more than bytes, so nearly every value is cleared by its bytes. */
export function textCheck({ length }: FieldDescribe): ValueCheck {
  const most = length > 0 ? length : Infinity;
  return {
    fits: (_bytes, start, end) => end - start <= most,
    mostBytes: most,
    misfit: (value) => tooLong(value, most)
  };
}

export function emailCheck({ length }: FieldDescribe): ValueCheck {
  const most = length > 0 ? length : Infinity;
  return {
    fits: (bytes, start, end) => end - start <= most && isPlainEmail(bytes, start, end),
    misfit: (value) => {
      // A local part in quotes may hold nearly anything, a second at sign too.
      if (!EMAIL.test(value.trim()) && !value.includes('"'))
        return { code: 'BULKOPS_BAD_EMAIL', reason: 'is no e-mail address' };
      return tooLong(value, most);
    }
  };
}

/** The org trims text, and may count a row end as one character: both are given the benefit of the doubt. */
function tooLong(value: string, most: number): Misfit | undefined {
  if (value.length <= most) return undefined;
  const characters = [...value.trim().replaceAll('\r\n', '\n')].length;
  return characters > most
    ? { code: 'BULKOPS_VALUE_TOO_LONG', reason: `has ${characters} characters, and the field takes ${most}` }
    : undefined;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;

/** Printable ASCII with one at sign, text before it, and behind it a point with text on both sides. */
function isPlainEmail(bytes: Buffer, start: number, end: number): boolean {
  let at = -1;
  let point = -1;
  for (let position = start; position < end; position += 1) {
    const byte = bytes[position] ?? 0;
    if (byte === AT_SIGN) {
      if (at >= 0) return false;
      at = position;
    } else if (byte === POINT) point = position;
    else if (byte <= 0x20 || byte > 0x7e) return false;
  }
  return at > start && point > at + 1 && point < end - 1;
}

const AT_SIGN = 0x40;
const POINT = 0x2e;
