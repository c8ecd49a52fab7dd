import { guardOfBirth, guardOfId, type WrittenGuard } from './guards.js';
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

/** A record ten times over in an org is a mistake of another kind; a file may have been put together from many. */
const MOST_OF_AN_ORG = 10;
const MOST_OF_A_FILE = 30;

/** How probable it must be that two records are one. People have first names, birth dates and IDs that keep them apart; things have no such guard. */
const LEAST_OF_PEOPLE = 0.98;
const LEAST_OF_THINGS = 0.99;

/** The definition of a subject, as YAML with comments. */
export function starterText({ sobject, about, fields, ids, oldest, onLoser, isTrusted }: Subject): string {
  const standardized = fields.filter(({ told, isWritable }) => told.standardize !== undefined && isWritable);
  const hasBirth = fields.some(({ told }) => told.is === 'birth');
  const named = (is: Suggestion['is']): string | undefined => fields.find(({ told }) => told.is === is)?.name;
  const [first, last, birth] = [named('first'), named('last'), named('birth')];
  const isPerson = first !== undefined && last !== undefined;
  const compared = fields
    .filter(
      ({ told }) => told.compare !== undefined && !(hasBirth && told.is === 'age') && !(isPerson && told.is === 'name')
    )
    .slice(0, MOST_COMPARED);
  const told = ids.filter(isTold);
  const guards = [
    // An ID that people tell may be mistyped; twins have not the first name in common.
    ...ids.map((name) =>
      guardLine(guardOfId(name), isTold(name) && first !== undefined && birth !== undefined ? [first, birth] : [])
    ),
    ...(birth === undefined ? [] : [guardLine(guardOfBirth(birth), told.slice(0, 1))])
  ];
  const shared = sharedOf(compared);
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
          '    score: probability   # that two are one, as the data themselves tell',
          ...(shared.length === 0
            ? []
            : [
                `    # What several may have in common who are not the same${isPerson ? ': a family, say' : ''}.`,
                `    shared: [${shared.map(quotedName).join(', ')}]`
              ]),
          '    fields:',
          ...compared.map((one) => fieldLine(one, compared))
        ]),
    ...(first === undefined || last === undefined || compared.length === 0
      ? []
      : [`    swapped: [${quotedName(first)}, ${quotedName(last)}]`]),
    '',
    '# From `merge` on it is planned; from `review` on a person is asked, in review.csv.',
    `thresholds: { merge: ${isPerson ? LEAST_OF_PEOPLE : LEAST_OF_THINGS}, review: 0.05 }`,
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
    `max-cluster: ${isTrusted ? MOST_OF_AN_ORG : MOST_OF_A_FILE}       # a larger one is reported and left alone`,
    ''
  ].join('\n');
}

/** The fields that say no more than that two belong together, as far as there are others to tell them apart: names. */
function sharedOf(compared: readonly Suggested[]): string[] {
  const isOf = (...wanted: ReadonlyArray<Suggestion['is']>): boolean =>
    compared.some(({ told: { is } }) => is !== undefined && wanted.includes(is));
  const shared = compared.filter(({ told }) => (isOf('first') ? told.isShared : isOf('name') && told.is !== 'name'));
  return shared.map(({ name }) => name);
}

function guardLine(guard: WrittenGuard, unless: readonly string[]): string {
  const parts = Object.entries(guard).map(
    ([key, value]) => `${key}: ${key === 'different' ? quotedName(String(value)) : String(value)}`
  );
  const outvoted = unless.length === 0 ? [] : [`unless: [${unless.map(quotedName).join(', ')}]`];
  return `{ ${[...parts.filter((one) => one !== 'at-least: 1'), ...outvoted].join(', ')} }`;
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
    ...own.map((one) => fieldLine({ ...one, told: { ...one.told, required: undefined } }, own, true)),
    ...(first === undefined || last === undefined ? [] : [`    swapped: [${quotedName(first)}, ${quotedName(last)}]`]),
    `    block: [${quotedName(name)}]`
  ];
}

function fieldLine({ name, told }: Suggested, all: readonly Suggested[], isWeighed = false): string {
  const leader = told.follows?.flatMap((is) => all.filter((one) => one.told.is === is))[0]?.name;
  const more = [
    ...(told.required === undefined ? [] : [`required: ${told.required}`]),
    ...(told.within === undefined ? [] : [`within: ${told.within}`]),
    ...(leader === undefined ? [] : [`follows: ${quotedName(leader)}`])
  ].map((one) => `, ${one}`);
  if (!isWeighed && more.length === 0) return `      ${quotedName(name)}: ${told.compare ?? ''}`;
  const weight = isWeighed ? `, weight: ${told.weight ?? 1}` : '';
  return `      ${quotedName(name)}: { compare: ${told.compare ?? ''}${weight}${more.join('')} }`;
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
