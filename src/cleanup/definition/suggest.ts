/** What a starting definition says of a field, by its name and type. */
export type Suggestion = {
  /** YAML of the standardisers; those that need to know a country are left to a person where it is not known. */
  readonly standardize?: string;
  readonly compare?: string;
  readonly weight?: number;
  readonly required?: 'if-present';
  readonly within?: number;
  /** What tells people apart; two with one `id` are one. */
  readonly is?: 'first' | 'last' | 'name' | 'birth' | 'age' | 'id' | 'postal-code' | 'city';
  /** Whether a family has it in common. */
  readonly isShared?: true;
  /** What it goes with, where that is there: the first that is. */
  readonly follows?: ReadonlyArray<NonNullable<Suggestion['is']>>;
};

const NAME = '[collapse-spaces, { case: name }]';

/** Held against the words of a name (`date_of_birth`, `Birthdate` and `DOB` alike); the first that fits. */
const BY_NAME: ReadonlyArray<readonly [RegExp, Suggestion]> = [
  [
    /^(first|given|fore|christian) ?names?$|^fname$/,
    { standardize: NAME, compare: 'nickname', weight: 3, required: 'if-present', is: 'first' }
  ],
  [/^middle ?(name|initial)$/, { standardize: NAME, compare: 'nickname', weight: 1 }],
  [
    /^(last|family|sur) ?names?$|^lname$/,
    { standardize: NAME, compare: 'jaro-winkler', weight: 3, is: 'last', isShared: true }
  ],
  [
    /^(full |account |business |restaurant |product )?name$|^company( name)?$/,
    { standardize: 'collapse-spaces', compare: 'tokens', weight: 3, is: 'name' }
  ],
  [/^(sex|gender)$/, { compare: 'exact', weight: 1, required: 'if-present', follows: ['first'] }],
  [/^age$/, { compare: 'number', weight: 2, within: 2, required: 'if-present', is: 'age' }],
  [/\bbirth ?(place|city|town|state|country)\b|\bplace of birth$/, { compare: 'jaro-winkler', weight: 1 }],
  [/birth|\bdob\b/, { compare: 'date', weight: 4, is: 'birth' }],
  [
    // Of a student's columns only a number is one: `Student_Status__c` is none.
    /\b(ssn|soc sec|social security|passport|licen[cs]e)$|\b(ssn|soc sec|social security|passport|national|student|member|person|patient|employee|customer|tax|licen[cs]e|voter)( \w+)? ?(id|no|nr|number|num)$/,
    { compare: 'digits', weight: 4, is: 'id' }
  ],
  [/\bfax\b/, { standardize: '{ phone: US }' }],
  [
    /\bphone|\bmobile|\btel(ephone)?\b|\bcell\b/,
    { standardize: '{ phone: US }', compare: 'digits', weight: 2, isShared: true }
  ],
  [/\be ?mail/, { standardize: 'email', compare: 'email', weight: 3, isShared: true }],
  [/\b(street|house|building) ?(number|no|nr|num)$/, { compare: 'digits', weight: 1, isShared: true }],
  [
    /\b(street|address|addr)( line)?( ?\d)?$/,
    { standardize: 'collapse-spaces', compare: 'tokens', weight: 1, isShared: true }
  ],
  [
    /\b(zip|post ?code|postal code)\b/,
    { standardize: '{ postal-code: US }', compare: 'digits', weight: 1, is: 'postal-code', isShared: true }
  ],
  [
    /\b(city|suburb|town|locality|place)$/,
    {
      standardize: 'collapse-spaces',
      compare: 'jaro-winkler',
      weight: 1,
      is: 'city',
      isShared: true,
      follows: ['postal-code']
    }
  ],
  [
    /\b(state|province)$/,
    { standardize: '{ state: US }', compare: 'exact', weight: 0.5, isShared: true, follows: ['postal-code', 'city'] }
  ],
  [/\bcountry$/, { standardize: '{ country: code }' }]
];

const BY_TYPE: Readonly<Record<string, Suggestion>> = {
  email: { standardize: 'email', compare: 'email', weight: 3, isShared: true },
  phone: { standardize: '{ phone: US }', compare: 'digits', weight: 2, isShared: true },
  url: { standardize: 'url' }
};

/** What things are told apart by that are no people: held against columns that say nothing of persons. */
const OF_THINGS: ReadonlyArray<readonly [RegExp, Suggestion]> = [
  [/\btitle$/, { compare: 'tokens', weight: 3, is: 'name' }],
  [/\bauthors?\b/, { compare: 'tokens', weight: 2 }],
  [/\b(year|price|amount)\b/, { compare: 'number', weight: 1 }],
  [/\b(description|type|category|class|cuisine)\b/, { compare: 'tokens', weight: 0.5 }]
];

/** @param type the org's type of the field, where there is an org */
export function suggestion(name: string, type?: string): Suggestion | undefined {
  const words = wordsOf(name);
  const found = ABOUT_A_WAY.test(words) ? undefined : BY_NAME.find(([pattern]) => pattern.test(words))?.[1];
  if (type === undefined) return found;
  return found && fits(found, type) ? found : BY_TYPE[type];
}

/** What is said of an e-mail address or a phone, and is none: `EmailBouncedReason`, `Phone_Type__c`, `HasOptedOutOfEmail`. */
const ABOUT_A_WAY =
  /\b(phone|mobile|cell|fax|e ?mail)\b.*\b(bounced|type|status|reason|date|at|on|opt(ed)? ?(in|out)|verified|valid|consent|preference|count)\b|\b(opt(ed)? ?(in|out)|do ?not|is|has)\b.*\b(phone|mobile|cell|fax|e ?mail)\b/;

/** Whether a field of that type can hold what its name speaks of: `MailingAddress` is a compound of others, and no text. */
function fits({ compare, is, standardize }: Suggestion, type: string): boolean {
  if (TEXTS.has(type)) return true;
  if (type === 'picklist') return compare !== 'email' && compare !== 'digits' && standardize !== NAME;
  if (type === 'date' || type === 'datetime') return compare === 'date';
  return NUMBERS.has(type) && (compare === 'number' || is === 'id');
}

const TEXTS: ReadonlySet<string> = new Set([
  'string',
  'textarea',
  'email',
  'phone',
  'url',
  'combobox',
  'encryptedstring'
]);
const NUMBERS: ReadonlySet<string> = new Set(['int', 'long', 'double']);

/** For a column of a file that is not of people. */
export function suggestionOfThing(name: string): Suggestion {
  const found = OF_THINGS.find(([pattern]) => pattern.test(wordsOf(name)))?.[1];
  return suggestion(name) ?? found ?? { compare: 'tokens', weight: 1 };
}

/** Whether a number is one that people tell of themselves, and so mistype. */
export function isTold(name: string): boolean {
  return /\b(ssn|soc sec|social security|passport|national|tax|licen[cs]e|voter)\b/.test(wordsOf(name));
}

/** `Mailing_PostalCode__c` as `mailing postal code`. */
function wordsOf(name: string): string {
  return name
    .replace(/__c$/i, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()
    .trim();
}
