import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { applyPlan, resumeApply } from '../../src/cleanup/apply/apply.js';
import { parseDefinition } from '../../src/cleanup/definition/readDefinition.js';
import { makePlan } from '../../src/cleanup/plan/plan.js';
import { readPlanRecord } from '../../src/cleanup/plan/planFiles.js';
import { resumeUndo, undoApply } from '../../src/cleanup/undo/undo.js';
import { isolatedHome } from '../isolatedHome.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { type CleanupOrg, cleanupOrg } from './cleanupOrg.js';
import { orgPlan } from './orgPlan.js';
import { csvFile } from './plan/planned.js';

const DEFINITION = `
sobject: Contact
standardize: { Phone: { phone: US }, Email: email }
match: [Student_ID__c]
merge: { Email: first-non-empty, Phone: first-non-empty }
survivor: [most-complete]
`;

describe('cleanup apply and undo', () => {
  isolatedHome();
  const dir = tempDir();
  let org: CleanupOrg;
  const ids: Record<string, string> = {};

  beforeEach(async () => {
    org = await cleanupOrg();
    const create: CleanupOrg['client']['create'] = (object, fields) => org.client.create(object, fields);
    const contact = async (name: string, fields: Record<string, unknown>) => {
      ids[name] = await create('Contact', { LastName: name, ...fields });
    };
    await contact('Ann', { Student_ID__c: '1', Email: 'ann@x.org', FirstName: 'Ann', Title: 'Dr' });
    await contact('Anna', { Student_ID__c: '1', Phone: '(415) 555-2671' });
    await contact('Ben', { Student_ID__c: '2', Email: 'BEN@x.org', FirstName: 'Ben' });
    await contact('Benny', { Student_ID__c: '2' });
    await contact('Cleo', { Student_ID__c: '3', Phone: '212 555 0100' });
    await contact('Dan', { Student_ID__c: '4', ReportsToId: ids['Anna'] });
    await create('Case', { Subject: 'of Anna', ContactId: ids['Anna'] });
    await create('Case', { Subject: 'of Benny', ContactId: ids['Benny'] });
  });
  afterEach(async () => org.close());

  const planned = async (definition = DEFINITION, name = 'plan') => orgPlan(org, definition, join(dir.path, name));
  const apply = async (planDir: string, name = 'apply') =>
    applyPlan(org.record('cleanup-apply', { planDir }), join(dir.path, name), org.world());
  const undo = async (name = 'apply') =>
    undoApply(
      org.record('cleanup-undo', { applied: join(dir.path, name) }),
      join(dir.path, `undo-${name}`),
      org.world()
    );

  for (const onLoser of ['delete', 'merge'])
    it(`with on-loser ${onLoser} carries a plan out, and takes it all back`, async () => {
      const before = await org.everything('Contact', 'Case');
      const result = await apply(await planned(`${DEFINITION}on-loser: ${onLoser}\n`));
      expect(result.warnings).to.deep.equal([]);
      expect(result.status).to.equal('Success');
      expect(result.counts).to.deep.equal({
        clusters: 2,
        clustersSkipped: 0,
        updated: 3,
        reparented: 3,
        removed: 2,
        skipped: 0,
        failed: 0,
        wrong: 0
      });
      expect(await org.client.query('SELECT LastName, Email, Phone FROM Contact ORDER BY LastName')).to.deep.equal([
        { LastName: 'Ann', Email: 'ann@x.org', Phone: '+14155552671' },
        { LastName: 'Ben', Email: 'ben@x.org', Phone: null },
        { LastName: 'Cleo', Email: null, Phone: '+12125550100' },
        { LastName: 'Dan', Email: null, Phone: null }
      ]);
      expect(await org.client.query('SELECT Subject, ContactId FROM Case ORDER BY Subject')).to.deep.equal([
        { Subject: 'of Anna', ContactId: ids['Ann'] },
        { Subject: 'of Benny', ContactId: ids['Ben'] }
      ]);
      const undone = await undo();
      expect(undone.counts).to.deep.equal({ restored: 3, undeleted: 2, recreated: 0, childrenMoved: 3, leftAlone: 0 });
      expect(await org.everything('Contact', 'Case')).to.equal(before);
    });

  it('moves what the plan lists, and says what came since', async () => {
    const planDir = await planned();
    expect(
      (await csvFile(join(planDir, 'reparent-Case.csv'))).map((row) => [row['ContactId'], row['from']])
    ).to.have.deep.members([
      [ids['Ann'], ids['Anna']],
      [ids['Ben'], ids['Benny']]
    ]);
    expect(await csvFile(join(planDir, 'reparent-Contact.csv'))).to.deep.equal([
      { Id: ids['Dan'], ReportsToId: ids['Ann'], from: ids['Anna'] }
    ]);
    expect((await readPlanRecord(planDir)).counts.reparented).to.equal(3);
    await org.client.create('Case', { Subject: 'late', ContactId: ids['Benny'] });
    const result = await apply(planDir);
    expect(result.counts.reparented).to.equal(4);
    expect(result.warnings).to.deep.equal([
      '1 Case record(s) that came since the plan were moved to the surviving records too (ContactId)'
    ]);
  });

  it('leaves alone what changed since the plan, with its cluster', async () => {
    const planDir = await planned();
    await new Promise((resolve) => setTimeout(resolve, 1100)); // the org keeps time to the second
    await org.client.call('PATCH', `/sobjects/Contact/${ids['Benny']}`, { Title: 'edited' });
    await org.client.call('PATCH', `/sobjects/Contact/${ids['Cleo']}`, { Title: 'edited' });
    const result = await apply(planDir);
    expect(result.status).to.equal('PartialSuccess');
    expect(result.counts).to.include({ clustersSkipped: 1, removed: 1, updated: 1, skipped: 3, wrong: 0 });
    const skipped = await csvFile(join(dir.path, 'apply', 'skipped.csv'));
    expect(skipped.map(({ Id, cluster }) => [Id, cluster]).sort()).to.deep.equal(
      [
        [ids['Ben'], 'C2'],
        [ids['Benny'], 'C2'],
        [ids['Cleo'], '']
      ].sort()
    );
  });

  it('names no way to undo what changed nothing', async () => {
    expect((await apply(await planned())).next).to.contain('cleanup undo --run');
    const idle = await apply(await planned('sobject: Contact\nmatch: [LastName]\n', 'idle'), 'applied-idle');
    expect(idle.counts).to.include({ updated: 0, removed: 0, reparented: 0 });
    expect(idle.next).to.equal(undefined);
  });

  it('undoes nothing that was edited since', async () => {
    await apply(await planned());
    await org.client.call('PATCH', `/sobjects/Contact/${ids['Ann']}`, { Phone: '+14155559999' });
    const [moved] = (await org.client.query("SELECT Id FROM Case WHERE Subject = 'of Anna'")) as Array<{ Id: string }>;
    await org.client.call('PATCH', `/sobjects/Case/${moved?.Id}`, { ContactId: ids['Cleo'] });
    const undone = await undo();
    expect(undone.status).to.equal('PartialSuccess');
    expect(undone.counts).to.include({ restored: 2, undeleted: 2, childrenMoved: 2, leftAlone: 2 });
    const reasons = (await csvFile(join(dir.path, 'undo-apply', 'skipped.csv'))).map(({ reason }) => reason);
    expect(reasons).to.deep.equal(['was edited since in Phone', 'was given another ContactId since']);
  });

  it('makes anew what is no more in the recycle bin', async () => {
    await apply(await planned());
    await org.connection.soap.emptyRecycleBin([ids['Benny'] ?? '']);
    const undone = await undo();
    expect(undone.counts).to.include({ undeleted: 1, recreated: 1, childrenMoved: 3, leftAlone: 1 });
    const [benny] = (await org.client.query("SELECT Id FROM Contact WHERE LastName = 'Benny'")) as Array<{
      Id: string;
    }>;
    expect(await org.client.query("SELECT ContactId FROM Case WHERE Subject = 'of Benny'")).to.deep.equal([
      { ContactId: benny?.Id }
    ]);
  });

  it('refuses losers with children where it is told to', async () => {
    const result = await apply(await planned(`${DEFINITION}children: refuse\n`));
    expect(result.counts).to.include({ clustersSkipped: 2, removed: 0, reparented: 0 });
  });

  it('upserts a deduplicated file by its external ID', async () => {
    const path = join(dir.path, 'rows.csv');
    await writeFile(path, 'Student_ID__c,LastName,Phone\n7,Eve,415 555 2671\n7,Eve,\n8,Fay,\n');
    const planDir = join(dir.path, 'rows');
    await makePlan(
      {
        definition: parseDefinition(
          'sobject: Contact\nstandardize: { Phone: { phone: US } }\nmatch: [Student_ID__c]',
          'd'
        ),
        sources: [{ path }],
        externalId: 'Student_ID__c',
        toolVersion: '0.0.0',
        planDir
      },
      { nowMs: Date.now, onStage: () => undefined }
    );
    const result = await apply(planDir);
    expect(result.counts).to.include({ updated: 2, failed: 0 });
    expect(result.next, 'there is no backup').to.equal(undefined);
    const error = await rejection(undo());
    expect(error.name).to.equal('UndoOfRowsError');
    expect(await org.client.query("SELECT Phone FROM Contact WHERE Student_ID__c = '7'")).to.deep.equal([
      { Phone: '+14155552671' }
    ]);
  });

  it('ends the same wherever it is broken off, apply and undo', async () => {
    const before = await org.everything('Contact', 'Case');
    const planDir = await planned();
    let events = 0;
    const breaking = (at: number) => {
      const count = () => {
        events += 1;
        if (events === at) throw new Error('broken off');
      };
      events = 0;
      return org.world({ onEvent: count, onLoadEvent: count });
    };
    await applyPlan(org.record('cleanup-apply', { planDir }), join(dir.path, 'whole'), breaking(0));
    const last = events;
    const after = await org.everything('Contact', 'Case');
    await undo('whole');
    expect(last).to.be.greaterThan(20);
    let brokenOff = 0;
    for (let at = 1; at <= last; at += 9) {
      const name = `broken-${at}`;
      const again = await planned(DEFINITION, `plan-${at}`);
      const applying = applyPlan(org.record('cleanup-apply', { planDir: again }), join(dir.path, name), breaking(at));
      // A job that is looked at less often has fewer events: the last ones of the whole run may not come.
      const applied = await applying.catch((error: Error) => {
        expect(error.message, `at ${at}`).to.equal('broken off');
        brokenOff += 1;
        return resumeApply(join(dir.path, name), org.world());
      });
      expect(applied.counts, `at ${at}`).to.include({ updated: 3, removed: 2, skipped: 0, failed: 0, wrong: 0 });
      expect(await org.everything('Contact', 'Case'), `applied, broken off at ${at}`).to.equal(after);
      const undoing = undoApply(
        org.record('cleanup-undo', { applied: join(dir.path, name) }),
        join(dir.path, `undo-${name}`),
        breaking(at)
      );
      const isBroken = await undoing.then(
        () => false,
        () => true
      );
      if (isBroken) await resumeUndo(join(dir.path, `undo-${name}`), org.world());
      expect(await org.everything('Contact', 'Case'), `undone, broken off at ${at}`).to.equal(before);
    }
    expect(brokenOff).to.be.greaterThan(2);
  }).timeout(120_000);

  it('keeps its summary', async () => {
    const result = await apply(await planned());
    const kept: unknown = JSON.parse(await readFile(join(dir.path, 'apply', 'summary.json'), 'utf8'));
    expect(kept).to.deep.equal(JSON.parse(JSON.stringify(result)));
  });
});
