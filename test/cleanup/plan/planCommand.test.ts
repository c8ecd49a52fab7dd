import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { planFromFlags } from '../../../src/cleanup/plan/planCommand.js';
import { faultPlan } from '../../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../../src/emulator/faults/faults.js';
import { isolatedHome } from '../../isolatedHome.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { cleanupOrg } from '../cleanupOrg.js';
import { csvFile } from './planned.js';

describe('cleanup plan with an org', () => {
  isolatedHome();
  const dir = tempDir();

  it('asks for the describe of the object once, though several steps need it', async () => {
    const described: string[] = [];
    const org = await cleanupOrg({
      onRequest: ({ path }) => {
        if (path.endsWith('/Contact/describe')) described.push(path);
        return false;
      }
    });
    try {
      await org.client.create('Contact', { LastName: 'Ann', Email: 'a@x.org' });
      await org.client.create('Contact', { LastName: 'Anna', Email: 'a@x.org' });
      const flags = {
        sobject: 'Contact',
        match: ['Email'],
        standardize: [],
        files: [],
        planDir: join(dir.path, 'once')
      };
      const from = { connection: org.connection, id: org.orgId, username: 'u' };
      await planFromFlags({ ...flags, toolVersion: '0.0.0', org: from }, { nowMs: () => 0, onStage: () => undefined });
      expect(described).to.have.length(1);
    } finally {
      await org.close();
    }
  });

  it('says that it is the condition which the org refuses, and how to try it', async () => {
    const org = await cleanupOrg();
    try {
      const where = "LastName LIKE 'A%' AND Nope__c = 1";
      const flags = { sobject: 'Contact', where, match: ['Email'], standardize: [], files: [], toolVersion: '0.0.0' };
      const from = { connection: org.connection, id: org.orgId, username: 'u' };
      const error = await rejection(
        planFromFlags(
          { ...flags, planDir: join(dir.path, 'refused'), org: from },
          { nowMs: () => 0, onStage: () => undefined }
        )
      );
      expect(error).to.include({ name: 'WhereRefusedError' });
      expect(error.message).to.contain(`where ${where}`).and.to.contain("No such column 'Nope__c'");
      expect(error).to.have.deep.property('actions', [
        'Mend the condition: it is what stands behind WHERE in SOQL.',
        `Try it with: sf data query --query "SELECT count() FROM Contact WHERE ${where}"`
      ]);
    } finally {
      await org.close();
    }
  });

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

  it('merges no family that shares an e-mail address, without a definition either', async () => {
    const file = join(dir.path, 'family.csv');
    const people = ['A,Ann,Lee,1970-01-02', 'B,Otto,Lee,1968-03-04', 'C,Ann,Lee,1999-05-06', 'D,Annie,Lee,1970-01-03'];
    const rows = people.map((one) => `00${one},family@x.org`);
    await writeFile(file, `Id,FirstName,LastName,Birthdate,Email\n${rows.join('\n')}\n`);
    const planDir = join(dir.path, 'family');
    const flags = { sobject: 'Contact', match: ['Email'], standardize: [], files: [file], planDir };
    await planFromFlags({ ...flags, toolVersion: '0.0.0' }, { nowMs: () => 0, onStage: () => undefined });
    const ids = async (name: string): Promise<string[]> =>
      (await csvFile(join(planDir, name))).map(({ Id = '' }) => Id).sort();
    expect(await ids('clusters.csv')).to.deep.equal(['00A', '00D']);
    expect(await ids('review.csv')).to.deep.equal(['00A', '00B', '00C', '00D']);
  });

  /** More than REST is asked for, in pages of 500. */
  const RECORDS = 2100;
  const on = 'GET /jobs/query/*/results';
  const PAGES: Array<[what: string, fault: object]> = [
    ['breaks off as if that were all', { fault: 'truncate-body', on, skip: 1, times: 1, bytes: 4000 }],
    ['breaks off within a row', { fault: 'torn-page', on, skip: 2, times: 1 }],
    ['lacks rows', { fault: 'short-page', on, times: 2 }],
    ['has rows that belong to the next one', { fault: 'long-page', on, times: 2 }],
    ['says another number of rows', { fault: 'wrong-count', on, times: 2 }],
    ['leads back to itself', { fault: 'repeated-locator', on, skip: 1, times: 1 }],
    ['is that of another place', { fault: 'wrong-page', on, skip: 2, times: 1 }]
  ];
  for (const [what, fault] of PAGES)
    it(`plans from all records where a result page ${what}`, async () => {
      const faults = faultsOf(faultPlan({ faults: [fault] }));
      const org = await cleanupOrg({ pageRows: 500, faults });
      try {
        const { store } = org.client.emulator.org;
        const object = store.schema.object('Contact');
        if (!object) throw new Error('there is no Contact');
        for (let n = 0; n < RECORDS; n += 1)
          store.table(object).insert(new Map([['Email', `a${n >> 1}@x.org`]]), Date.UTC(2026, 0, 1));
        const result = await planFromFlags(
          {
            sobject: 'Contact',
            match: ['Email'],
            standardize: [],
            files: [],
            planDir: join(dir.path, 'plan'),
            toolVersion: '0.0.0',
            org: { connection: org.connection, id: org.orgId, username: 'u' }
          },
          { nowMs: () => 0, onStage: () => undefined }
        );
        expect(faults.struck?.()).to.be.greaterThan(0);
        expect(result.counts).to.include({ read: RECORDS, clusters: RECORDS / 2 });
      } finally {
        await org.close();
      }
    });
});
