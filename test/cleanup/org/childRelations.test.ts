import { expect } from 'chai';
import { BulkError } from '../../../src/bulk/bulkError.js';
import { type OrgReads } from '../../../src/bulk/orgReads.js';
import { childRelations } from '../../../src/cleanup/org/childRelations.js';
import { describeObject } from '../../../src/schema/describe.js';
import { rejection } from '../../rejection.js';

const PARENT = {
  name: 'Contact',
  fields: [],
  childRelationships: [
    { childSObject: 'Case', field: 'ContactId' },
    { childSObject: 'Hidden__c', field: 'Contact__c' }
  ]
};
const CASE = { name: 'Case', fields: [{ name: 'ContactId', type: 'reference' }] };

/** An org of Contact and Case in which a describe of Hidden__c ends with an error. */
function org(hidden: BulkError): OrgReads {
  return {
    get: async (path) =>
      path.includes('Hidden__c') ? Promise.reject(hidden) : Promise.resolve(path.includes('Case') ? CASE : PARENT)
  };
}

describe('cleanup/org/childRelations', () => {
  const found = async (hidden: BulkError) => childRelations(org(hidden), await describeObject(org(hidden), 'Contact'));

  it('leaves out child objects that the user may not see', async () => {
    const gone = new BulkError({ name: 'NotFound', kind: 'gone', message: 'The requested resource does not exist' });
    const kept = new BulkError({
      name: 'RefusedByOrg',
      kind: 'refused',
      httpStatus: 403,
      errorCode: 'INSUFFICIENT_ACCESS',
      message: 'no access'
    });
    for (const hidden of [gone, kept])
      expect(await found(hidden)).to.deep.equal({ movable: [{ sobject: 'Case', field: 'ContactId' }], bound: [] });
  });

  it('leaves out none that the org would not describe for now: its records would not be moved', async () => {
    const late = new BulkError({ name: 'OrgUnavailable', kind: 'network', message: 'later' });
    const limit = { name: 'RequestLimitExceeded', kind: 'limit', errorCode: 'REQUEST_LIMIT_EXCEEDED' } as const;
    const used = new BulkError({ ...limit, httpStatus: 403, message: 'used up' });
    const proxy = new BulkError({ name: 'NotTheApi', kind: 'refused', httpStatus: 403, message: 'a page' });
    for (const error of [late, used, proxy]) expect(await rejection(found(error))).to.equal(error);
  });
});
