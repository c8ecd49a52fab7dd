/** A field as an org describes it, as far as we read it. */
export function field(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name,
    label: name.replaceAll('_', ' ').replace(/ c$/, ''),
    type: 'string',
    length: 80,
    precision: 0,
    scale: 0,
    digits: 0,
    createable: true,
    updateable: true,
    nillable: true,
    defaultedOnCreate: false,
    externalId: false,
    idLookup: false,
    caseSensitive: false,
    calculated: false,
    restrictedPicklist: false,
    picklistValues: [],
    referenceTo: [],
    relationshipName: null,
    compoundFieldName: null,
    ...more
  };
}

/** A describe of Contact with a few fields of each kind. */
export const CONTACT = {
  name: 'Contact',
  label: 'Contact',
  keyPrefix: '003',
  createable: true,
  updateable: true,
  deletable: true,
  queryable: true,
  undeletable: true,
  mergeable: true,
  fields: [
    field('Id', { type: 'id', idLookup: true, createable: false, updateable: false, label: 'Contact ID' }),
    field('LastName', { nillable: false, label: 'Last Name' }),
    field('FirstName', { label: 'First Name' }),
    field('Email', { type: 'email', idLookup: true, label: 'Email' }),
    field('Student_ID__c', { externalId: true, label: 'Student ID' }),
    field('Code__c', { externalId: true, caseSensitive: true, label: 'Code' }),
    field('Number__c', { externalId: true, type: 'double', precision: 18, label: 'Number' }),
    field('Amount__c', { type: 'currency', label: 'Amount' }),
    field('Other_Amount__c', { type: 'currency', label: 'Amount' }),
    field('Note__c', { type: 'textarea', label: 'Note' }),
    field('Born__c', { type: 'date', label: 'Born on' }),
    field('Seen__c', { type: 'datetime', label: 'Last seen' }),
    field('Active__c', { type: 'boolean', label: 'Active' }),
    field('AccountId', {
      type: 'reference',
      referenceTo: ['Account'],
      relationshipName: 'Account',
      label: 'Account ID'
    })
  ],
  childRelationships: [
    {
      childSObject: 'Case',
      field: 'ContactId',
      relationshipName: 'Cases',
      cascadeDelete: false,
      restrictedDelete: false
    }
  ]
};
