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
  return formOf(CANONICAL_OF_TYPE[type]);
}

/**
 * As `canonicalForm`, but two values of a field that nobody was asked about are equal whenever they are to a field of any type: `00042` and `42`
 * as well. For such fields it proves nothing: to one of text they are two.
 */
export function looseForm(type: string): Canonical {
  return type === 'unknown' ? formOf(canonicalOfAnyType) : canonicalForm(type);
}

function formOf(ofType: Canonical | undefined): Canonical {
  return (value) => {
    if (value === '' || value === NULL_MARK) return '';
    const plain = (value.includes('\r') ? value.replace(/\r\n?/g, '\n') : value).trim();
    return ofType ? ofType(plain) : plain;
  };
}

function canonicalNumber(value: string): string {
  const number = Number(value);
  return value === '' || Number.isNaN(number) ? value : String(number);
}

function canonicalBoolean(value: string): string {
  const lower = value.toLowerCase();
  return lower === '1' ? 'true' : lower === '0' ? 'false' : lower;
}

/** Stored to the second (BULK_API §3). A time without zone is taken for one of UTC: what it is to the org is the same for all of them, here and on any other machine. */
function canonicalInstant(value: string): string {
  const [instant, zone] = INSTANT.exec(value) ?? [];
  const at = instant === undefined ? NaN : Date.parse(zone === '' ? `${value}Z` : value);
  return Number.isNaN(at) ? value : String(Math.floor(at / 1000));
}

/** A day, or a moment with its zone, which may be missing. */
const INSTANT = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(Z|[+-]\d\d:?\d\d|))?$/i;

/** The last three of 18 characters are a check over the others. */
function canonicalId(value: string): string {
  return value.length === 18 ? value.slice(0, 15) : value;
}

/** A number, unless it is written as no number is: with leading zeros, as codes are. */
function canonicalUnknown(value: string): string {
  return /^[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(value) ? canonicalNumber(value) : value;
}

function canonicalOfAnyType(value: string): string {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) return canonicalNumber(value);
  if (/^(?:true|false)$/i.test(value)) return value.toLowerCase();
  if (/^\d{4}-\d\d-\d\dZ?$/.test(value)) return value.slice(0, 10);
  if (/^[a-z0-9]{18}$/i.test(value)) return canonicalOfAnyType(canonicalId(value));
  return canonicalInstant(value);
}
