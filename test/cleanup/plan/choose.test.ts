import { expect } from 'chai';
import { type Criterion, type MergeRule } from '../../../src/cleanup/definition/schema.js';
import { type Candidate, mergedValue, ranked } from '../../../src/cleanup/plan/choose.js';

function candidate(key: string, values: Record<string, string>, children = 0): Candidate {
  return { key, value: (field) => values[field] ?? '', filled: Object.values(values).filter(Boolean).length, children };
}

const OLD = candidate('1', { Created: '2019-01-01', Status: 'Withdrawn', Name: 'Al', Note: 'x', Amount: '9' });
const NEW = candidate(
  '2',
  { Created: '2024-01-01', Status: 'ENROLLED', Name: 'Albert', Note: 'y', Phone: '5', Amount: '10' },
  3
);
const BARE = candidate('3', { Status: 'Graduated', Note: 'X' });
const ALL = [OLD, NEW, BARE];

describe('the survivor', () => {
  const CASES: Array<[criteria: Criterion[], order: string]> = [
    [['most-complete'], '213'],
    [['has-children'], '213'],
    [[{ newest: 'Created' }], '213'],
    [[{ oldest: 'Created' }], '123'],
    [[{ highest: { Status: ['Enrolled', 'Graduated'] } }], '231'],
    [[{ filled: 'Phone' }], '213'],
    [[{ filled: 'Status' }], '123'],
    [[{ filled: 'Created' }, { highest: { Status: ['Withdrawn'] } }], '123']
  ];
  for (const [criteria, order] of CASES)
    it(`by ${JSON.stringify(criteria)} is ${order[0]}`, () => {
      for (const candidates of [ALL, [...ALL].reverse()])
        expect(
          ranked(candidates, { survivor: criteria })
            .order.map(({ key }) => key)
            .join('')
        ).to.equal(order);
    });

  it('says why it is the one', () => {
    expect(ranked(ALL, { survivor: [{ filled: 'Created' }, { newest: 'Created' }] }).reason).to.equal('newest Created');
    expect(ranked(ALL, { survivor: [{ filled: 'Status' }] }).reason).to.equal('first of equals');
  });
});

describe('merged values', () => {
  const CASES: Array<[rule: MergeRule, field: string, value: string, from: string]> = [
    ['survivor', 'Name', 'Al', '1'],
    ['survivor', 'Phone', '', '1'],
    ['first-non-empty', 'Phone', '5', '2'],
    ['first-non-empty', 'Name', 'Al', '1'],
    ['longest', 'Name', 'Albert', '2'],
    ['newest', 'Note', 'y', '2'],
    [{ newest: 'Created' }, 'Status', 'ENROLLED', '2'],
    ['max', 'Amount', '10', '2'],
    ['min', 'Amount', '9', '1'],
    ['max', 'Created', '2024-01-01', '2'],
    ['concatenate', 'Note', 'x; y', '1 2'],
    [{ concatenate: ' / ' }, 'Note', 'x / y', '1 2'],
    ['longest', 'Missing', '', '1']
  ];
  for (const [rule, field, value, from] of CASES)
    it(`of ${field} by ${JSON.stringify(rule)} are ${JSON.stringify(value)}`, () => {
      expect(mergedValue(rule, field, ALL, 'Created')).to.deep.equal({ value, from });
    });
});
