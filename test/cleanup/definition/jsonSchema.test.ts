import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { definitionJsonSchema } from '../../../src/cleanup/definition/jsonSchema.js';

describe('schemas/cleanup-definition.json', () => {
  it('is what the definition’s own schema says; write it anew with "npm run generate"', () => {
    const path = new URL('../../../schemas/cleanup-definition.json', import.meta.url);
    expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.equal(JSON.parse(JSON.stringify(definitionJsonSchema())));
  });
});
