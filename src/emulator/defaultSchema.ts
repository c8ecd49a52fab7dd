import { field, object, type ParentRule, Schema } from './schema.js';

const required = { nillable: false } as const;
const externalId = { externalId: true, idLookup: true, unique: true } as const;

function parent(
  name: string,
  to: string,
  relationshipName: string,
  more: { children?: string; whenDeleted?: ParentRule } = {}
): ReturnType<typeof field> {
  const { children: childRelationshipName, whenDeleted: whenParentIsDeleted = 'clear' } = more;
  return field(name, 'reference', { referenceTo: [to], relationshipName, childRelationshipName, whenParentIsDeleted });
}

function address(prefix: string): Array<ReturnType<typeof field>> {
  return [
    field(`${prefix}Street`, 'textarea', { length: 255 }),
    field(`${prefix}City`, 'string', { length: 40 }),
    field(`${prefix}State`, 'string', { length: 80 }),
    field(`${prefix}PostalCode`, 'string', { length: 20 }),
    field(`${prefix}Country`, 'string', { length: 80 })
  ];
}

/** The org that is there when nobody names another: standard objects in part, and the three cases that the plugin is made for. */
export const DEFAULT_SCHEMA = new Schema([
  object(
    'Account',
    '001',
    [
      field('Name', 'string', required),
      field('AccountNumber', 'string', { length: 40 }),
      field('Account_No__c', 'string', { length: 40, ...externalId }),
      field('Type', 'picklist', { picklist: ['Prospect', 'Customer', 'Partner', 'Other'] }),
      field('Industry', 'picklist', {
        picklist: ['Agriculture', 'Banking', 'Education', 'Technology', 'Transportation']
      }),
      field('AnnualRevenue', 'currency', { scale: 0 }),
      field('NumberOfEmployees', 'int', { digits: 8 }),
      field('Phone', 'phone'),
      field('Website', 'url'),
      field('Description', 'textarea', { length: 32_000 }),
      ...address('Billing'),
      ...address('Shipping'),
      parent('ParentId', 'Account', 'Parent', { children: 'ChildAccounts' })
    ],
    { mergeable: true }
  ),
  object(
    'Contact',
    '003',
    [
      parent('AccountId', 'Account', 'Account', { children: 'Contacts', whenDeleted: 'cascade' }),
      field('FirstName', 'string', { length: 40 }),
      field('LastName', 'string', { length: 80, ...required }),
      field('Name', 'string', { length: 121, createable: false, updateable: false, calculated: true }),
      field('Salutation', 'picklist', { picklist: ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.'] }),
      field('Email', 'email', { idLookup: true }),
      field('Phone', 'phone'),
      field('MobilePhone', 'phone'),
      field('HomePhone', 'phone'),
      field('Fax', 'phone'),
      field('Title', 'string', { length: 128 }),
      field('Department', 'string', { length: 80 }),
      field('Birthdate', 'date'),
      field('LeadSource', 'picklist', { picklist: ['Web', 'Phone Inquiry', 'Partner Referral', 'Other'] }),
      field('Description', 'textarea', { length: 32_000 }),
      field('DoNotCall', 'boolean'),
      field('HasOptedOutOfEmail', 'boolean'),
      ...address('Mailing'),
      ...address('Other'),
      parent('ReportsToId', 'Contact', 'ReportsTo'),
      field('Student_ID__c', 'string', { length: 20, externalId: true, idLookup: true }),
      field('Student_Status__c', 'picklist', {
        picklist: ['Prospect', 'Applicant', 'Enrolled', 'Graduated', 'Withdrawn'],
        restrictedPicklist: true
      }),
      field('Program__c', 'string', { length: 80 }),
      field('Enrollment_Date__c', 'date'),
      field('GPA__c', 'double', { precision: 3, scale: 2 }),
      field('Duplicate_Of__c', 'string', { length: 18 })
    ],
    { mergeable: true }
  ),
  object(
    'Lead',
    '00Q',
    [
      field('FirstName', 'string', { length: 40 }),
      field('LastName', 'string', { length: 80, ...required }),
      field('Company', 'string', required),
      field('Email', 'email', { idLookup: true }),
      field('Phone', 'phone'),
      field('Status', 'picklist', { picklist: ['Open', 'Working', 'Closed'], defaultedOnCreate: true }),
      field('LeadSource', 'picklist', { picklist: ['Web', 'Phone Inquiry', 'Partner Referral', 'Other'] })
    ],
    { mergeable: true }
  ),
  object('Opportunity', '006', [
    parent('AccountId', 'Account', 'Account', { children: 'Opportunities', whenDeleted: 'cascade' }),
    field('Name', 'string', { length: 120, ...required }),
    field('StageName', 'picklist', {
      picklist: ['Prospecting', 'Negotiation', 'Closed Won', 'Closed Lost'],
      ...required
    }),
    field('CloseDate', 'date', required),
    field('Amount', 'currency')
  ]),
  object('Case', '500', [
    parent('AccountId', 'Account', 'Account', { children: 'Cases', whenDeleted: 'restrict' }),
    parent('ContactId', 'Contact', 'Contact', { children: 'Cases', whenDeleted: 'restrict' }),
    field('Subject', 'string'),
    field('Status', 'picklist', { picklist: ['New', 'Working', 'Closed'], defaultedOnCreate: true }),
    field('Description', 'textarea', { length: 32_000 })
  ]),
  object('User', '005', [
    field('Username', 'string', { length: 80, ...required, idLookup: true }),
    field('FirstName', 'string', { length: 40 }),
    field('LastName', 'string', { length: 80, ...required }),
    field('Name', 'string', { length: 121, createable: false, updateable: false, calculated: true }),
    field('Email', 'email', { ...required, idLookup: true }),
    field('IsActive', 'boolean')
  ]),
  object('Organization', '00D', [
    field('Name', 'string', required),
    field('InstanceName', 'string'),
    field('IsSandbox', 'boolean'),
    field('TrialExpirationDate', 'datetime'),
    field('NamespacePrefix', 'string'),
    field('OrganizationType', 'string')
  ]),
  object('Shipment__c', 'a01', [
    field('Name', 'string', { length: 80 }),
    field('External_Id__c', 'string', { length: 40, ...externalId }),
    parent('Account__c', 'Account', 'Account__r', { children: 'Shipments__r' }),
    field('Status__c', 'picklist', { picklist: ['Created', 'In Transit', 'Delivered', 'Returned'] }),
    field('Carrier__c', 'string', { length: 60 }),
    field('Tracking_Number__c', 'string', { length: 60 }),
    field('Origin__c', 'string', { length: 120 }),
    field('Destination__c', 'string', { length: 120 }),
    field('Weight_Kg__c', 'double', { precision: 10, scale: 3 }),
    field('Value__c', 'currency'),
    field('Pieces__c', 'double', { precision: 9, scale: 0 }),
    field('Shipped_On__c', 'date'),
    field('Delivered_At__c', 'datetime'),
    field('Is_Insured__c', 'boolean'),
    field('Notes__c', 'textarea', { length: 4000 })
  ]),
  object('Transaction__c', 'a02', [
    field('Name', 'string', { length: 80 }),
    field('Transaction_No__c', 'string', { length: 40, ...externalId }),
    parent('Account__c', 'Account', 'Account__r', { children: 'Transactions__r' }),
    field('Amount__c', 'currency'),
    field('Currency__c', 'string', { length: 3 }),
    field('Booked_On__c', 'date'),
    field('Booked_At__c', 'datetime'),
    field('Counterparty__c', 'string', { length: 120 }),
    field('Reference__c', 'string', { length: 140 }),
    field('Is_Reversal__c', 'boolean'),
    field('Memo__c', 'textarea', { length: 4000 })
  ])
]);
