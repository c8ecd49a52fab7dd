import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseDefinition } from '../../../src/cleanup/definition/readDefinition.js';
import { starterDefinition, starterForFile, starterOfFile } from '../../../src/cleanup/definition/starter.js';
import { describeObject, type ObjectDescribe } from '../../../src/schema/describe.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { field } from '../../schema/objects.js';

/** How the rule of likeness compares each field. */
function compared(text: string): Record<string, string> {
  const { rules } = parseDefinition(text, 'starter.yaml');
  const likeness = rules.find(({ name }) => name === 'likeness');
  return Object.fromEntries((likeness?.fields ?? []).map(({ field: name, compare }) => [name, compare]));
}

/** A Contact of an org that has these fields. */
async function described(fields: unknown): Promise<ObjectDescribe> {
  return describeObject({ get: async () => Promise.resolve({ name: 'Contact', mergeable: true, fields }) }, 'Contact');
}

describe('starting definitions', () => {
  const dir = tempDir();

  describe('of an object', () => {
    let contact: ObjectDescribe;
    let text: string;
    before(async () => {
      contact = await described([
        field('FirstName'),
        field('LastName'),
        field('Birthdate', { type: 'date' }),
        field('Email', { type: 'email' }),
        field('MobilePhone', { type: 'phone' }),
        field('MailingStreet'),
        field('MailingPostalCode'),
        field('Title'),
        field('Student_ID__c', { externalId: true }),
        field('CreatedDate', { type: 'datetime', updateable: false })
      ]);
      text = starterDefinition(contact);
    });

    it('are valid, and compare what tells people apart', () => {
      expect(compared(text)).to.deep.equal({
        FirstName: 'nickname',
        LastName: 'jaro-winkler',
        Birthdate: 'date',
        Email: 'email',
        MobilePhone: 'digits',
        MailingStreet: 'tokens',
        MailingPostalCode: 'digits'
      });
    });

    it('do not take for an address or a number what only has its name, or is made of others', async () => {
      const more = await described([
        field('LastName'),
        field('EmailBouncedReason'),
        field('EmailBouncedDate', { type: 'datetime' }),
        field('HasOptedOutOfEmail', { type: 'boolean' }),
        field('HasOptedOutOfFax', { type: 'boolean' }),
        field('Phone_Type__c', { type: 'picklist' }),
        field('Mobile_Calls__c', { type: 'double' }),
        field('MailingAddress', { type: 'address', updateable: false }),
        field('PersonContactId', { type: 'reference' }),
        field('Birth_Certificate__c', { type: 'boolean' }),
        field('Preferred__c', { type: 'email' }),
        field('Preferred_Email__c'),
        field('Work_Email__c'),
        field('Email_2__c'),
        field('Other_Phone__c', { type: 'string' }),
        field('Gender__c', { type: 'picklist' }),
        field('MailingState', { type: 'picklist' })
      ]);
      const suggested = starterDefinition(more);
      expect(compared(suggested)).to.deep.equal({
        LastName: 'jaro-winkler',
        Preferred__c: 'email',
        Preferred_Email__c: 'email',
        Work_Email__c: 'email',
        Email_2__c: 'email',
        Other_Phone__c: 'digits',
        Gender__c: 'exact',
        MailingState: 'exact'
      });
      for (const other of more.fields.filter(({ type }) =>
        ['boolean', 'datetime', 'address', 'reference'].includes(type)
      ))
        expect(suggested).to.not.contain(other.name);
    });

    it('compare the texts of what has no name, as a case', async () => {
      const nameless = await described([
        field('CaseNumber', { updateable: false }),
        field('Subject'),
        field('Status', { type: 'picklist' }),
        field('Description', { type: 'textarea' })
      ]);
      expect(compared(starterDefinition(nameless))).to.deep.equal({ Subject: 'tokens' });
    });

    it('take the same external ID for the same person, and keep two IDs or birth dates apart', () => {
      const { rules, guards, survivor } = parseDefinition(text, 'starter.yaml');
      expect(rules[0]).to.include({ name: 'Student_ID__c', merge: 0.55 });
      expect(rules[0]?.fields.map(({ field: name, required }) => [name, required])).to.deep.equal([
        ['Student_ID__c', true],
        ['FirstName', false],
        ['LastName', false],
        ['Birthdate', false]
      ]);
      expect(guards.map(({ field: name, atLeast, review }) => [name, atLeast, review])).to.deep.equal([
        ['Student_ID__c', 1, 0.9],
        ['Birthdate', 0.7, 0]
      ]);
      expect(survivor).to.deep.equal(['most-complete', { oldest: 'CreatedDate' }]);
    });

    it('leave alone what is there more than ten times; of a file, that may be made of many, more than thirty', () => {
      expect(parseDefinition(text, 'starter.yaml').maxCluster).to.equal(10);
      const ofFile = starterForFile({ path: 'x.csv', header: ['first_name', 'last_name'] });
      expect(parseDefinition(ofFile, 'starter.yaml').maxCluster).to.equal(30);
    });

    it('write nothing that is read-only', () => {
      const readOnly = { ...contact, fields: contact.fields.map((one) => ({ ...one, updateable: false })) };
      const { standardize, merge } = parseDefinition(starterDefinition(readOnly), 'starter.yaml');
      expect([standardize.size, merge.size]).to.deep.equal([0, 0]);
    });
  });

  describe('of a file', () => {
    const of = (header: string, key?: string): string =>
      starterForFile({ path: 'x.csv', header: header.split(','), key });

    it('know columns of people by many names', () => {
      expect(
        compared(
          of(
            'rec_id, given_name, surname, street_number, address_1, suburb, postcode, state, date_of_birth, ssn',
            'rec_id'
          )
        )
      ).to.deep.equal({
        given_name: 'nickname',
        surname: 'jaro-winkler',
        street_number: 'digits',
        address_1: 'tokens',
        suburb: 'jaro-winkler',
        postcode: 'digits',
        state: 'exact',
        date_of_birth: 'date',
        ssn: 'digits'
      });
      expect(compared(of('key,First Name,Last Name,DOB,E-mail,Zip Code,City,Telephone,Notes', 'KEY'))).to.deep.equal({
        'First Name': 'nickname',
        'Last Name': 'jaro-winkler',
        DOB: 'date',
        'E-mail': 'email',
        'Zip Code': 'digits',
        City: 'jaro-winkler',
        Telephone: 'digits'
      });
    });

    it('take no other column of a student for an ID', () => {
      const of = (name: string): string =>
        starterForFile({ path: 'p.csv', header: ['FirstName', 'LastName', name], sobject: 'Contact' });
      for (const name of ['Student_Status__c', 'Customer Type', 'Member', 'Person', 'TaxClass']) {
        const { rules, guards } = parseDefinition(of(name), 'starter.yaml');
        expect([rules.map((rule) => rule.name), guards], name).to.deep.equal([['likeness'], []]);
      }
      for (const name of ['Student_ID__c', 'student_nr', 'CustomerNumber', 'soc_sec_id', 'SSN', 'Passport No'])
        expect(parseDefinition(of(name), 'starter.yaml').rules.map((rule) => rule.name)).to.deep.equal([
          name,
          'likeness'
        ]);
    });
    it('compare all columns of things', () => {
      expect(compared(of('id,title,authors,venue,year'))).to.deep.equal({
        title: 'tokens',
        authors: 'tokens',
        venue: 'tokens',
        year: 'number'
      });
      expect(compared(of('name,addr,city,phone,type'))).to.deep.equal({
        name: 'tokens',
        addr: 'tokens',
        city: 'jaro-winkler',
        phone: 'digits',
        type: 'tokens'
      });
    });

    it('leave to a person what only a person knows', () => {
      const { standardize } = parseDefinition(of('first_name,last_name,phone,zip,birth_date'), 'starter.yaml');
      expect([...standardize.keys()]).to.deep.equal(['first_name', 'last_name']);
      expect(of('first_name,last_name,phone')).to.include('#  phone: { phone: US }');
    });

    it('keep people apart by what tells them apart', () => {
      const guards = (header: string): unknown =>
        parseDefinition(of(header), 'starter.yaml').guards.map(({ field: name, review, atLeast, unless }) => [
          name,
          review,
          atLeast,
          ...unless.map((one) => `${one.field} ${one.compare}`)
        ]);
      expect(guards('first_name,last_name,birth_date,student_number')).to.deep.equal([
        ['student_number', 0.9, 1],
        ['birth_date', 0, 0.7]
      ]);
      expect(guards('first_name,last_name,birth_date,ssn')).to.deep.equal([
        ['ssn', 0, 0.9, 'first_name nickname', 'birth_date date'],
        ['birth_date', 0, 0.7, 'ssn digits']
      ]);
      expect(guards('last_name,email')).to.deep.equal([]);
    });

    it('say what several have in common: of people a family, of things all but their name', () => {
      const shared = (header: string): unknown => parseDefinition(of(header), 'starter.yaml').rules.at(-1)?.shared;
      expect(shared('first_name,middle_name,last_name,dob,email,phone,address,city,ssn')).to.deep.equal([
        'last_name',
        'email',
        'phone',
        'address',
        'city'
      ]);
      expect(shared('last_name,email')).to.deep.equal([]);
      expect(shared('name,address,phone')).to.deep.equal(['address', 'phone']);
      expect(shared('id,title,authors,year')).to.deep.equal(['authors', 'year']);
      expect(shared('address,phone')).to.deep.equal([]);
    });

    it('ask for more of things than of people, and compare no name twice', () => {
      const merge = (header: string): unknown =>
        parseDefinition(of(header), 'starter.yaml').rules.map((rule) => [rule.score, rule.merge, rule.review]);
      expect(merge('first_name,last_name')).to.deep.equal([['probability', 0.98, 0.05]]);
      expect(merge('name,address')).to.deep.equal([['probability', 0.99, 0.05]]);
      expect(Object.keys(compared(of('full_name,first_name,last_name')))).to.deep.equal(['first_name', 'last_name']);
      expect(compared(of('last_name,birth_place,place_of_birth'))).to.deep.equal({
        last_name: 'jaro-winkler',
        birth_place: 'jaro-winkler',
        place_of_birth: 'jaro-winkler'
      });
    });

    it('say which fields go with others', () => {
      const of1 = (header: string): unknown =>
        parseDefinition(of(header), 'starter.yaml').rules.flatMap(({ fields }) =>
          fields.flatMap(({ field: name, follows }) => (follows === undefined ? [] : [`${name} ${follows}`]))
        );
      expect(of1('first_name,last_name,sex,city,state,zip')).to.deep.equal(['sex first_name', 'city zip', 'state zip']);
      expect(of1('last_name,sex,city,state')).to.deep.equal(['state city']);
    });

    it('ask about another age only where there is no birth date', () => {
      const age = (header: string): unknown =>
        parseDefinition(of(header), 'starter.yaml')
          .rules.flatMap(({ fields }) => fields)
          .filter(({ field: name }) => name === 'age')
          .map(({ required, within }) => [required, within]);
      expect(age('first_name,last_name,age')).to.deep.equal([['if-present', 2]]);
      expect(age('first_name,last_name,age,dob')).to.deep.equal([]);
    });

    it('take column names of every sort', () => {
      const odd = 'a: b,#c,"d",null,Ünïcode';
      expect(Object.keys(compared(of(odd)))).to.deep.equal(odd.split(','));
    });

    it('need the key to be a column', async () => {
      const path = join(dir.path, 'x.csv');
      await writeFile(path, 'a,b\n1,2\n');
      expect(await rejection(starterOfFile({ path, key: 'c' }))).to.have.property('name', 'KeyMissingError');
      expect(Object.keys(compared(await starterOfFile({ path, key: 'a' })))).to.deep.equal(['b']);
    });
  });
});
