/** The form in which a value equals what the org makes of it. Values go out as text and come back re-serialised by type (BULK_API §1). */
export type Canonical = (value: string) => string;

const NULL_MARK = '#N/A';

/** One entry for each field type whose values are equal in other cases than their text is. */
const CANONICAL_OF_TYPE: Readonly<Record<string, Canonical>> = {
  boolean: canonicalBoolean,
  int: canonicalNumber,
  long: canonicalNumber,
  double: canonicalNumber,
  currency: canonicalNumber,
  percent: canonicalNumber,
  date: (value) => value.slice(0, 10),
  datetime: canonicalInstant,
  id: canonicalId,
  reference: canonicalId,
  unknown: canonicalUnknown
};

/**
 * The canonical form for a field type of the describe, or `unknown` where no describe was asked for. Spaces around a value and the kind of
 * line end within it never make a difference; nothing and `#N/A` are the same.
 */
export function canonicalForm(type: string): Canonical {
  const ofType = CANONICAL_OF_TYPE[type];
  return (value) => {
    if (value === '' || value === NULL_MARK) return '';
    const plain = (value.includes('\r') ? value.replace(/\r\n?/g, '\n') : value).trim();
    return ofType ? ofType(plain) : plain;
  };
}

/**
 * Copies the canonical form of a value from its bytes, unquoted, where they are plain enough: printable ASCII that no quote, no blank at an end and
 * no other notation of the same value stands in the way of. Keys mostly are, and making a string of each costs more than all that is done with it.
 * @param into has room for the value
 * @returns bytes of the form; -1 where it must be made from the value's text
 */
export type PlainForm = (bytes: Uint8Array, start: number, end: number, into: Uint8Array) => number;

/** As `canonicalForm`, and in lower case for what is not case-sensitive. Undefined where the bytes of a value never tell what equals it. */
export function plainForm(type: string, isCaseSensitive: boolean): PlainForm | undefined {
  const isId = CANONICAL_OF_TYPE[type] === canonicalId;
  const isUnknown = CANONICAL_OF_TYPE[type] === canonicalUnknown;
  if (Object.hasOwn(CANONICAL_OF_TYPE, type) && !isId && !isUnknown) return undefined;
  return (bytes, start, end, into) => {
    const length = end - start;
    if (length === 0 || bytes[start] === BLANK || bytes[end - 1] === BLANK) return -1;
    const first = bytes[start] ?? 0;
    // Before the letters there are the digits and signs of numbers, and the mark of null.
    if (isUnknown ? first < FIRST_CAPITAL : first === NULL_MARK.charCodeAt(0)) return -1;
    for (let at = 0; at < length; at += 1) {
      const byte = bytes[start + at] ?? 0;
      if (byte < BLANK || byte > LAST_PRINTABLE || byte === QUOTE) return -1;
      into[at] = !isCaseSensitive && byte >= FIRST_CAPITAL && byte <= LAST_CAPITAL ? byte | LOWER_CASE : byte;
    }
    return isId && length === 18 ? 15 : length;
  };
}

const BLANK = 0x20;
const QUOTE = 0x22;
const FIRST_CAPITAL = 0x41;
const LAST_CAPITAL = 0x5a;
const LAST_PRINTABLE = 0x7e;
/** The bit by which a lower-case letter differs from its upper-case one. */
const LOWER_CASE = 0x20;

function canonicalNumber(value: string): string {
  const number = Number(value);
  return value === '' || Number.isNaN(number) ? value : String(number);
}

function canonicalBoolean(value: string): string {
  const lower = value.toLowerCase();
  return lower === '1' ? 'true' : lower === '0' ? 'false' : lower;
}

/** Stored to the second (BULK_API §3). */
function canonicalInstant(value: string): string {
  const at = Date.parse(value);
  return Number.isNaN(at) ? value : String(Math.floor(at / 1000));
}

/** The last three of 18 characters are a check over the others. */
function canonicalId(value: string): string {
  return value.length === 18 ? value.slice(0, 15) : value;
}

/** A number, unless it is written as no number is: with leading zeros, as codes are. */
function canonicalUnknown(value: string): string {
  return /^[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(value) ? canonicalNumber(value) : value;
}
