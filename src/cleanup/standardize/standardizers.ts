import { type WrittenStep } from '../definition/schema.js';
import { countryOf, postalCode, stateOf } from './address.js';
import { email, phoneWriter, url } from './contact.js';
import { type Standardized, type Standardizer } from './standardizer.js';
import { CASES, collapsed, trimmed } from './text.js';

type StepName =
  Extract<WrittenStep, string> | (WrittenStep extends infer S ? (S extends object ? keyof S : never) : never);

type Entry = {
  /** One line for help and documentation. */
  readonly summary: string;
  /** What it is told comes from a definition that was checked. */
  readonly make: (told: WrittenStep) => Standardizer | Promise<Standardizer>;
};

/** Every standardiser. Each is idempotent, never throws and never makes nothing of something, `null-if` aside, which is told to. */
export const STANDARDIZERS: Readonly<Record<StepName, Entry>> = {
  trim: { summary: 'Without spaces around it', make: () => always(trimmed) },
  'collapse-spaces': { summary: 'Without spaces around it, and one between words', make: () => always(collapsed) },
  case: {
    summary: 'lower, upper, title, or name (McDonald, van der Berg; a name of mixed case stays)',
    make: (told) => {
      const name = typeof told === 'object' && 'case' in told ? told.case : 'lower';
      return always(CASES[name]);
    }
  },
  email: { summary: 'An e-mail address in lower case', make: () => maybe(email, 'is no e-mail address') },
  url: { summary: 'A web address with its scheme', make: () => maybe(url, 'is no web address') },
  phone: { summary: 'A phone number as E.164, national or international', make: phone },
  'postal-code': {
    summary: 'A postal code in its country’s form',
    make: (told) => {
      const { country, field } = placeOf(typeof told === 'object' && 'postal-code' in told ? told['postal-code'] : {});
      return (value, other) =>
        orProblem(postalCode(value, ownCountry(field, other, country)), 'is no postal code of its country');
    }
  },
  state: {
    summary: 'A state by its code or its name (US, CA, AU)',
    make: (told) => {
      const asked = typeof told === 'object' && 'state' in told ? told.state : {};
      const { country = 'US', to } =
        typeof asked === 'string' ? { country: asked, to: 'code' as const } : { to: 'code' as const, ...asked };
      return maybe((value) => stateOf(value, country)?.[to], `is no state of ${country}`);
    }
  },
  country: {
    summary: 'A country by its ISO code or its English name',
    make: (told) => {
      const to = typeof told === 'object' && 'country' in told ? told.country : 'code';
      return maybe((value) => countryOf(value)?.[to], 'is no country');
    }
  },
  map: {
    summary: 'One value for another, by a table',
    make: (told) => mapped(typeof told === 'object' && 'map' in told ? told.map : {})
  },
  'null-if': {
    summary: 'Nothing, where it stands for nothing',
    make: (told) => {
      const listed = typeof told === 'object' && 'null-if' in told ? told['null-if'] : [];
      const nothing = new Set(listed.map(looked));
      return always((value) => (nothing.has(looked(value)) ? '' : value));
    }
  }
};

/** The standardiser of one step of a definition. */
export async function standardizer(step: WrittenStep): Promise<Standardizer> {
  const name = (typeof step === 'string' ? step : Object.keys(step)[0]) as StepName;
  return STANDARDIZERS[name].make(step);
}

/**
 * The steps of a field one after another. Where one of them can't be done the value stays wholly as it was: half of what was asked is
 * not what was asked. The same goes for steps that undo each other, so that they would write it another way each time.
 */
export async function standardizerOf(steps: readonly WrittenStep[]): Promise<Standardizer> {
  const all = await Promise.all(steps.map(standardizer));
  const once: Standardizer = (value, other) => {
    let now: Standardized = { value };
    for (const step of all) {
      if ('problem' in now || now.value === '') return now;
      now = step(now.value, other);
    }
    return now;
  };
  // A single step is idempotent by itself.
  if (all.length < 2) return once;
  return (value, other) => {
    let before = value;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const now = once(before, other);
      if ('problem' in now || now.value === before || now.value === '') return now;
      before = now.value;
    }
    return { problem: 'is written another way each time' };
  };
}

const MOST_ROUNDS = 4;

async function phone(told: WrittenStep): Promise<Standardizer> {
  const asked = typeof told === 'object' && 'phone' in told ? told.phone : { format: 'e164' as const };
  const { country, field } = placeOf(asked);
  const format = typeof asked === 'object' ? asked.format : 'e164';
  const write = await phoneWriter(format);
  return (value, other) =>
    orProblem(write(value, ownCountry(field, other, country)), 'is no phone number of its country');
}

type Place = string | { readonly country?: string; readonly 'country-field'?: string };

function placeOf(told: Place): { country?: string; field?: string } {
  return typeof told === 'string' ? { country: told } : { country: told.country, field: told['country-field'] };
}

/**
 * The country that a record's own field names; the one of the definition where it names none. Where it names one that nobody knows there is
 * none: a number of Atlantis must not become one of the US.
 */
function ownCountry(
  field: string | undefined,
  other: (field: string) => string,
  country: string | undefined
): string | undefined {
  const named = field === undefined ? '' : trimmed(other(field));
  return named === '' ? country : countryOf(named)?.code;
}

/** Compared without regard to case and outer spaces. The end of a chain is what is written, so that a second time changes nothing. */
function mapped(table: Readonly<Record<string, string>>): Standardizer {
  const next = new Map(Object.entries(table).map(([from, to]) => [looked(from), to]));
  return always((value) => {
    let now = value;
    for (let step = 0; step <= next.size; step += 1) {
      const to = next.get(looked(now));
      if (to === undefined || to === now) return now;
      now = to;
    }
    return value;
  });
}

function looked(value: string): string {
  return trimmed(value).toLowerCase();
}

/** For those that every value can go through. A value that is all spaces has nothing to lose by becoming nothing. */
function always(write: (value: string) => string): Standardizer {
  return (value) => ({ value: write(value) });
}

function maybe(write: (value: string) => string | undefined, problem: string): Standardizer {
  return (value) => orProblem(write(value), problem);
}

function orProblem(value: string | undefined, problem: string): Standardized {
  return value === undefined || value === '' ? { problem } : { value };
}
