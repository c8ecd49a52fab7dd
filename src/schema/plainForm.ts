/** Bytes that grow. */
export type Written = { readonly bytes: Uint8Array; length: number };

/**
 * Adds the canonical form (`canonicalForm`) of a value from its bytes, unquoted, where these are plain enough: neither blanks at an end nor doubled
 * quotes, carriage returns or another notation of the same value. Values mostly are, and making a string of each costs more than all that is done with it.
 * @param into has room for the value and `MOST_ADDED` bytes more
 * @returns false where the form must be made from the value's text; nothing is added then
 */
export type PlainForm = (bytes: Uint8Array, start: number, end: number, into: Written) => boolean;

/** How much longer than its value a form may be: `1E20` has 21 digits. */
export const MOST_ADDED = 32;

/** As `canonicalForm`, and in lower case for what is not case-sensitive. Undefined where the bytes of a value never tell. */
export function plainForm(type: string, isCaseSensitive: boolean): PlainForm | undefined {
  if (NUMBERS.has(type)) return plainNumber;
  const text = isCaseSensitive ? plainText : plainLowerCase;
  switch (type) {
    case 'id':
    case 'reference':
      return (bytes, start, end, into) => {
        const isPlain = text(bytes, start, end, into);
        if (isPlain && end - start === LONG_ID) into.length -= LONG_ID - SHORT_ID;
        return isPlain;
      };
    case 'date':
      return (bytes, start, end, into) => end - start <= DAY_LENGTH && text(bytes, start, end, into);
    case 'boolean':
      return plainBoolean;
    case 'datetime':
      return undefined;
    case 'unknown':
      // Before the letters there are the digits and signs of numbers, and the mark of null.
      return (bytes, start, end, into) =>
        (bytes[start] ?? 0) < FIRST_CAPITAL ? plainNumber(bytes, start, end, into) : text(bytes, start, end, into);
    default:
      return text;
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'long', 'double', 'currency', 'percent']);
const DAY_LENGTH = 'yyyy-MM-dd'.length;
/** The last three characters of a long one are a check over the others. */
const LONG_ID = 18;
const SHORT_ID = 15;

const plainText: PlainForm = (bytes, start, end, into) => {
  if (start === end) return true;
  if (!hasPlainEnds(bytes, start, end)) return false;
  const { bytes: to, length } = into;
  for (let from = start; from < end; from += 1) {
    const byte = bytes[from] ?? 0;
    if (byte === QUOTE || byte === CR) return false;
    to[length + from - start] = byte;
  }
  into.length += end - start;
  return true;
};

/** Of ASCII alone: other letters have cases too. */
const plainLowerCase: PlainForm = (bytes, start, end, into) => {
  if (start === end) return true;
  if (!hasPlainEnds(bytes, start, end)) return false;
  const { bytes: to, length } = into;
  for (let from = start; from < end; from += 1) {
    const byte = bytes[from] ?? 0;
    if (byte === QUOTE || byte === CR || byte > LAST_PRINTABLE) return false;
    to[length + from - start] = byte >= FIRST_CAPITAL && byte <= LAST_CAPITAL ? byte | LOWER_CASE : byte;
  }
  into.length += end - start;
  return true;
};

/** Whether trimming takes nothing away, and nothing is not what it says. */
function hasPlainEnds(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] ?? 0;
  const last = bytes[end - 1] ?? 0;
  return first > BLANK && first <= LAST_PRINTABLE && last > BLANK && last <= LAST_PRINTABLE && first !== HASH;
}

const plainBoolean: PlainForm = (bytes, start, end, into) => {
  const word =
    end - start === 1 ? (bytes[start] === ONE ? TRUE : bytes[start] === ZERO ? FALSE : undefined) : undefined;
  return word ? plainText(word, 0, word.length, into) : plainLowerCase(bytes, start, end, into);
};

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

/**
 * A decimal number with or without exponent as ECMAScript writes it (Number::toString): up to 15 digits a double keeps them all, so that it need not be
 * made. No number with leading zeros, which may be a code.
 */
// One pass over few bytes: taken apart it would hand a handful of places around.
// eslint-disable-next-line complexity
const plainNumber: PlainForm = (bytes, start, end, into) => {
  if (start === end) return true;
  const sign = bytes[start];
  const whole = sign === MINUS || sign === PLUS ? start + 1 : start;
  const point = endOfDigits(bytes, whole, end);
  if (point === whole || (bytes[whole] === ZERO && point > whole + 1)) return false;
  const pointBytes = point < end && bytes[point] === POINT ? 1 : 0;
  const mantissaEnd = endOfDigits(bytes, point + pointBytes, end);
  const exponent = exponentOf(bytes, mantissaEnd, end);
  if (exponent === undefined) return false;
  let first = 0;
  let last = mantissaEnd - whole - pointBytes;
  while (first < last && digitAt(bytes, whole + first, point) === ZERO) first += 1;
  while (last > first && digitAt(bytes, whole + last - 1, point) === ZERO) last -= 1;
  /** Digits before the point; for `0.05` there is one less than none. */
  const before = first === last ? 1 : point - whole - first + exponent;
  if (last - first > MOST_DIGITS || before > MOST_BEFORE || before <= -MOST_ZEROS_AFTER) return false;
  const { bytes: to } = into;
  let at = into.length;
  if (sign === MINUS && first < last) to[at++] = MINUS;
  if (before <= 0) {
    to[at++] = ZERO;
    to[at++] = POINT;
    for (let zeros = before; zeros < 0; zeros += 1) to[at++] = ZERO;
  }
  for (let of = first; of < Math.max(last, first + before); of += 1) {
    if (before > 0 && of === first + before) to[at++] = POINT;
    to[at++] = of < last ? digitAt(bytes, whole + of, point) : ZERO;
  }
  into.length = at;
  return true;
};

const MOST_DIGITS = 15;
/** Beyond these ECMAScript writes an exponent. */
const MOST_BEFORE = 21;
const MOST_ZEROS_AFTER = 6;

/** A digit as if there were no point, so that those behind it stand one byte further on. */
function digitAt(bytes: Uint8Array, at: number, point: number): number {
  return bytes[at < point ? at : at + 1] ?? 0;
}

/** 0 where there is none; undefined where something else stands there. */
function exponentOf(bytes: Uint8Array, from: number, end: number): number | undefined {
  if (from === end) return 0;
  if (((bytes[from] ?? 0) | LOWER_CASE) !== LETTER_E) return undefined;
  const sign = bytes[from + 1];
  const digits = sign === MINUS || sign === PLUS ? from + 2 : from + 1;
  if (digits >= end || end - digits > 2 || endOfDigits(bytes, digits, end) < end) return undefined;
  let exponent = 0;
  for (let of = digits; of < end; of += 1) exponent = exponent * 10 + (bytes[of] ?? 0) - ZERO;
  return sign === MINUS ? -exponent : exponent;
}

function endOfDigits(bytes: Uint8Array, from: number, end: number): number {
  let to = from;
  for (let byte = bytes[to] ?? 0; to < end && byte >= ZERO && byte <= NINE; byte = bytes[to] ?? 0) to += 1;
  return to;
}

const CR = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
/** With it `#N/A` begins. */
const HASH = 0x23;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const ONE = 0x31;
const NINE = 0x39;
const FIRST_CAPITAL = 0x41;
const LAST_CAPITAL = 0x5a;
const LETTER_E = 0x65;
const LAST_PRINTABLE = 0x7e;
/** The bit by which a lower-case letter differs from its upper-case one. */
const LOWER_CASE = 0x20;
