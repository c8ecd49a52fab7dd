import { expect } from 'chai';
import { type ObjectDescribe } from '../../src/schema/describe.js';
import { relationshipOf, relationshipPath } from '../../src/schema/relationship.js';
import { sfRejection } from '../rejection.js';
import { CONTACT, field } from './objects.js';

const OWNER = field('OwnerId', { type: 'reference', referenceTo: ['Group', 'User'], relationshipName: 'Owner' });
const CASE = { ...CONTACT, name: 'Case', fields: [...CONTACT.fields, OWNER] } as unknown as ObjectDescribe;
const USER = {
  ...CONTACT,
  name: 'User',
  fields: [field('Id', { type: 'id' }), field('Email', { type: 'email', idLookup: true }), field('Alias')]
} as unknown as ObjectDescribe;

function pathOf(path: string, parent?: ObjectDescribe): string {
  return relationshipPath('Column', relationshipOf('Column', path, CASE), parent);
}

describe('schema/relationship', () => {
  const sent: ReadonlyArray<[string, string, string, ObjectDescribe?]> = [
    ['a path in the org’s own spelling', 'account.student_id__C', 'Account.Student_ID__c', CASE],
    ['a path whose end is left to the org', 'ACCOUNT.any__c', 'Account.any__c'],
    ['the type first, as the service wants it', 'User:Owner.Email', 'User:Owner.Email', USER],
    ['the type behind the relationship, turned around', 'owner:user.email', 'User:Owner.Email', USER],
    ['the Id of the parent', 'User:Owner.id', 'User:Owner.Id', USER],
    ['a type that need not be there without it', 'Account:Account.Student_ID__c', 'Account.Student_ID__c', CASE]
  ];
  for (const [what, path, expected, parent] of sent)
    it(`sends ${what}`, () => expect(pathOf(path, parent)).to.equal(expected));

  const refused: ReadonlyArray<[string, string, string, RegExp, ObjectDescribe?]> = [
    ['a relationship that there is not', 'Acount.Name', 'RelationshipUnknownError', /Account/],
    ['the field in place of the relationship', 'AccountId.Name', 'RelationshipUnknownError', /Account/],
    ['a path over two relationships', 'Account.Owner.Email', 'RelationshipDeepError', /skip-column/],
    ['a path without an end', 'Account.', 'RelationshipDeepError', /skip-column/],
    ['a parent of several kinds without its type', 'Owner.Email', 'RelationshipTypeError', /User:Owner\.Email/],
    ['a type that the parent never is', 'Lead:Owner.Email', 'RelationshipTypeError', /Group:Owner\.Email/],
    ['a field that the parent has not', 'User:Owner.Emial', 'ParentFieldUnknownError', /Email/, USER],
    ['a field that parents are not found by', 'User:Owner.Alias', 'ParentFieldNotKeyError', /Id, Email/, USER]
  ];
  for (const [what, path, name, action, parent] of refused)
    it(`refuses ${what}, and says what would do`, async () => {
      const error = await sfRejection(Promise.resolve().then(() => pathOf(path, parent)));
      expect(error.name).to.equal(name);
      expect(error.message).to.contain('Column');
      expect(error.actions?.join('\n')).to.match(action);
    });
});
