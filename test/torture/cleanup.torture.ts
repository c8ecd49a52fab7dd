import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { applyPlan, resumeApply } from '../../src/cleanup/apply/apply.js';
import { type CleanupApplyResult } from '../../src/cleanup/apply/applyResult.js';
import { parseDefinition } from '../../src/cleanup/definition/readDefinition.js';
import { restReader } from '../../src/cleanup/org/orgReader.js';
import { readRecords } from '../../src/cleanup/org/readRecords.js';
import { makePlan } from '../../src/cleanup/plan/plan.js';
import { resumeUndo, undoApply } from '../../src/cleanup/undo/undo.js';
import { type CleanupOrg, cleanupOrg } from '../cleanup/cleanupOrg.js';
import { hardSchema } from '../cleanup/hardSchema.js';
import { isolatedHome } from '../isolatedHome.js';
import { ALIAS, EmulatedOrg } from '../nut/emulatedOrg.js';
import { tempDir } from '../tempDir.js';

const DEFINITION = `
sobject: Contact
standardize: { Phone: { phone: US } }
match: [Student_ID__c]
merge: { Card_No__c: first-non-empty, Phone: first-non-empty }
survivor: [{ filled: Email }]
`;
const TABLES = ['Contact', 'Case', 'Task'];

/** Every event of every journal of a run (its own, and those of the loads that are its steps) is a place where the process may end. */
describe('a cleanup that ends at every event of its journals', () => {
  isolatedHome();
  const dir = tempDir();
  let org: CleanupOrg;
  let planDir: string;

  beforeEach(async () => {
    org = await cleanupOrg({ schema: hardSchema() });
    for (const n of [1, 2, 3]) {
      const create = async (object: string, fields: Record<string, unknown>) => org.client.create(object, fields);
      await create('Contact', {
        LastName: `A${n}`,
        Student_ID__c: String(n),
        Email: `a${n}@x.org`,
        Phone: '(415) 555-2671'
      });
      for (const letter of ['B', 'C', 'D'].slice(0, n)) {
        const more = letter === 'B' ? { Card_No__c: `card-${n}` } : {};
        const loser = await create('Contact', { LastName: letter + String(n), Student_ID__c: String(n), ...more });
        await create('Case', { Subject: letter, ContactId: loser });
        await create('Task', { Subject: letter, WhoId: loser });
      }
    }
  });
  afterEach(async () => org.close());

  async function planned(onLoser: string, name = 'first'): Promise<void> {
    const path = join(dir.path, `records-${name}.csv`);
    const definition = parseDefinition(`${DEFINITION}on-loser: ${onLoser}\n`, 'definition.yaml');
    await readRecords(org.reads, definition, { read: restReader(org.reads), path });
    planDir = join(dir.path, `plan-${name}`);
    const about = { org: { id: org.orgId, username: 'u', instanceUrl: 'x' }, toolVersion: '0.0.0', planDir };
    await makePlan({ definition, sources: [{ path }], ...about }, { nowMs: Date.now, onStage: () => undefined });
  }

  /** Throws at one event, as a process that ends there would do nothing more. */
  function breaking(at: number): { world: ReturnType<CleanupOrg['world']>; events: () => number } {
    let events = 0;
    const onEvent = (): void => {
      events += 1;
      if (events === at) throw new Error('broken off');
    };
    return { world: org.world({ onEvent, onLoadEvent: onEvent }), events: () => events };
  }

  for (const onLoser of ['delete', 'merge'])
    it(`ends as an undisturbed one does, with on-loser ${onLoser}`, async () => {
      await planned(onLoser);
      const before = await org.everything(...TABLES);
      let after: string | undefined;
      let wholeUndo: string | undefined;
      for (
        let at = 0, applyEvents = Infinity, undoEvents = Infinity;
        at <= Math.max(applyEvents, undoEvents);
        at += 1
      ) {
        const [applied, undone] = [join(dir.path, `applied-${at}`), join(dir.path, `undone-${at}`)];
        const applying = breaking(at);
        const result = await applyPlan(org.record('cleanup-apply', { planDir }), applied, applying.world).catch(
          async () => resumeApply(applied, org.world())
        );
        expect(result.counts, `apply, at ${at}`).to.include({
          removed: 6,
          reparented: 12,
          failed: 0,
          wrong: 0,
          skipped: 0
        });
        after ??= await org.everything(...TABLES);
        expect(await org.everything(...TABLES), `apply, at ${at}`).to.equal(after);
        const undoing = breaking(at);
        const undo = await undoApply(org.record('cleanup-undo', { applied }), undone, undoing.world).catch(async () =>
          resumeUndo(undone, org.world())
        );
        wholeUndo ??= JSON.stringify(undo.counts);
        expect(JSON.stringify(undo.counts), `undo, at ${at}`).to.equal(wholeUndo);
        expect(await org.everything(...TABLES), `undo, at ${at}`).to.equal(before);
        if (at === 0) {
          applyEvents = applying.events();
          undoEvents = undoing.events();
          expect(Math.min(applyEvents, undoEvents)).to.be.greaterThan(20);
        }
        // What an undo restores has changed once more, so a plan has to see it anew.
        await planned(onLoser, String(at));
      }
    });
});

