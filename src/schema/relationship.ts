import { Messages } from '@salesforce/core';
import { type FieldDescribe, fieldNamed, type ObjectDescribe } from './describe.js';
import { nearestNames } from './nearest.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'schema');

/** A column that finds its parent record by a field of it. */
export type Relationship = {
  /** The lookup or master-detail field that it sets. */
  readonly reference: FieldDescribe;
  /** API name of the parent's object. */
  readonly parent: string;
  /** As the column writes it, until the parent's describe says how the org does. */
  readonly parentField: string;
  /** Whether the path must name the parent's object. */
  readonly isPolymorphic: boolean;
};

/** Whether the name of a column is a path over a relationship. */
export function isRelationshipPath(name: string): boolean {
  return name.includes('.');
}

/** Whether an object has a relationship of that name, to parents or to children. */
export function hasRelationship({ fields, childRelationships }: ObjectDescribe, name: string): boolean {
  const wanted = name.toLowerCase();
  return [...fields, ...childRelationships].some(({ relationshipName }) => relationshipName?.toLowerCase() === wanted);
}

/**
 * Reads `Account.Account_No__c`, and for a reference to several objects `User:Owner.Email`, whose type comes first with the service (BULK_API §3);
 * `Owner:User.Email` is understood too.
 * @throws SfError `RelationshipDeepError`, `RelationshipUnknownError`, `RelationshipTypeError`
 */
export function relationshipOf(column: string, path: string, object: ObjectDescribe): Relationship {
  const [, before, between, parentField] = PATH.exec(path) ?? [];
  if (between === undefined || parentField === undefined) throw messages.createError('relationshipDeep', [column]);
  const straight = referenceNamed(object, between);
  const swapped = straight || before === undefined ? undefined : referenceNamed(object, before);
  const reference = straight ?? swapped;
  if (!reference) {
    const known = object.fields.flatMap(({ relationshipName }) => relationshipName ?? []);
    throw messages.createError(
      'relationshipUnknown',
      [column, object.name, between],
      [nearestNames(between, known).join(', ')]
    );
  }
  const type = swapped ? between : before;
  const parents = reference.referenceTo;
  const isPolymorphic = parents.length > 1;
  const parent = type === undefined ? parents[0] : parents.find((one) => one.toLowerCase() === type.toLowerCase());
  if (parent === undefined || (isPolymorphic && type === undefined)) {
    const name = reference.relationshipName ?? between;
    const written = parents.slice(0, MOST_NAMED).map((one) => `${one}:${name}.${parentField}`);
    throw messages.createError('relationshipType', [column, name, parents.join(' or ')], [written.join(', ')]);
  }
  return { reference, parent, parentField, isPolymorphic };
}

/**
 * The path as the service wants it, in the org's own spelling. Without the parent's describe its field is left to the org.
 * @throws SfError `ParentFieldUnknownError`, `ParentFieldNotKeyError`
 */
export function relationshipPath(
  column: string,
  relationship: Relationship,
  parent: ObjectDescribe | undefined
): string {
  const { reference, parentField, isPolymorphic } = relationship;
  const type = isPolymorphic ? `${relationship.parent}:` : '';
  return `${type}${reference.relationshipName}.${parent ? parentKey(column, parentField, parent) : parentField}`;
}

/** The parent is found by an Id, an external ID or a field that the org looks up by. */
function parentKey(column: string, name: string, parent: ObjectDescribe): string {
  const field = fieldNamed(parent, name);
  const usable = parent.fields.filter(isKey).map((one) => one.name);
  if (!field)
    throw messages.createError(
      'parentFieldUnknown',
      [column, parent.name, name],
      [
        nearestNames(
          name,
          parent.fields.map((one) => one.name)
        ).join(', '),
        usable.join(', ')
      ]
    );
  if (!isKey(field))
    throw messages.createError('parentFieldNotKey', [column, field.name, parent.name], [usable.join(', ')]);
  return field.name;
}

function isKey({ type, externalId, idLookup }: FieldDescribe): boolean {
  return externalId || idLookup || type === 'id';
}

function referenceNamed(object: ObjectDescribe, relationship: string): FieldDescribe | undefined {
  const wanted = relationship.toLowerCase();
  return object.fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === wanted);
}

const PATH = /^(?:([^:.]+):)?([^:.]+)\.([^:.]+)$/;
const MOST_NAMED = 5;
