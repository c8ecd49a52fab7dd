import { trimmed } from './text.js';

const EMAIL = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\.]+(?:\.[^\s@<>,;:"()[\]\\.]+)+$/u;

/** An address in lower case, without the dress that mail programs give it; undefined where it is none. */
export function email(value: string): string | undefined {
  const bare = trimmed(/<([^<>]+)>\s*$/.exec(value)?.[1] ?? value).replace(/^mailto:/i, '');
  const lower = trimmed(bare).toLowerCase();
  return EMAIL.test(lower) && !lower.includes('..') && !lower.startsWith('.') && !lower.includes('.@')
    ? lower
    : undefined;
}

/** A web address with a scheme, its host in lower case; undefined where it is none. */
export function url(value: string): string | undefined {
  const bare = trimmed(value);
  if (bare === '' || /\s/.test(bare)) return undefined;
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(bare);
  const whole = hasScheme ? bare : `https://${bare.replace(/^\/\//, '')}`;
  let parsed: URL;
  try {
    parsed = new URL(whole);
  } catch {
    return undefined;
  }
  if (!/^https?:$/.test(parsed.protocol) || !parsed.hostname.includes('.')) return undefined;
  const { href } = parsed;
  return parsed.pathname === '/' && parsed.search === '' && parsed.hash === '' ? href.replace(/\/$/, '') : href;
}

export type PhoneFormat = 'e164' | 'national' | 'international';

/** A phone number in the format asked for; undefined where it can't be one. */
export type PhoneWriter = (value: string, country: string | undefined) => string | undefined;

/** Loads the numbering plans of the world, which is heavy. */
export async function phoneWriter(format: PhoneFormat): Promise<PhoneWriter> {
  const { default: parsePhoneNumber, isSupportedCountry } = await import('libphonenumber-js/max');
  const slow = (value: string, country: string | undefined): string | undefined => {
    const found = parsePhoneNumber(trimmed(value), {
      defaultCountry: country !== undefined && isSupportedCountry(country) ? country : undefined,
      extract: false
    });
    if (!found?.isValid()) return undefined;
    if (format !== 'e164') {
      const national = found.formatNational();
      // A foreign number without its country would be read as another's.
      const isHome = country !== undefined && isSupportedCountry(country);
      const isClear = isHome && parsePhoneNumber(national, country)?.number === found.number;
      return format === 'national' && isClear ? national : found.formatInternational();
    }
    const written = found.number;
    return found.ext !== undefined && found.ext !== '' ? `${written} ext. ${found.ext}` : written;
  };
  const known = new Map<string, boolean>();
  /** Whether numbers of these first six digits are all good: an exchange is, or is not, as a whole. */
  const isGoodExchange = (six: string): boolean => {
    let isGood = known.get(six);
    if (isGood === undefined) {
      isGood = parsePhoneNumber(`+1${six}4567`)?.isValid() === true;
      known.set(six, isGood);
    }
    return isGood;
  };
  return (value, country) => {
    if (format === 'e164' && country === 'US') {
      const digits = plainNational(value);
      if (digits !== undefined && isGoodExchange(digits.slice(0, 6))) return `+1${digits}`;
    }
    return slow(value, country);
  };
}

/** The ten digits of a number of North America in one of the usual ways to write it; four columns of 800,000 rows are too many for the slow way. */
function plainNational(value: string): string | undefined {
  const found = /^\s*(?:\+?1[-. ]?)?\(?([2-9]\d\d)\)?[-. /]{0,2}([2-9]\d\d)[-. ]?(\d{4})\s*$/.exec(value);
  return found ? `${found[1]}${found[2]}${found[3]}` : undefined;
}
