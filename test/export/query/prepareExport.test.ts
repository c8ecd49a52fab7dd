import { expect } from 'chai';
import { prepareExport, type SplitWanted } from '../../../src/export/query/prepareExport.js';
import { rejection } from '../../rejection.js';
import { field } from '../../schema/objects.js';

const DEAL = {
  name: 'Deal__c',
  queryable: true,
  fields: [
    field('Id', { type: 'id', nillable: false }),
    field('Name'),
    field('Closed__c', { type: 'date', nillable: true }),
    field('CreatedDate', { type: 'datetime', nillable: false })
  ]
};

describe('export/prepareExport', () => {
  const prepared = async (soql: string, split?: SplitWanted) =>
    prepareExport({ soql }, { get: () => Promise.resolve(DEAL) }, split);
  const SOQL = 'SELECT Name FROM Deal__c';

  for (const [says, split, field, unit] of [
    ['a date that is not selected', { field: 'closed__c', unit: 'month' }, 'Closed__c', 'month'],
    ['an Id', { field: 'ID', splits: 16 }, 'Id', undefined],
    ['an instant', { field: 'CreatedDate' }, 'CreatedDate', undefined]
  ] as const)
    it(`splits by ${says}`, async () => {
      expect((await prepared(SOQL, split)).split).to.include({ field, unit, isNillable: field === 'Closed__c' });
    });

  for (const [says, soql, split, name] of [
    ['LIMIT', `${SOQL} LIMIT 5`, { field: 'Id' }, 'SplitClauseError'],
    ['ORDER BY', `${SOQL} ORDER BY Name`, { field: 'Id' }, 'SplitClauseError'],
    ['a text', SOQL, { field: 'Name' }, 'SplitFieldError'],
    ['months of an Id', SOQL, { field: 'Id', unit: 'month' }, 'SplitUnitError'],
    ['months and a number', SOQL, { field: 'CreatedDate', unit: 'month', splits: 4 }, 'SplitUnitError']
  ] as const)
    it(`does not split by ${says}`, async () => {
      const error = await rejection(prepared(soql, split));
      expect(error.name).to.equal(name);
    });
});
