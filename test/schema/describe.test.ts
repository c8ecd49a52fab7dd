import { expect } from 'chai';
import { type Connection } from '@salesforce/core';
import { describeObject, fieldNamed } from '../../src/schema/describe.js';
import { rejection, sfRejection } from '../rejection.js';
import { CONTACT } from './objects.js';

function org(answer: () => unknown): { connection: Connection; asked: string[] } {
  const asked: string[] = [];
  const connection = {
    describe: async (sobject: string) => {
      asked.push(sobject);
      return Promise.resolve().then(answer);
    }
  };
  return { connection: connection as unknown as Connection, asked };
}

describe('schema/describe', () => {
  it('asks the org once and gives what it says', async () => {
    const { connection, asked } = org(() => CONTACT);
    const contact = await describeObject(connection, 'contact');
    expect(asked).to.deep.equal(['contact']);
    expect(contact.name).to.equal('Contact');
    expect(contact.fields.map(({ name }) => name)).to.deep.equal(CONTACT.fields.map(({ name }) => name));
    expect(contact.childRelationships[0]?.childSObject).to.equal('Case');
  });

  it('takes the least that an org may say', async () => {
    const { connection } = org(() => ({ name: 'X__c', fields: [{ name: 'Id', type: 'id' }], extra: true }));
    const object = await describeObject(connection, 'X__c');
    expect(object.fields[0]).to.deep.include({
      createable: true,
      nillable: true,
      externalId: false,
      label: '',
      referenceTo: []
    });
    expect(object.childRelationships).to.deep.equal([]);
  });

  it('says that there is no such object', async () => {
    const { connection } = org(() => {
      throw Object.assign(new Error('The requested resource does not exist'), { name: 'NOT_FOUND' });
    });
    const error = await sfRejection(describeObject(connection, 'Contcat'));
    expect(error.name).to.equal('ObjectUnknownError');
    expect(error.message).to.contain('Contcat');
    expect(error.actions?.join()).to.contain('--sobject Contcat');
  });

  it('says that an answer makes no sense', async () => {
    for (const answer of [
      null,
      'x',
      { name: 7, fields: [] },
      { name: 'X', fields: 7 },
      { name: 'X', fields: [{ name: 7, type: 'id' }] }
    ]) {
      const { connection } = org(() => answer);
      expect((await sfRejection(describeObject(connection, 'X'))).name).to.equal('DescribeStrangeError');
    }
  });

  it('passes any other error on', async () => {
    const lost = new Error('lost');
    expect(await rejection(describeObject(org(() => Promise.reject(lost)).connection, 'X'))).to.equal(lost);
  });

  it('finds a field whatever the case of its name', async () => {
    const contact = await describeObject(org(() => CONTACT).connection, 'Contact');
    expect(fieldNamed(contact, 'student_id__C')?.name).to.equal('Student_ID__c');
    expect(fieldNamed(contact, 'Student ID')).to.equal(undefined);
  });
});
