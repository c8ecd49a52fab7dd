import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseDefinition } from '../../../src/cleanup/definition/readDefinition.js';
import { COMPARERS } from '../../../src/cleanup/match/comparers.js';
import { STANDARDIZERS } from '../../../src/cleanup/standardize/standardizers.js';

describe('docs/cleanup-definition.md', () => {
  let page: string;
  before(async () => {
    page = await readFile(new URL('../../../docs/cleanup-definition.md', import.meta.url), 'utf8');
  });

  for (const [what, table] of [
    ['standardiser', STANDARDIZERS],
    ['comparer', COMPARERS]
  ] as const)
    for (const [name, { summary }] of Object.entries<{ readonly summary: string }>(table))
      it(`has the ${what} ${name} with what it does`, () => {
        // A name may be that of a standardiser and of a comparer.
        const rows = page.split('\n').filter((line) => new RegExp(`^\\| \`${name}[\`:]`).test(line));
        expect(rows.filter((row) => row.includes(summary))).to.have.length(1);
      });

  it('shows a definition that is one', () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(parseDefinition(example, 'docs').rules.map(({ name }) => name)).to.deep.equal(['Student_ID__c', 'person']);
  });
});
