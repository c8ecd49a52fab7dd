import { expect } from 'chai';
import { parseDefinition } from '../../../src/cleanup/definition/readDefinition.js';
import { checkDefinition } from '../../../src/cleanup/org/checkDefinition.js';
import { type FieldDescribe, type ObjectDescribe } from '../../../src/schema/describe.js';

function field(name: string, given: Partial<FieldDescribe> = {}): FieldDescribe {
  return { name, label: name, type: 'string', updateable: true, createable: true, ...given } as FieldDescribe;
}

const FIELDS = [
  field('Id', { type: 'id', updateable: false }),
  field('Name', { updateable: false }),
  field('Serial_Number__c', { label: 'Serial Number' }),
  field('Status__c')
];

function problems(definition: string, rights: Partial<ObjectDescribe> = {}): string | undefined {
  const may = { updateable: true, deletable: true, mergeable: false };
  const object = { name: 'Asset__c', label: 'Asset', fields: FIELDS, ...may, ...rights } as unknown as ObjectDescribe;
  try {
    checkDefinition(parseDefinition(`sobject: Asset__c\n${definition}`, 'assets.yaml'), object);
    return undefined;
  } catch (error) {
    expect(error).to.have.property('name', 'DefinitionUnfitError');
    return (error as Error).message;
  }
}

describe('cleanup/checkDefinition', () => {
  it('takes one that fits', () => {
    expect(problems('match: [Serial_Number__c]\nstandardize: { Status__c: trim }\n')).to.equal(undefined);
    expect(problems('match: [Serial_Number__c]\non-loser: merge\n', { mergeable: true })).to.equal(undefined);
  });

  const REFUSED: ReadonlyArray<[what: string, definition: string, rights: Partial<ObjectDescribe>, said: string]> = [
    ['a field that is not there', 'match: [SerialNumber]\n', {}, 'SerialNumber is no field of Asset__c'],
    [
      'a field whose name is mistyped',
      'match: [Seral_Number__c]\n',
      {},
      'Seral_Number__c is no field of Asset__c that you may see; perhaps Serial_Number__c'
    ],
    ['a field that is read-only', 'match: [Serial_Number__c]\nmerge: { Name: longest }\n', {}, 'Name would be written'],
    [
      'an object whose records can’t be merged',
      'match: [Serial_Number__c]\non-loser: merge\n',
      {},
      "Asset__c records can't be merged; use on-loser: delete"
    ],
    [
      'a mark on a field that is not there',
      'match: [Serial_Number__c]\non-loser: "flag:Stat__c=Duplicate"\n',
      {},
      'on-loser names Stat__c, which is no field of Asset__c; perhaps Status__c'
    ],
    ['who may not delete', 'match: [Serial_Number__c]\n', { deletable: false }, 'you may not delete Asset__c records'],
    [
      'who may not edit',
      'standardize: { Status__c: trim }\n',
      { updateable: false },
      'you may not edit Asset__c records'
    ]
  ];
  for (const [what, definition, rights, said] of REFUSED)
    it(`refuses ${what}`, () => {
      expect(problems(definition, rights)).to.include(said);
    });

  it('asks nobody for the right to delete who only marks duplicates or standardises', () => {
    const rights = { deletable: false };
    expect(problems('match: [Serial_Number__c]\non-loser: "flag:Status__c=Duplicate"\n', rights)).to.equal(undefined);
    expect(problems('standardize: { Status__c: trim }\n', rights)).to.equal(undefined);
  });

  it('says all that is wrong at once', () => {
    const message = problems('match: [SerialNumber]\nmerge: { Name: longest }\non-loser: merge\n');
    for (const said of ['perhaps Serial_Number__c', 'Name would be written', "can't be merged"])
      expect(message).to.include(said);
  });
});
