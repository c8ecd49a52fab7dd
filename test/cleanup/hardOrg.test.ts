import { join } from 'node:path';
import { expect } from 'chai';
import { applyPlan, resumeApply } from '../../src/cleanup/apply/apply.js';
import { resumeUndo, undoApply } from '../../src/cleanup/undo/undo.js';
import { type EmulatorOptions } from '../../src/emulator/emulator.js';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../src/emulator/faults/faults.js';
import { type Access } from '../../src/emulator/schema.js';
import { isolatedHome } from '../isolatedHome.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { type CleanupOrg, cleanupOrg } from './cleanupOrg.js';
import { hardSchema } from './hardSchema.js';
import { orgPlan } from './orgPlan.js';
import { csvFile } from './plan/planned.js';

const DEFINITION = `
sobject: Contact
match: [Student_ID__c]
merge: { Card_No__c: first-non-empty }
survivor: [{ filled: Email }]
`;

type Fields = Record<string, unknown>;

describe('cleanup in an org that makes it hard', () => {
  isolatedHome();
  const dir = tempDir();
  let org: CleanupOrg;
  let runs = 0;

  async function open(denied: readonly Access[] = [], options: Partial<EmulatorOptions> = {}): Promise<void> {
    org = await cleanupOrg({ schema: hardSchema(denied), ...options });
  }
  afterEach(async () => org.close());

  /** Two records of one person: Ann, who stays, and Anna. */
  async function twins(more: Fields = {}): Promise<{ ann: string; anna: string }> {
    const ann = await org.client.create('Contact', {
      LastName: 'Ann',
      Student_ID__c: '1',
      Email: 'a@x.org',
      Title: 'Dr'
    });
    return { ann, anna: await org.client.create('Contact', { LastName: 'Anna', Student_ID__c: '1', ...more }) };
  }

  async function planned(definition = DEFINITION): Promise<string> {
    runs += 1;
    return orgPlan(org, definition, join(dir.path, `plan-${runs}`), { knowsChildren: false });
  }

  const apply = async (planDir: string, world = org.world()) =>
    applyPlan(org.record('cleanup-apply', { planDir }), `${planDir}-applied`, world);
  const undo = async (planDir: string, world = org.world()) =>
    undoApply(org.record('cleanup-undo', { applied: `${planDir}-applied` }), `${planDir}-undone`, world);
  const reasons = async (runDir: string) => (await csvFile(join(runDir, 'skipped.csv'))).map(({ reason }) => reason);

  for (const onLoser of ['delete', 'merge'])
    it(`with on-loser ${onLoser} gives the survivor a unique value of its duplicate, and back`, async () => {
      await open();
      const { ann } = await twins({ Card_No__c: 'C-1' });
      const before = await org.everything('Contact');
      const planDir = await planned(`${DEFINITION}on-loser: ${onLoser}\n`);
      const result = await apply(planDir);
      expect(result.counts).to.include({ removed: 1, failed: 0, wrong: 0, skipped: 0, updated: 1 });
      expect(await org.client.query('SELECT Id, Card_No__c FROM Contact')).to.deep.equal([
        { Id: ann, Card_No__c: 'C-1' }
      ]);
      expect((await undo(planDir)).status).to.equal('Success');
      expect(await org.everything('Contact')).to.equal(before);
    });

  it('moves children by a lookup to several objects', async () => {
    await open();
    const { ann, anna } = await twins();
    const lead = await org.client.create('Lead', { LastName: 'Lee', Company: 'Lee Ltd' });
    await org.client.create('Task', { Subject: 'of Anna', WhoId: anna });
    await org.client.create('Task', { Subject: 'of Lee', WhoId: lead });
    const planDir = await planned();
    expect((await apply(planDir)).counts).to.include({ reparented: 1, removed: 1 });
    const tasks = 'SELECT Subject, WhoId FROM Task ORDER BY Subject';
    expect(await org.client.query(tasks)).to.deep.equal([
      { Subject: 'of Anna', WhoId: ann },
      { Subject: 'of Lee', WhoId: lead }
    ]);
    await undo(planDir);
    expect(await org.client.query(tasks)).to.deep.include({ Subject: 'of Anna', WhoId: anna });
  });

  it('leaves a duplicate alone whose details would be deleted with it', async () => {
    await open();
    const { anna } = await twins();
    await org.client.create('Membership__c', { Name: 'gold', Member__c: anna });
    const planDir = await planned();
    const before = await org.everything('Contact', 'Membership__c');
    const result = await apply(planDir);
    expect(result.status).to.equal('PartialSuccess');
    expect(result.counts).to.include({ clustersSkipped: 1, removed: 0, updated: 0 });
    expect((await reasons(result.runDir)).join()).to.include('has Membership__c records, which can not be moved');
    expect(await org.everything('Contact', 'Membership__c')).to.equal(before);
  });

  it('has the platform merge take them along, and says that no undo brings them back', async () => {
    await open();
    const { ann, anna } = await twins();
    await org.client.create('Membership__c', { Name: 'gold', Member__c: anna });
    const planDir = await planned(`${DEFINITION}on-loser: merge\n`);
    expect((await apply(planDir)).counts).to.include({ removed: 1, skipped: 0 });
    expect(await org.client.query('SELECT Member__c FROM Membership__c')).to.deep.equal([{ Member__c: ann }]);
    const undone = await undo(planDir);
    expect(undone.status).to.equal('PartialSuccess');
    expect((await reasons(undone.runDir)).join()).to.include('it can not be moved back');
  });

  it('merges clusters of many, two at a time', async () => {
    await open();
    const { ann } = await twins();
    for (const LastName of ['B', 'C', 'D', 'E']) await org.client.create('Contact', { LastName, Student_ID__c: '1' });
    const before = await org.everything('Contact');
    const planDir = await planned(`${DEFINITION}on-loser: merge\n`);
    expect((await apply(planDir)).counts).to.include({ removed: 5, wrong: 0 });
    expect(await org.client.query('SELECT Id FROM Contact')).to.deep.equal([{ Id: ann }]);
    expect((await undo(planDir)).counts).to.include({ undeleted: 5, leftAlone: 0 });
    expect(await org.everything('Contact')).to.equal(before);
  });

  /** With the merge calls that come between the first one and the undelete: one that was done is not asked for again. */
  const AMBIGUOUS: ReadonlyArray<[string, string, number]> = [
    ['before it was done', 'cut-before', 1],
    ['after it was done', 'cut-after', 0]
  ];
  for (const [when, fault, between] of AMBIGUOUS)
    it(`finds out what became of a merge and an undelete whose connection ended ${when}`, async () => {
      const soap = [0, between].map((skip) => ({ fault, on: 'POST /services/soap/u/*', skip, times: 1 }));
      const faults = faultsOf(faultPlan({ faults: soap }));
      await open([], { faults });
      await twins();
      await org.client.create('Contact', { LastName: 'B', Student_ID__c: '2' });
      await org.client.create('Contact', { LastName: 'C', Student_ID__c: '2' });
      const before = await org.everything('Contact');
      const planDir = await planned(`${DEFINITION}on-loser: merge\n`);
      const applied = await apply(planDir).catch(async () => resumeApply(`${planDir}-applied`, org.world()));
      expect(applied.counts).to.include({ removed: 2, wrong: 0, skipped: 0 });
      const undone = await undo(planDir).catch(async () => resumeUndo(`${planDir}-undone`, org.world()));
      expect(undone.counts).to.include({ undeleted: 2, recreated: 0, leftAlone: 0 });
      expect(faults.struck?.()).to.equal(2);
      expect(await org.everything('Contact')).to.equal(before);
    });

  it('makes anew two that referred to each other, and points them at each other again', async () => {
    await open();
    const { anna } = await twins();
    await org.client.create('Contact', { LastName: 'B', Student_ID__c: '2', Title: 'Dr' });
    const other = await org.client.create('Contact', { LastName: 'C', Student_ID__c: '2', ReportsToId: anna });
    await org.client.call('PATCH', `/sobjects/Contact/${anna}`, { ReportsToId: other });
    const planDir = await planned();
    expect((await apply(planDir)).counts).to.include({ removed: 2, wrong: 0 });
    await org.connection.soap.emptyRecycleBin([anna, other]);
    expect((await undo(planDir)).counts).to.include({ undeleted: 0, recreated: 2 });
    const found = (await org.client.query(
      "SELECT Id, LastName, ReportsToId FROM Contact WHERE LastName IN ('Anna', 'C') ORDER BY LastName"
    )) as Array<{ Id: string; ReportsToId: string }>;
    expect(found.map(({ ReportsToId: other2 }) => other2)).to.deep.equal([found[1]?.Id, found[0]?.Id]);
  });

  const MISSING: ReadonlyArray<[Access, string, string]> = [
    ['deletable', 'delete', 'you may not delete Contact records'],
    ['deletable', 'merge', 'you may not delete Contact records'],
    ['updateable', 'delete', 'you may not edit Contact records']
  ];
  for (const [access, onLoser, told] of MISSING)
    it(`finds before the first change that ${onLoser} needs a right: ${access}`, async () => {
      await open();
      await twins();
      const planDir = await planned(`${DEFINITION}on-loser: ${onLoser}\n`);
      await org.close();
      await open([access]);
      await twins();
      const error = await rejection(apply(planDir));
      expect(error).to.have.property('name', 'DefinitionUnfitError');
      expect(error.message).to.include(told);
    });

  it('does not resume what is being undone', async () => {
    await open();
    await twins();
    const planDir = await planned();
    await apply(planDir);
    await undo(planDir);
    expect(await rejection(resumeApply(`${planDir}-applied`, org.world()))).to.have.property(
      'name',
      'ApplyUndoneError'
    );
  });
});
