import { type FieldDescribe, type ObjectDescribe } from '../../schema/describe.js';

/** What a starting definition says of a field; undefined for fields that say nothing of who a record is. */
type Suggestion = { readonly standardize?: string; readonly compare?: string; readonly weight?: number };

/** By the field's name first, then by its type. */
const BY_NAME: ReadonlyArray<readonly [RegExp, Suggestion]> = [
  [/^FirstName$/, { standardize: '[collapse-spaces, { case: name }]', compare: 'nickname', weight: 3 }],
  [/^LastName$/, { standardize: '[collapse-spaces, { case: name }]', compare: 'jaro-winkler', weight: 3 }],
  [/^(Name|Company)$/, { standardize: 'collapse-spaces', compare: 'tokens', weight: 3 }],
  [/birth/i, { compare: 'date', weight: 4 }],
  [/Street$/, { standardize: 'collapse-spaces', compare: 'tokens', weight: 1 }],
  [/PostalCode$/, { standardize: '{ postal-code: US }', compare: 'digits', weight: 1 }],
  [/State$/, { standardize: '{ state: US }' }],
  [/Country$/, { standardize: '{ country: code }' }]
];

const BY_TYPE: Readonly<Record<string, Suggestion>> = {
  email: { standardize: 'email', compare: 'email', weight: 3 },
  phone: { standardize: '{ phone: US }', compare: 'digits', weight: 2 },
  url: { standardize: 'url' }
};

/** A commented definition for an object, of the fields that it has. */
export function starterDefinition(object: ObjectDescribe): string {
  const fields = object.fields.map((field) => ({ field, suggestion: suggestion(field) }));
  const standardized = fields.filter(
    ({ field, suggestion: one }) => one?.standardize !== undefined && field.updateable
  );
  const compared = fields.filter(({ suggestion: one }) => one?.compare !== undefined).slice(0, MOST_COMPARED);
  const ids = object.fields.filter((field) => field.externalId && !field.calculated).map(({ name }) => name);
  const names = new Set(object.fields.map(({ name }) => name));
  const hasNames = names.has('FirstName') && names.has('LastName');
  const lines = [
    '# yaml-language-server: $schema=./node_modules/sf-plugin-bulkops/schemas/cleanup-definition.json',
    `# A cleanup of ${object.name} (${object.label}). Try it, it changes nothing:`,
    '#   sf bulkops cleanup plan --definition THIS_FILE --target-org ORG',
    `sobject: ${object.name}`,
    '# where: CreatedDate = LAST_N_YEARS:5   # only these records are read',
    '',
    '# How values are written. What can’t be standardised stays as it is and is listed.',
    standardized.length === 0 ? 'standardize: {}' : 'standardize:',
    ...standardized.map(({ field, suggestion: one }) => `  ${field.name}: ${one?.standardize ?? ''}`),
    '',
    '# When two records are the same: equal in all fields of a list, or alike by the weights of a mapping.',
    'match:',
    ...ids.map((name) => `  - ${name}`),
    ...(compared.length === 0
      ? ids.length === 0
        ? ['  - Name']
        : []
      : [
          '  - name: likeness',
          '    fields:',
          ...compared.map(
            ({ field, suggestion: one }) =>
              `      ${field.name}: { compare: ${one?.compare ?? ''}, weight: ${one?.weight ?? 1} }`
          ),
          ...(hasNames ? ['    swapped: [FirstName, LastName]'] : [])
        ]),
    '',
    '# From `merge` on it is planned; from `review` on a person is asked, in review.csv.',
    'thresholds: { merge: 0.85, review: 0.7 }',
    '',
    '# Never the same, whatever else agrees: two different values here.',
    ids.length === 0 ? 'never-match: []' : `never-match: [${ids.join(', ')}]`,
    '',
    '# Which record stays, in this order, and which value a field then has.',
    'survivor:',
    '  - most-complete',
    ...(names.has('CreatedDate') ? ['  - oldest: CreatedDate'] : []),
    compared.length === 0 ? 'merge: {}' : 'merge:',
    ...compared.filter(({ field }) => field.updateable).map(({ field }) => `  ${field.name}: first-non-empty`),
    '',
    'children: reparent    # or refuse, ignore',
    `on-loser: delete      # or ${object.mergeable ? 'merge, ' : ''}flag:<Field>=<value>`,
    'max-cluster: 10',
    ''
  ];
  return lines.join('\n');
}

const MOST_COMPARED = 8;

function suggestion(field: FieldDescribe): Suggestion | undefined {
  if (field.calculated && field.name !== 'Name') return undefined;
  return BY_NAME.find(([pattern]) => pattern.test(field.name))?.[1] ?? BY_TYPE[field.type];
}
