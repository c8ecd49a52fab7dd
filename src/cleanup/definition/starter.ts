import { Messages } from '@salesforce/core';
import { headerOf } from '../../input/input.js';
import { type ObjectDescribe } from '../../schema/describe.js';
import { starterText, type Suggested } from './starterText.js';
import { suggestion, suggestionOfThing } from './suggest.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** A commented definition for an object, of the fields that it has. */
export function starterDefinition(object: ObjectDescribe): string {
  const known = object.fields.flatMap((field) => {
    if (field.calculated && field.name !== 'Name') return [];
    const told = suggestion(field.name, field.type);
    return told === undefined || field.externalId ? [] : [{ name: field.name, isWritable: field.updateable, told }];
  });
  const ids = object.fields.filter((field) => field.externalId && !field.calculated).map(({ name }) => name);
  const tellsApart = ids.length > 0 || known.some(({ told }) => told.compare !== undefined);
  const fields = tellsApart ? known : [...known, ...textsOf(object)];
  return starterText({
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

/** What people write of a thing that has no name, as the subject of a case. */
function textsOf({ fields }: ObjectDescribe): Suggested[] {
  return fields
    .filter(({ type, updateable, name }) => type === 'string' && updateable && suggestion(name, type) === undefined)
    .map(({ name }) => ({ name, isWritable: true, told: suggestionOfThing(name) }));
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
  const header = await headerOf([{ path }]);
  if (key !== undefined && !header.some((name) => name.trim().toLowerCase() === key.toLowerCase()))
    throw messages.createError('keyMissing', [key], [header.join(', ')]);
  return starterForFile({ path, header, key, sobject });
}

/** The same by the names of its columns. */
export function starterForFile({ path, header, key, sobject }: StarterFile): string {
  const columns = header.map((name) => name.trim()).filter((name) => name !== '' && !isKey(name, key));
  const known = columns.flatMap((name) => {
    const told = suggestion(name);
    return told === undefined ? [] : [{ name, isWritable: true, told }];
  });
  const isOfPeople = known.some(({ told }) => told.is === 'last');
  const fields = isOfPeople
    ? known
    : columns.map((name) => ({ name, isWritable: true, told: suggestionOfThing(name) }));
  const keyFlag = key === undefined ? '' : ` --external-id ${key}`;
  return starterText({
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
