import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { FAULT_KINDS, faultPlan } from '../../../src/emulator/faults/faultFile.js';

describe('docs/emulator.md', () => {
  let page = '';
  before(async () => {
    page = await readFile(new URL('../../../docs/emulator.md', import.meta.url), 'utf8');
  });

  for (const [kind, keys] of Object.entries(FAULT_KINDS))
    it(`has ${kind} in a table, with its own keys`, () => {
      const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${kind}\``)) ?? '';
      for (const key of Object.keys(keys)) expect(row).to.contain(`\`${key}\``);
      expect(row).to.not.equal('');
    });

  it('shows files of faults that are ones', () => {
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text) as unknown);
    expect(examples.map((example) => faultPlan(example).faults.length)).to.deep.equal([2, 1, 1, 2]);
  });
});
