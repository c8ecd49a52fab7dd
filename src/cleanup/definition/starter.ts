import { Messages } from '@salesforce/core';
import { openInput } from '../../input/input.js';
import { type ObjectDescribe } from '../../schema/describe.js';
import { type Suggestion, suggestion, suggestionOfThing } from './suggest.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

type Suggested = { readonly name: string; readonly isWritable: boolean; readonly told: Suggestion };

/** What a starting definition is about. */
type Subject = {
  readonly sobject: string;
  /** Lines of comment that say what it is of, and how to try it. */
  readonly about: readonly string[];
  readonly fields: readonly Suggested[];
  /** Fields in which no two records are equal that are not the same. */
  readonly ids: readonly string[];
  readonly oldest?: string;
  readonly onLoser: string;
  /** Whether the country of phones and postal codes may be taken for known, and birth dates for right. */
  readonly isTrusted: boolean;
};

/** More fields than this add nothing but work. */
const MOST_COMPARED = 10;

/** A commented definition for an object, of the fields that it has. */
export function starterDefinition(object: ObjectDescribe): string {
  const fields = object.fields.flatMap((field) => {
    if (field.calculated && field.name !== 'Name') return [];
    const told = suggestion(field.name, field.type);
    return told === undefined || field.externalId ? [] : [{ name: field.name, isWritable: field.updateable, told }];
  });
  const ids = object.fields.filter((field) => field.externalId && !field.calculated).map(({ name }) => name);
  return starter({
    sobject: object.name,
    about: [
      `# A cleanup of ${object.name} (${object.label}). Try it, it changes nothing:`,
      '#   sf bulkops cleanup plan --definition THIS_FILE --target-org ORG'
    ],
    fields,
    ids,
    oldest: object.fields.some(({ name }) => name === 'CreatedDate') ? 'CreatedDate' : undefined,
    onLoser: `delete      # or ${object.mergeable ? 'merge, ' : ''}flag:<Field>=<value>`,
    isTrusted: true
  });
}

export type StarterFile = {
  /** As the user named it. */
  readonly path: string;
  readonly header: readonly string[];
  /** The column that names a row. */
  readonly key?: string;
  readonly sobject?: string;
};

/**
 * A commented definition for the rows of a CSV.
 * @throws SfError `KeyMissingError`, and what opening the file throws
 */
export async function starterOfFile({ path, key, sobject }: Omit<StarterFile, 'header'>): Promise<string> {
  const { header } = await openInput([{ path }]);
  if (key !== undefined && !header.some((name) => name.trim().toLowerCase() === key.toLowerCase()))
    throw messages.createError('keyMissing', [key], [header.join(', ')]);
  return starterForFile({ path, header, key, sobject });
}

/** The same by the names of its columns. */
export function starterForFile({ path, header, key, sobject }: StarterFile): string {
  const columns = header.map((name) => name.trim()).filter((name) => !isKey(name, key));
  const known = columns.flatMap((name) => {
    const told = suggestion(name);
    return told === undefined ? [] : [{ name, isWritable: true, told }];
  });
  const isOfPeople = known.some(({ told }) => told.is === 'last');
  const fields = isOfPeople
    ? known
    : columns.map((name) => ({ name, isWritable: true, told: suggestionOfThing(name) }));
  const keyFlag = key === undefined ? '' : ` --external-id ${key}`;
  return starter({
    sobject: sobject ?? (isOfPeople ? 'Contact' : 'Account'),
    about: [
      `# A cleanup of the rows of ${path}, which is applied as an upsert to the object below. Try it, it changes nothing:`,
      `#   sf bulkops cleanup plan --definition THIS_FILE --file ${path}${keyFlag}`
    ],
    fields,
    ids: fields.filter(({ told }) => told.is === 'id').map(({ name }) => name),
    onLoser: 'delete      # of rows without Ids: they are left out',
    isTrusted: false
  });
}

function isKey(name: string, key: string | undefined): boolean {
  const own = name.toLowerCase();
  return own === key?.toLowerCase() || own === 'id' || own === 'systemmodstamp';
}

function starter({ sobject, about, fields, ids, oldest, onLoser, isTrusted }: Subject): string {
  const standardized = fields.filter(({ told, isWritable }) => told.standardize !== undefined && isWritable);
  const compared = fields.filter(({ told }) => told.compare !== undefined).slice(0, MOST_COMPARED);
  const named = (is: Suggestion['is']): string | undefined => fields.find(({ told }) => told.is === is)?.name;
  const [first, last, birth] = [named('first'), named('last'), named('birth')];
  const guards = [
    ...ids.map(quotedName),
    ...(birth === undefined ? [] : [`{ different: ${quotedName(birth)}, compare: date, review: 0.8 }`])
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
    ...ids.map((name) => `  - ${quotedName(name)}`),
    ...(compared.length === 0 && ids.length === 0 ? ['  - Name'] : []),
    ...(compared.length === 0 ? [] : ['  - name: likeness', '    fields:', ...compared.map(fieldLine)]),
    ...(first === undefined || last === undefined || compared.length === 0
      ? []
      : [`    swapped: [${quotedName(first)}, ${quotedName(last)}]`]),
    '',
    '# From `merge` on it is planned; from `review` on a person is asked, in review.csv. The more fields are compared, the lower they may be.',
    'thresholds: { merge: 0.7, review: 0.55 }',
    '',
    '# Never the same, whatever else agrees: two different values here (twins; father and son at one address).',
    `${isTrusted || guards.length === 0 ? '' : '# '}never-match: [${guards.join(', ')}]`,
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

function fieldLine({ name, told }: Suggested): string {
  const required = told.required === undefined ? '' : `, required: ${told.required}`;
  return `      ${quotedName(name)}: { compare: ${told.compare ?? ''}, weight: ${told.weight ?? 1}${required} }`;
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
