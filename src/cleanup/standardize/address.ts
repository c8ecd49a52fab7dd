import { COUNTRY_ALIASES, STATES } from './places.js';
import { collapsed } from './text.js';

/** A name or code without case, marks, dots and outer spaces, so that `U.S.A.` and `usa` meet. */
function plain(value: string): string {
  return collapsed(value)
    .normalize('NFKD')
    .replace(/[\p{M}.,]/gu, '')
    .replace(/^the /i, '')
    .toLowerCase();
}

type Country = { readonly code: string; readonly name: string };

let countries: ReadonlyMap<string, Country> | undefined;

/** Every country by its code, its English name and other ways to write it; undefined where none is meant. */
export function countryOf(value: string): Country | undefined {
  countries ??= allCountries();
  return countries.get(plain(value));
}

function allCountries(): Map<string, Country> {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const found = new Map<string, Country>();
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
  for (const first of letters)
    for (const second of letters) {
      const code = first + second;
      const name = NOT_COUNTRIES.has(code) ? undefined : names.of(code);
      if (name === undefined) continue;
      for (const key of [code, name]) if (!found.has(plain(key))) found.set(plain(key), { code, name });
    }
  for (const [code, aliases] of Object.entries(COUNTRY_ALIASES)) {
    const country = found.get(code.toLowerCase());
    if (country) for (const alias of aliases) found.set(plain(alias), country);
  }
  return found;
}

/** Codes that Intl has a name for and that are no country of today, or another's. */
const NOT_COUNTRIES: ReadonlySet<string> = new Set(
  'AC AN BU CP CS CT DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO RH SU TA TP UK UN VD WK XA XB YD YU ZR ZZ'.split(
    ' '
  )
);

type State = { readonly code: string; readonly name: string };

const states = new Map<string, ReadonlyMap<string, State>>();

/** A state of the country by its code or name; undefined where none is meant. */
export function stateOf(value: string, country: string): State | undefined {
  let known = states.get(country);
  if (!known) {
    const all = Object.entries(STATES[country] ?? {}).map(([code, name]) => ({ code, name }));
    known = new Map([
      ...all.map((one) => [plain(one.name), one] as const),
      ...all.map((one) => [plain(one.code), one] as const)
    ]);
    states.set(country, known);
  }
  return known.get(plain(value));
}

type PostalForm = { readonly pattern: RegExp; readonly write: (...parts: string[]) => string };

/** One entry for each country whose codes have a form that can be told; the pattern is held against the code without spaces, in capitals. */
const POSTAL_FORMS: Readonly<Record<string, PostalForm>> = {
  // Spreadsheets take a code for a number and drop the zero that New England's begin with.
  US: {
    pattern: /^(\d{4,5})(?:-?(\d{4}))?$/,
    write: (five = '', four = '') => five.padStart(5, '0') + (four && `-${four}`)
  },
  CA: { pattern: /^([A-Z]\d[A-Z])-?(\d[A-Z]\d)$/, write: (area, unit) => `${area} ${unit}` },
  GB: { pattern: /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/, write: (out, inward) => `${out} ${inward}` },
  NL: { pattern: /^(\d{4})([A-Z]{2})$/, write: (digits, letters) => `${digits} ${letters}` },
  SE: { pattern: /^(\d{3})(\d{2})$/, write: (area, rest) => `${area} ${rest}` },
  AU: { pattern: /^(\d{3,4})$/, write: (digits = '') => digits.padStart(4, '0') },
  DE: { pattern: /^(?:D-?)?(\d{5})$/, write: (digits = '') => digits },
  AT: { pattern: /^(?:A-?)?(\d{4})$/, write: (digits = '') => digits },
  CH: { pattern: /^(?:CH-?)?(\d{4})$/, write: (digits = '') => digits },
  FR: { pattern: /^(\d{5})$/, write: (digits = '') => digits },
  ES: { pattern: /^(\d{5})$/, write: (digits = '') => digits },
  IT: { pattern: /^(\d{5})$/, write: (digits = '') => digits },
  IN: { pattern: /^(\d{6})$/, write: (digits = '') => digits },
  BR: { pattern: /^(\d{5})-?(\d{3})$/, write: (area, rest) => `${area}-${rest}` },
  JP: { pattern: /^(\d{3})-?(\d{4})$/, write: (area, rest) => `${area}-${rest}` },
  PL: { pattern: /^(\d{2})-?(\d{3})$/, write: (area, rest) => `${area}-${rest}` }
};

/** A postal code in the country's own form; undefined where it is none of that country. Of other countries: in capitals, spaces single. */
export function postalCode(value: string, country: string | undefined): string | undefined {
  const form = country === undefined ? undefined : POSTAL_FORMS[country];
  if (!form) return collapsed(value).toUpperCase();
  const found = form.pattern.exec(
    value
      .replace(/[\s\u200b\ufeff]+/gu, '')
      .replace(/[‐-―−]/g, '-')
      .toUpperCase()
  );
  return found ? form.write(...found.slice(1).map((part) => part ?? '')) : undefined;
}
