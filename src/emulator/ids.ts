const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const PREFIX_LENGTH = 3;
const SHORT_LENGTH = 15;

/** The 18-character Id of an object's n-th record; n from 1. */
export function recordId(keyPrefix: string, n: number): string {
  let rest = n;
  let digits = '';
  while (rest > 0) {
    digits = DIGITS.charAt(rest % DIGITS.length) + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return withCheck(keyPrefix + digits.padStart(SHORT_LENGTH - PREFIX_LENGTH, '0'));
}

/** Which record an Id of 15 or 18 characters is of; undefined for what is no Id, or one of other objects. */
export function recordNumber(keyPrefix: string, id: string): number | undefined {
  if (!isId(id) || !id.startsWith(keyPrefix)) return undefined;
  let n = 0;
  for (const digit of id.slice(PREFIX_LENGTH, SHORT_LENGTH)) n = n * DIGITS.length + DIGITS.indexOf(digit);
  return n;
}

/** Whether the text has the form of an Id, the check characters of a long one included. */
export function isId(id: string): boolean {
  if (!/^[0-9A-Za-z]+$/.test(id)) return false;
  return id.length === SHORT_LENGTH || (id.length === SHORT_LENGTH + 3 && withCheck(id.slice(0, SHORT_LENGTH)) === id);
}

/** Three characters that say which of the fifteen are capitals, five to each. */
function withCheck(short: string): string {
  let check = '';
  for (let block = 0; block < SHORT_LENGTH; block += 5) {
    let bits = 0;
    for (let at = 0; at < 5; at += 1) {
      const character = short.charAt(block + at);
      if (character >= 'A' && character <= 'Z') bits |= 1 << at;
    }
    check += CHECK.charAt(bits);
  }
  return short + check;
}
