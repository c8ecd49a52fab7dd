import { expect } from 'chai';
import { fieldsOf } from '../../../src/cleanup/definition/fieldsOf.js';
import { definitionOfFlags, parseDefinition } from '../../../src/cleanup/definition/readDefinition.js';

function problem(text: string): string {
  try {
    parseDefinition(text, 'students.yaml');
  } catch (error) {
    expect((error as Error).name).to.equal('DefinitionInvalidError');
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('definitions', () => {
  it('are taken in short and in long form', () => {
    const definition = parseDefinition(
      `
sobject: Contact
standardize:
  Phone: { phone: US }
  Email: [trim, email]
match:
  - Student_ID__c
  - name: person
    fields:
      LastName: jaro-winkler
      Birthdate: { compare: date, weight: 3, required: true }
    block: [[LastName, Birthdate], Email]
    merge: 0.95
never-match:
  - Birthdate
on-loser: flag:Duplicate__c=yes=1
`,
      'students.yaml'
    );
    expect(definition.rules.map(({ name, isExact, merge }) => [name, isExact, merge])).to.deep.equal([
      ['Student_ID__c', true, 0.88],
      ['person', false, 0.95]
    ]);
    expect(definition.rules[1]?.block).to.deep.equal([['LastName', 'Birthdate'], ['Email']]);
    expect(definition.onLoser).to.deep.equal({ kind: 'flag', field: 'Duplicate__c', value: 'yes=1' });
    expect(fieldsOf(definition)).to.deep.equal(['Student_ID__c', 'LastName', 'Birthdate', 'Email', 'Phone']);
  });

  const BROKEN: Array<[what: string, text: string, ...parts: string[]]> = [
    ['broken YAML', 'sobject: [Contact', 'line 1'],
    ['a key twice', 'sobject: A\nsobject: B', 'line 2, column 1'],
    ['an unknown key', 'sobject: A\nmatch: [B]\nmatches: [B]', 'line 3, column 10', '"matches"; perhaps match'],
    [
      'an unknown key of a guard',
      'sobject: A\nmatch: [B]\nnever-match: [{ diferent: C }]',
      'line 3, column 27',
      '"diferent"; perhaps different'
    ],
    [
      'an unknown comparer',
      'sobject: A\nmatch:\n  - fields:\n      Name: { compare: soundex }',
      'line 4',
      'match.0.fields.Name.compare',
      '"nickname"'
    ],
    ['a wrong threshold', 'sobject: A\nmatch: [B]\nthresholds:\n  merge: 92', 'line 4, column 10', 'thresholds.merge'],
    [
      'thresholds the wrong way round',
      'sobject: A\nmatch: [B]\nthresholds: { merge: 0.5, review: 0.9 }',
      'line 3',
      '"review" above'
    ],
    ['an unknown standardiser', 'sobject: A\nstandardize:\n  Phone: fone', 'line 3, column 10', 'standardize.Phone'],
    [
      'a country in words',
      'sobject: A\nstandardize:\n  Phone:\n    phone: Germany',
      'line 4',
      'country code of two capitals'
    ],
    ['a map in circles', 'sobject: A\nstandardize:\n  S:\n    map: { a: b, b: a }', 'line 4', 'back to itself'],
    ['nothing to do', 'sobject: A', 'nothing to do'],
    [
      'swapped fields that are not compared',
      'sobject: A\nmatch:\n  - fields: { B: exact }\n    swapped: [B, C]',
      'line 4',
      'names C'
    ],
    [
      'a field that follows one that is not compared',
      'sobject: A\nmatch:\n  - fields:\n      B: { compare: exact, follows: C }',
      'line 4',
      'names C'
    ],
    [
      'a shared field that is not compared',
      'sobject: A\nmatch:\n  - score: probability\n    shared: [C]\n    fields: { B: exact }',
      'line 4',
      'names C'
    ],
    [
      'what is not for a mean',
      'sobject: A\nmatch:\n  - shared: [B]\n    fields: { B: exact }',
      'line 3',
      'not for a score that is a mean'
    ],
    [
      'what is not for a probability',
      'sobject: A\nmatch:\n  - score: probability\n    chance: 0.1\n    fields: { B: exact }',
      'line 4',
      'not for a score that is a probability'
    ],
    ['nothing at all', '', 'line 1']
  ];
  for (const [what, text, ...parts] of BROKEN)
    it(`with ${what} are refused with the place`, () => {
      const message = problem(text);
      for (const part of parts) expect(message).to.include(part);
    });

  it('can be flags', () => {
    const definition = definitionOfFlags({
      sobject: 'Contact',
      match: ['Student_ID__c', 'LastName,Birthdate'],
      standardize: ['Phone=phone:US,Email=email', 'Email=trim']
    });
    expect(definition.rules.map(({ name }) => name)).to.deep.equal(['Student_ID__c', 'LastName,Birthdate']);
    expect([...definition.standardize]).to.deep.equal([
      ['Phone', [{ phone: 'US' }]],
      ['Email', ['email', 'trim']]
    ]);
    expect(() => definitionOfFlags({ sobject: 'A', match: [], standardize: ['Phone=fone'] })).to.throw(
      'standardize.Phone'
    );
  });

  it('of flags keep apart by the fields that tell people apart', () => {
    const of = (match: string[], ...columns: string[]): string[] =>
      definitionOfFlags({ sobject: 'Contact', match, standardize: [], columns }).guards.map(
        ({ field, compare, atLeast, review }) => `${field} ${compare} ${atLeast} ${review}`
      );
    expect(of(['Email'], 'Id', 'FirstName', 'LastName', 'Birthdate', 'Student_ID__c', 'SSN__c')).to.deep.equal([
      'FirstName nickname 0.8 0',
      'Birthdate date 0.7 0',
      'Student_ID__c digits 1 0.9',
      'SSN__c digits 0.9 0'
    ]);
    expect(of(['Email'], 'Id', 'Email')).to.deep.equal([]);
    expect(
      definitionOfFlags({ sobject: 'A', match: [], standardize: ['Email=email'], columns: ['Birthdate'] }).guards
    ).to.deep.equal([]);
  });
});
