import { type Access, type FieldSchema, type ObjectSchema, type Schema } from './schema.js';

/** What `GET /sobjects` says. */
export function describeGlobal(schema: Schema, base: string): Record<string, unknown> {
  return {
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: schema.objects.map((object) => objectSummary(object, base))
  };
}

/** What `GET /sobjects/X/describe` says (BULK_API §6). */
export function describeObject(object: ObjectSchema, schema: Schema, base: string): Record<string, unknown> {
  return {
    ...objectSummary(object, base),
    childRelationships: childRelationships(object, schema),
    fields: object.fields.map(describeField),
    recordTypeInfos: [],
    supportedScopes: [{ label: 'All', name: 'everything' }]
  };
}

/** What `GET /sobjects` and `GET /sobjects/X` say of one object. */
export function objectSummary(
  { name, label, keyPrefix, mergeable, denied }: ObjectSchema,
  base: string
): Record<string, unknown> {
  const may = (access: Access): boolean => denied?.includes(access) !== true;
  const path = `${base}/sobjects/${name}`;
  return {
    name,
    label,
    labelPlural: `${label}s`,
    keyPrefix,
    mergeable,
    custom: name.endsWith('__c'),
    activateable: false,
    createable: may('createable'),
    deletable: may('deletable'),
    undeletable: may('undeletable'),
    updateable: may('updateable'),
    queryable: may('queryable'),
    retrieveable: true,
    replicateable: true,
    searchable: true,
    layoutable: true,
    triggerable: true,
    urls: { sobject: path, describe: `${path}/describe`, rowTemplate: `${path}/{ID}` }
  };
}

function describeField(field: FieldSchema): Record<string, unknown> {
  const { picklistValues, relationshipName } = field;
  return {
    ...field,
    childRelationshipName: undefined,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    byteLength: field.length * 3,
    custom: field.name.endsWith('__c'),
    nameField: field.name === 'Name',
    autoNumber: false,
    compoundFieldName: null,
    relationshipName: relationshipName ?? null,
    polymorphicForeignKey: false,
    namePointing: false,
    dependentPicklist: false,
    controllerName: null,
    deprecatedAndHidden: false,
    encrypted: false,
    htmlFormatted: false,
    filterable: field.type !== 'textarea',
    sortable: field.type !== 'textarea',
    groupable: field.type !== 'textarea',
    picklistValues: picklistValues.map((value) => ({ ...value, defaultValue: false, validFor: null }))
  };
}

const SOAP_TYPES: Readonly<Record<string, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime'
};

function childRelationships(parent: ObjectSchema, schema: Schema): unknown[] {
  return schema.objects.flatMap((child) =>
    child.fields
      .filter(({ name, referenceTo }) => referenceTo.includes(parent.name) && name !== 'MasterRecordId')
      .map((field) => ({
        childSObject: child.name,
        field: field.name,
        relationshipName: field.childRelationshipName ?? null,
        cascadeDelete: field.whenParentIsDeleted === 'cascade',
        restrictedDelete: field.whenParentIsDeleted === 'restrict',
        deprecatedAndHidden: false
      }))
  );
}
