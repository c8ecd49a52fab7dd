import { expect } from 'chai';
import { BulkError } from '../../src/bulk/bulkError.js';
import { type OrgReads } from '../../src/bulk/orgReads.js';
import { describedOnce, describeObject, describeVisible, fieldNamed, rawDescribe } from '../../src/schema/describe.js';
import { rejection, sfRejection } from '../rejection.js';
import { CONTACT } from './objects.js';

function org(answer: () => unknown): { reads: OrgReads; asked: string[] } {
  const asked: string[] = [];
  const get = async (path: string): Promise<unknown> => {
    asked.push(path);
    return Promise.resolve().then(answer);
  };
  return { reads: { get }, asked };
}

describe('schema/describe', () => {
  it('asks the org once and gives what it says', async () => {
    const { reads, asked } = org(() => CONTACT);
    const contact = await describeObject(reads, 'contact');
    expect(asked).to.deep.equal(['/sobjects/contact/describe']);
    expect(contact.name).to.equal('Contact');
    expect(contact.fields.map(({ name }) => name)).to.deep.equal(CONTACT.fields.map(({ name }) => name));
    expect(contact.childRelationships[0]?.childSObject).to.equal('Case');
  });

  it('asks for a describe once where that is wanted, and again for one that failed', async () => {
    let fails = true;
    const { reads, asked } = org(() => {
      if (fails) throw new Error('not now');
      return CONTACT;
    });
    const once = describedOnce(reads);
    expect((await rejection(describeObject(once, 'Contact'))).message).to.equal('not now');
    fails = false;
    const found = [await describeObject(once, 'Contact'), await describeObject(once, 'Contact')];
    expect(found.map(({ name }) => name)).to.deep.equal(['Contact', 'Contact']);
    await Promise.all([once.get('/sobjects'), once.get('/sobjects')]);
    await describeObject(once, 'Account');
    const path = (name: string): string => `/sobjects/${name}/describe`;
    expect(asked).to.deep.equal([path('Contact'), path('Contact'), '/sobjects', '/sobjects', path('Account')]);
  });

  it('takes the least that an org may say', async () => {
    const { reads } = org(() => ({ name: 'X__c', fields: [{ name: 'Id', type: 'id' }], extra: true }));
    const object = await describeObject(reads, 'X__c');
    expect(object.fields[0]).to.deep.include({
      createable: true,
      nillable: true,
      externalId: false,
      label: '',
      referenceTo: []
    });
    expect(object.childRelationships).to.deep.equal([]);
  });

  it('says that there is no such object, and which one was perhaps meant', async () => {
    const { reads, asked } = org(() => {
      if (asked.at(-1) === '/sobjects')
        return { sobjects: [{ name: 'Contact' }, { name: 'Contract' }, { name: 'Lead' }] };
      throw new BulkError({ name: 'NotFound', kind: 'gone', message: 'The requested resource does not exist' });
    });
    const error = await sfRejection(describeObject(reads, 'Contcat'));
    expect(error.name).to.equal('ObjectUnknownError');
    expect(error.message).to.contain('Contcat');
    expect(error.actions?.join()).to.contain('Perhaps it is Contact or Contract.').and.to.contain('--sobject Contcat');
    expect((await sfRejection(rawDescribe(reads, 'Zzzzzz'))).actions?.[0]).to.contain('No object has a name like it');
    expect(await describeVisible(reads, 'Contcat')).to.equal(undefined);
  });

  it('says that there is no such object also where the org does not list its objects', async () => {
    const { reads, asked } = org(() => {
      const kind = asked.at(-1) === '/sobjects' ? 'network' : 'gone';
      throw new BulkError({ name: 'NotFound', kind, message: 'The requested resource does not exist' });
    });
    expect((await sfRejection(describeObject(reads, 'Contcat'))).name).to.equal('ObjectUnknownError');
  });

  it('does not blame the object where the org does not know the version of the API', async () => {
    const { reads } = org(() => {
      throw new BulkError({ name: 'NotFound', kind: 'gone', message: 'The requested resource does not exist' });
    });
    const error = await sfRejection(describeObject(reads, 'Contact'));
    expect(error.name).to.equal('ApiVersionUnknownError');
    expect(error.message).to.equal('The org does not know the API version in which it was asked.');
    expect(error.actions?.join()).to.contain('--api-version');
  });

  it('says that an answer makes no sense', async () => {
    for (const answer of [
      null,
      'x',
      { name: 7, fields: [] },
      { name: 'X', fields: 7 },
      { name: 'X', fields: [{ name: 7, type: 'id' }] }
    ]) {
      const { reads } = org(() => answer);
      expect((await sfRejection(describeObject(reads, 'X'))).name).to.equal('DescribeStrangeError');
    }
  });

  it('passes any other error on', async () => {
    const lost = new Error('lost');
    expect(await rejection(describeObject(org(() => Promise.reject(lost)).reads, 'X'))).to.equal(lost);
  });

  it('finds a field whatever the case of its name', async () => {
    const contact = await describeObject(org(() => CONTACT).reads, 'Contact');
    expect(fieldNamed(contact, 'student_id__C')?.name).to.equal('Student_ID__c');
    expect(fieldNamed(contact, 'Student ID')).to.equal(undefined);
  });
});
