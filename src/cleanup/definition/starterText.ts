import { isTold, type Suggestion } from './suggest.js';

export type Suggested = { readonly name: string; readonly isWritable: boolean; readonly told: Suggestion };

/** What a starting definition is about. */
export type Subject = {
  readonly sobject: string;
  /** Lines of comment that say what it is of, and how to try it. */
  readonly about: readonly string[];
  readonly fields: readonly Suggested[];
  /** Fields in which no two records are equal that are not the same. */
  readonly ids: readonly string[];
  readonly oldest?: string;
  readonly onLoser: string;
  /** Whether the country of phones and postal codes may be taken for known. */
  readonly isTrusted: boolean;
};

/** More fields than this add nothing but work. */
const MOST_COMPARED = 12;

/** One record in so many thousand may have a namesake in all that the two agree in. */
const CHANCE = 0.001;

/** The definition of a subject, as YAML with comments. */
export function starterText({ sobject, about, fields, ids, oldest, onLoser, isTrusted }: Subject): string {
  const standardized = fields.filter(({ told, isWritable }) => told.standardize !== undefined && isWritable);
  const hasBirth = fields.some(({ told }) => told.is === 'birth');
  const compared = fields
    .filter(({ told }) => told.compare !== undefined && !(hasBirth && told.is === 'age'))
    .slice(0, MOST_COMPARED);
  const named = (is: Suggestion['is']): string | undefined => fields.find(({ told }) => told.is === is)?.name;
  const [first, last, birth] = [named('first'), named('last'), named('birth')];
  const told = ids.filter(isTold);
  const guards = [
    ...ids.map((name) => guardOfId(name, [first, birth])),
    ...(birth === undefined
      ? []
      : [`{ different: ${quotedName(birth)}, compare: date, at-least: 0.7, review: 0${unlessSame(told.slice(0, 1))} }`])
  ];
  return [
    '# yaml-language-server: $schema=./node_modules/sf-plugin-bulkops/schemas/cleanup-definition.json',
    ...about,
    `sobject: ${sobject}`,
    ...(isTrusted ? ['# where: CreatedDate = LAST_N_YEARS:5   # only these records are read'] : []),
    '',
    '# How values are written. What can’t be standardised stays as it is and is listed.',
    ...(isTrusted ? [] : ['# Take the # away where the country is right.']),
    standardized.some(({ told }) => isTrusted || !needsCountry(told)) ? 'standardize:' : 'standardize: {}',
    ...standardized.map(
      ({ name, told }) =>
        `${isTrusted || !needsCountry(told) ? '' : '#'}  ${quotedName(name)}: ${told.standardize ?? ''}`
    ),
    '',
    '# When two records are the same: equal in all fields of a list, or alike by the weights of a mapping.',
    'match:',
    ...ids.flatMap((name) => sameId(name, fields)),
    ...(compared.length === 0 && ids.length === 0 ? ['  - Name'] : []),
    ...(compared.length === 0
      ? []
      : [
          '  - name: likeness',
          `    chance: ${CHANCE}`,
          '    fields:',
          ...compared.map((one) => fieldLine(one, compared))
        ]),
    ...(first === undefined || last === undefined || compared.length === 0
      ? []
      : [`    swapped: [${quotedName(first)}, ${quotedName(last)}]`]),
    '',
    '# From `merge` on it is planned; from `review` on a person is asked, in review.csv. The more fields are compared, the lower they may be.',
    'thresholds: { merge: 0.65, review: 0.55 }',
    '',
    '# Never the same, whatever else agrees: two different values here (twins; father and son at one address).',
    ...(guards.length === 0 ? ['never-match: []'] : ['never-match:', ...guards.map((one) => `  - ${one}`)]),
    '',
    '# Which record stays, in this order, and which value a field then has.',
    'survivor:',
    '  - most-complete',
    ...(oldest === undefined ? [] : [`  - oldest: ${oldest}`]),
    compared.some(({ isWritable }) => isWritable) ? 'merge:' : 'merge: {}',
    ...compared.filter(({ isWritable }) => isWritable).map(({ name }) => `  ${quotedName(name)}: first-non-empty`),
    '',
    'children: reparent    # or refuse, ignore',
    `on-loser: ${onLoser}`,
    'max-cluster: 10',
    ''
  ].join('\n');
}

/** Two numbers that an office gave out are two people. One that people tell may be mistyped; twins have not the first name in common. */
function guardOfId(name: string, unless: ReadonlyArray<string | undefined>): string {
  const others = unless.filter((one) => one !== undefined);
  const outvoted = others.length === unless.length ? unlessSame(others) : '';
  const at = isTold(name) ? `at-least: 0.9, review: 0${outvoted}` : 'review: 0.9';
  return `{ different: ${quotedName(name)}, compare: digits, ${at} }`;
}

function unlessSame(names: readonly string[]): string {
  return names.length === 0 ? '' : `, unless: [${names.map(quotedName).join(', ')}]`;
}

/** The same ID is the same person, unless most of what names a person says otherwise: then an ID was mistyped, and a person is asked. */
function sameId(name: string, fields: readonly Suggested[]): string[] {
  const own = fields.filter(({ told: { is } }) => is === 'first' || is === 'last' || is === 'birth');
  if (own.length === 0) return [`  - ${quotedName(name)}`];
  const [first, last] = ['first', 'last'].map((is) => own.find(({ told }) => told.is === is)?.name);
  return [
    `  - name: ${quotedName(name)}`,
    '    evidence: 0.25',
    '    merge: 0.55',
    '    review: 0.25',
    '    fields:',
    `      ${quotedName(name)}: { compare: exact, weight: 4, required: true }`,
    // A first name that is another does not stand against the same ID.
    ...own.map((one) => fieldLine({ ...one, told: { ...one.told, required: undefined } }, own)),
    ...(first === undefined || last === undefined ? [] : [`    swapped: [${quotedName(first)}, ${quotedName(last)}]`]),
    `    block: [${quotedName(name)}]`
  ];
}

function fieldLine({ name, told }: Suggested, all: readonly Suggested[]): string {
  const leader = told.follows?.flatMap((is) => all.filter((one) => one.told.is === is))[0]?.name;
  const more = [
    ...(told.required === undefined ? [] : [`required: ${told.required}`]),
    ...(told.within === undefined ? [] : [`within: ${told.within}`]),
    ...(leader === undefined ? [] : [`follows: ${quotedName(leader)}`])
  ].map((one) => `, ${one}`);
  return `      ${quotedName(name)}: { compare: ${told.compare ?? ''}, weight: ${told.weight ?? 1}${more.join('')} }`;
}

function needsCountry({ standardize }: Suggestion): boolean {
  return standardize?.includes('US') === true;
}

/** A column's name as YAML; API names need no quotes. */
function quotedName(name: string): string {
  return /^[A-Za-z]\w*$/.test(name) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(name)
    ? name
    : JSON.stringify(name);
}