/** The same with the real `sf`, and a real kill -9 as soon as the journal has so many lines. */
describe('a cleanup whose process is killed', () => {
  let org: EmulatedOrg;

  before(async () => {
    org = await EmulatedOrg.create();
    const rows = Array.from({ length: 400 }, (_, i) => `Name ${i},${i % 300},(415) 555-${String(1000 + i)}`);
    const file = join(org.sf.home, 'contacts.csv');
    await writeFile(file, `LastName,Student_ID__c,Phone\n${rows.join('\n')}\n`);
    await org.sf.text('bulkops', 'insert', '-o', ALIAS, '-s', 'Contact', '-f', file);
  });
  after(async () => org.close());

  const contacts = (): string =>
    JSON.stringify(org.records('Contact').map(({ Id, LastName, Phone }) => [Id, LastName, Phone]));

  it('ends as an undisturbed one does', async () => {
    const before = contacts();
    const what = ['-s', 'Contact', '--match', 'Student_ID__c', '--standardize', 'Phone=phone:US'];
    for (let lines = 1; lines <= 12; lines += 1) {
      const [planDir, applied, undone] = ['plan', 'applied', 'undone'].map((name) =>
        join(org.sf.home, `${name}-${lines}`)
      );
      await org.sf.text('bulkops', 'cleanup', 'plan', '-o', ALIAS, ...what, '--plan-dir', planDir ?? '');
      await killed(applied ?? '', lines, ['apply', '--plan', planDir ?? '']);
      const { result } = JSON.parse(await org.sf.text('bulkops', 'resume', '--run-dir', applied ?? '', '--json')) as {
        result: CleanupApplyResult;
      };
      expect(result.counts, `apply, killed after ${lines}`).to.include({
        removed: 100,
        wrong: 0,
        skipped: 0,
        failed: 0
      });
      expect(org.count('Contact')).to.equal(300);
      await killed(undone ?? '', lines, ['undo', '--run', applied ?? '']);
      await org.sf.text('bulkops', 'resume', '--run-dir', undone ?? '');
      expect(contacts(), `undo, killed after ${lines}`).to.equal(before);
    }
  });

  /** Starts a command of cleanup and kills it when the journal of its run has so many lines, or lets it end. */
  async function killed(runDir: string, lines: number, args: readonly string[]): Promise<void> {
    const child = org.sf.start(['bulkops', 'cleanup', ...args, '-o', ALIAS, '--no-prompt', '--run-dir', runDir], {
      stdio: 'ignore'
    });
    let isOver = false;
    const ended = new Promise<void>((resolve) =>
      child.once('close', () => {
        isOver = true;
        resolve();
      })
    );
    const journal = join(runDir, 'journal.ndjson');
    while (!isOver) {
      const text = await readFile(journal, 'utf8').catch(() => '');
      if (text.split('\n').length > lines) child.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await ended;
  }
});
