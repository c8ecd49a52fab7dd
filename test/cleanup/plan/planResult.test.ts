import { expect } from 'chai';
import { planResult, planSummary } from '../../../src/cleanup/plan/planResult.js';
import { tempDir } from '../../tempDir.js';
import { planned } from './planned.js';

const DEFINITION = 'sobject: Contact\nmatch: [Email]\n';

describe('cleanup/plan/planResult', () => {
  const dir = tempDir();

  const CASES = [
    [{ externalId: 'No__c' }, 'No__c,Email\n1,a@x.org\n2,a@x.org\n3,\n', 'Rows to upsert by No__c: 2.'],
    [{}, 'No__c,Email\n1,a@x.org\n2,a@x.org\n3,\n', 'Rows to insert as new records: 2.'],
    [{}, 'Id,Email\n003000000000001,a@x.org\n003000000000002,a@x.org\n', 'Updates: 0. Deletes: 1.']
  ] as const;
  for (const [at, [more, csv, said]] of CASES.entries())
    it(`says what becomes of what was read: ${said}`, async () => {
      const { plan, directory } = await planned(dir.path, DEFINITION, csv, { ...more, name: `plan-${at}` });
      expect(planSummary(await planResult(plan, directory)).split('\n')).to.include(said);
    });
});
