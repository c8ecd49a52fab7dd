import { Messages } from '@salesforce/core';
import { type OrgReads } from '../bulk/orgReads.js';
import { describeObject, type FieldDescribe, fieldNamed, type ObjectDescribe } from './describe.js';
import { nearMisses } from './nearMiss.js';
import { fieldsUsed, type SoqlQuery } from './soql.js';
import { placeOf } from './soqlTokens.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'soql');

/** A column of a query's result. */
export type QueryColumn = {
  /** In the service's spelling: `Account.Name`. */
  readonly name: string;
  readonly type: string;
  readonly precision: number;
  readonly scale: number;
};

export type QueryColumns = {
  /** Of the fields that are selected as such, in their order. */
  readonly columns: readonly QueryColumn[];
  /** The result has more of them, whose names the org alone can tell: those of functions, or all where FROM names several things. */
  readonly hasOthers: boolean;
};

/** Types whose values a query job does not give (BULK_API §2). */
const COMPOUND: ReadonlySet<string> = new Set(['address', 'location', 'complexvalue']);
const BLOB = 'base64';

export type Describe = (sobject: string) => Promise<ObjectDescribe>;

/** Describes each object once. 1 API call for an object. */
export function describing(org: OrgReads): Describe {
  const known = new Map<string, Promise<ObjectDescribe>>();
  return (sobject) => {
    const key = sobject.toLowerCase();
    const found = known.get(key) ?? describeObject(org, sobject);
    known.set(key, found);
    return found;
  };
}

/**
 * The columns that a query will give, and with it the check of its fields: those of the object and of what it looks up to.
 * @throws SfError `FieldUnknownError` with what was perhaps meant, `FieldTwiceError`, `SoqlUnsupportedError`, `NotQueryableError`, and what the describe throws
 */
export async function queryColumns(query: SoqlQuery, describe: Describe): Promise<QueryColumns> {
  const object = await describe(query.sobject);
  if (!object.queryable) throw messages.createError('notQueryable', [object.name]);
  if (query.hasJoin) return { columns: [], hasOthers: true };
  const columns: QueryColumn[] = [];
  for (const item of query.select) {
    if (item.kind !== 'field') continue;
    const found = await fieldAt(item, { query, object, describe });
    if (found?.field) refuseType(found.field, query, item.at, found.owner);
    columns.push({
      name: found?.name ?? item.path,
      type: found?.field?.type ?? 'string',
      precision: found?.field?.precision ?? 0,
      scale: found?.field?.scale ?? 0
    });
  }
  refuseTwice(query, columns);
  for (const used of fieldsUsed(query)) await fieldAt(used, { query, object, describe });
  return { columns, hasOthers: columns.length < query.select.length };
}

/** The org would refuse it, too, but only once it is asked for a job. */
function refuseTwice(query: SoqlQuery, columns: readonly QueryColumn[]): void {
  const fields = query.select.filter(({ kind }) => kind === 'field');
  const again = columns.findIndex(({ name }, at) => columns.findIndex((one) => one.name === name) < at);
  const [column, item] = [columns[again], fields[again]];
  if (column && item) throw messages.createError('fieldTwice', [column.name, placeOf(query.soql, item.at)]);
}

/** The names of an object's fields that an export can hold. */
export function exportableFields(object: ObjectDescribe, which: 'all' | 'standard' | 'custom'): string[] {
  const isWanted = {
    all: () => true,
    standard: ({ name }: FieldDescribe) => !name.endsWith('__c'),
    custom: ({ name }: FieldDescribe) => name.endsWith('__c') || name === 'Id'
  }[which];
  const fields = object.fields.filter((field) => !COMPOUND.has(field.type) && field.type !== BLOB && isWanted(field));
  if (fields.length === 0) throw messages.createError('noSuchFields', [object.name, which]);
  return fields.map(({ name }) => name);
}

type Looking = { readonly query: SoqlQuery; readonly object: ObjectDescribe; readonly describe: Describe };
type Found = { readonly name: string; readonly field?: FieldDescribe; readonly owner: ObjectDescribe };

/** The field of a path as `Owner.Profile.Name`; without a describe behind a lookup to several objects, whose common fields have no describe. */
async function fieldAt(
  { path, at }: { readonly path: string; readonly at: number },
  { query, object, describe }: Looking
): Promise<Found> {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let owner = object;
  const way: string[] = [];
  for (const name of names) {
    const lookup = owner.fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === name.toLowerCase());
    if (!lookup) throw unknown(name, { query, at, owner, known: relationships(owner) });
    way.push(lookup.relationshipName ?? name);
    const [target, ...others] = lookup.referenceTo;
    if (target === undefined || others.length > 0)
      return { name: [...way, ...names.slice(way.length), last].join('.'), owner };
    owner = await describe(target);
  }
  const field = fieldNamed(owner, last);
  if (!field) throw unknown(last, { query, at, owner, known: owner.fields.map(({ name }) => name) });
  return { name: [...way, field.name].join('.'), field, owner };
}

function relationships({ fields }: ObjectDescribe): string[] {
  return fields.flatMap(({ relationshipName }) => relationshipName ?? []);
}

type Place = {
  readonly query: SoqlQuery;
  readonly at: number;
  readonly owner: ObjectDescribe;
  readonly known: readonly string[];
};

function unknown(name: string, { query, at, owner, known }: Place): Error {
  const near = nearMisses(name, known);
  const hint =
    near.length === 0 ? messages.getMessage('noneNear') : messages.getMessage('perhaps', [near.join(' or ')]);
  return messages.createError('fieldUnknown', [name, placeOf(query.soql, at), owner.name], [hint, owner.name]);
}

function refuseType(field: FieldDescribe, query: SoqlQuery, at: number, owner: ObjectDescribe): void {
  const place = placeOf(query.soql, at);
  if (COMPOUND.has(field.type)) {
    const parts = owner.fields.filter(
      ({ compoundFieldName, name }) => compoundFieldName === field.name && name !== field.name
    );
    const names = parts.map(({ name }) => name).join(', ');
    throw messages.createError(
      'soqlUnsupported',
      [`the compound field ${field.name}`, place],
      [messages.getMessage('wayOut.compound', [names])]
    );
  }
  if (field.type === BLOB)
    throw messages.createError(
      'soqlUnsupported',
      [`the binary field ${field.name}`, place],
      [messages.getMessage('wayOut.blob', [field.name])]
    );
}
