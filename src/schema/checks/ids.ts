import { type FieldDescribe } from '../describe.js';
import { type CheckOptions, standsAt, type ValueCheck } from './valueCheck.js';

/**
 * 15 letters and digits, or 18 the last three of which belong to the others, that begin with the prefix of an object that the field may name. The prefixes are left to the org where one of
 * them is not known. Whether there is such a record only the org knows.
 */
export function idCheck({ referenceTo }: FieldDescribe, { keyPrefixes }: CheckOptions): ValueCheck {
  const found = referenceTo.map((object) => keyPrefixes.get(object));
  const prefixes = found.filter((prefix) => prefix !== undefined);
  const allowed = found.length > prefixes.length ? [] : prefixes.map((prefix) => Buffer.from(prefix));
  const objects = referenceTo.join(' or ');
  return {
    fits: (bytes, start, end) => {
      const length = end - start;
      if ((length !== 15 && length !== 18) || !isLettersAndDigits(bytes, start, end)) return false;
      if (length === 18 && !hasItsCheck(bytes, start)) return false;
      return allowed.length === 0 || allowed.some((prefix) => standsAt(bytes, start, prefix));
    },
    misfit: (value) => {
      const id = value.trim();
      if (!/^(?:[a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})$/.test(id))
        return { code: 'BULKOPS_BAD_ID', reason: 'is no Id: it has not 15 or 18 letters and digits' };
      if (id.length === 18 && !hasItsCheck(Buffer.from(id), 0))
        return {
          code: 'BULKOPS_BAD_ID',
          reason:
            'is no Id: its last three characters do not belong to the others, as where letters have lost their case'
        };
      const hasPrefix =
        allowed.length === 0 || id.startsWith('000') || prefixes.some((prefix) => id.startsWith(prefix));
      return hasPrefix
        ? undefined
        : { code: 'BULKOPS_BAD_ID', reason: `is no Id of ${objects}, which begins with ${prefixes.join(' or ')}` };
    }
  };
}

/** Whether the last three of 18 characters say which of the others are capitals, five to each. Ids are case-sensitive also with them. */
function hasItsCheck(bytes: Buffer, start: number): boolean {
  for (let block = 0; block < 3; block += 1) {
    let capitals = 0;
    for (let at = 0; at < 5; at += 1) {
      const byte = bytes[start + block * 5 + at] ?? 0;
      if (byte >= 0x41 && byte <= 0x5a) capitals |= 1 << at;
    }
    if (bytes[start + 15 + block] !== CHECKS[capitals]) return false;
  }
  return true;
}

const CHECKS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345');

function isLettersAndDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let position = start; position < end; position += 1) {
    const byte = bytes[position] ?? 0;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    const lower = byte | 0x20;
    if (!isDigit && !(lower >= 0x61 && lower <= 0x7a)) return false;
  }
  return true;
}
