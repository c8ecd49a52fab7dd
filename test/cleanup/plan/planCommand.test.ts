import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { planFromFlags } from '../../../src/cleanup/plan/planCommand.js';
import { isolatedHome } from '../../isolatedHome.js';
import { tempDir } from '../../tempDir.js';
import { cleanupOrg } from '../cleanupOrg.js';
import { csvFile } from './planned.js';

describe('cleanup plan with an org', () => {
  isolatedHome();
  const dir = tempDir();

  it('lists the children of duplicates, whether the records come from the org or from a file', async () => {
    const org = await cleanupOrg();
    try {
      const kept = await org.client.create('Contact', { LastName: 'Ann', FirstName: 'A', Email: 'a@x.org' });
      const lost = await org.client.create('Contact', { LastName: 'Anna', Email: 'a@x.org' });
      const child = await org.client.create('Case', { Subject: 'of Anna', ContactId: lost });
      const file = join(dir.path, 'contacts.csv');
      await writeFile(file, `Id,Email\n${kept},a@x.org\n${lost},a@x.org\n`);
      for (const files of [[], [file]]) {
        const planDir = join(dir.path, `plan-${files.length}`);
        const result = await planFromFlags(
          {
            sobject: 'Contact',
            match: ['Email'],
            standardize: [],
            files,
            planDir,
            toolVersion: '0.0.0',
            org: { connection: org.connection, id: org.orgId, username: 'u' }
          },
          { nowMs: () => 0, onStage: () => undefined }
        );
        expect(result.counts).to.include({ losers: 1, reparented: 1 });
        expect(result.warnings.join()).not.to.include('hildren');
        expect(await csvFile(join(planDir, 'reparent-Case.csv'))).to.deep.equal([
          { Id: child, ContactId: kept, from: lost }
        ]);
      }
    } finally {
      await org.close();
    }
  });
});
