import { expect } from 'chai';
import { knownKeys } from '../../../src/cleanup/definition/knownKeys.js';
import { definitionSchema } from '../../../src/cleanup/definition/schema.js';

describe('cleanup/definition/knownKeys', () => {
  const CASES: ReadonlyArray<[path: ReadonlyArray<string | number>, keys: readonly string[]]> = [
    [[], ['sobject', 'where', 'thresholds', 'max-cluster']],
    [['thresholds'], ['merge', 'review']],
    [
      ['never-match', 0],
      ['different', 'compare', 'at-least', 'review', 'unless']
    ],
    [
      ['match', 3],
      ['name', 'fields', 'score', 'block']
    ],
    [
      ['match', 0, 'fields', 'LastName'],
      ['compare', 'weight']
    ],
    [
      ['standardize', 'Phone'],
      ['phone', 'case', 'map']
    ],
    [
      ['standardize', 'Phone', 1],
      ['phone', 'null-if']
    ],
    [
      ['survivor', 0],
      ['newest', 'highest']
    ],
    [
      ['merge', 'Email'],
      ['concatenate', 'newest']
    ]
  ];
  for (const [path, keys] of CASES)
    it(`knows what may stand at ${path.join('.') || 'the top'}`, () => {
      expect(knownKeys(definitionSchema, path)).to.include.members([...keys]);
    });

  for (const path of [['sobject'], ['nowhere', 'at', 'all'], ['merge', 'Email', 'newest', 'x']])
    it(`knows of none at ${path.join('.')}`, () => {
      expect(knownKeys(definitionSchema, path)).to.deep.equal([]);
    });
});
