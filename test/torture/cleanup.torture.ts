import { once } from 'node:events';
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
import { CleanupTable } from './cleanupTable.js';
import { type BreakPoint, breakPoints, JournalBreak, someOf } from './journalBreak.js';

const DEFINITION = `
sobject: Contact
standardize: { Phone: { phone: US } }
match: [Student_ID__c]
merge: { Card_No__c: first-non-empty, Phone: first-non-empty }
survivor: [{ filled: Email }]
`;
const TABLES = ['Contact', 'Case', 'Task'];

/** Of the some 150 points before and after the events of an apply every fifth is tried, and of each kind of event the first in any case. */
const EVERY = 5;
/** So many events of a resume are tried as the second end. */
const RESUME_EVENTS = 5;

/** What must come out alike, wherever the processes ended. */
type Pass = Record<'applyCounts' | 'after' | 'undoCounts' | 'before', string | undefined>;

/** Every event of every journal of a run (its own, and those of the loads that are its steps) is a place where the process may end. */
describe('a cleanup that ends at events of its journals', () => {
  isolatedHome();
  const dir = tempDir();
  let org: CleanupOrg;
  const table = new CleanupTable();

  after(() => console.log(table.text('ended at an event of the journal')));
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

  async function planned(onLoser: string, name: string): Promise<string> {
    const path = join(dir.path, `records-${name}.csv`);
    const definition = parseDefinition(`${DEFINITION}on-loser: ${onLoser}\n`, 'definition.yaml');
    await readRecords(org.reads, definition, { read: restReader(org.reads), path });
    const planDir = join(dir.path, `plan-${name}`);
    const about = { org: { id: org.orgId, username: 'u', instanceUrl: 'x' }, toolVersion: '0.0.0', planDir };
    await makePlan({ definition, sources: [{ path }], ...about }, { nowMs: Date.now, onStage: () => undefined });
    return planDir;
  }

  /** Ends at the point, once more early in the resume (at another event each time), and comes to its end in the third process. */
  async function broken<T>(
    name: string,
    point: BreakPoint,
    { start, resume }: { start: () => Promise<T>; resume: () => Promise<T> }
  ): Promise<T> {
    const turn = table.cases % (RESUME_EVENTS * 2);
    const breaks = [
      new JournalBreak(({ side, type, nth }) => side === point.side && type === point.type && nth === point.nth),
      new JournalBreak(({ side }, n) => side === (turn % 2 ? 'after' : 'before') && n === 1 + Math.floor(turn / 2))
    ];
    let work = start;
    for (const each of breaks) {
      try {
        return await each.during(work);
      } catch (error) {
        if (!each.struck) throw error;
        table.kill(`${name} ${each.struck.side} ${each.struck.type}`);
      }
      work = resume;
    }
    return work();
  }

  for (const [turn, onLoser] of ['delete', 'merge'].entries())
    it(`ends as an undisturbed one does, with on-loser ${onLoser}`, async () => {
      const before = await org.everything(...TABLES);
      let number = 0;
      const pass = async (points?: { apply?: BreakPoint; undo?: BreakPoint }): Promise<Pass> => {
        number += 1;
        // What an undo restores has changed once more, so a plan has to see it anew.
        const planDir = await planned(onLoser, String(number));
        const [applied, undone] = [join(dir.path, `applied-${number}`), join(dir.path, `undone-${number}`)];
        const apply = {
          start: async () => applyPlan(org.record('cleanup-apply', { planDir }), applied, org.world()),
          resume: async () => resumeApply(applied, org.world())
        };
        const undo = {
          start: async () => undoApply(org.record('cleanup-undo', { applied }), undone, org.world()),
          resume: async () => resumeUndo(undone, org.world())
        };
        const didApply = await (points?.apply ? broken('apply', points.apply, apply) : apply.start());
        const after = await org.everything(...TABLES);
        const didUndo = await (points?.undo ? broken('undo', points.undo, undo) : undo.start());
        const [applyCounts, undoCounts] = [didApply.counts, didUndo.counts].map((counts) => JSON.stringify(counts));
        return { applyCounts, after, undoCounts, before: await org.everything(...TABLES) };
      };

      const whole = new JournalBreak(() => false);
      const undisturbed = await whole.during(async () => pass());
      expect(undisturbed.before).to.equal(before);
      expect(JSON.parse(undisturbed.applyCounts ?? '')).to.include({ removed: 6, reparented: 12, failed: 0, wrong: 0 });
      // The journal of the apply takes one more line, from the undo.
      const end = whole.seen.indexOf('undo-starting');
      const [applyPoints, undoPoints] = [whole.seen.slice(0, end), whole.seen.slice(end + 1)].map((seen) =>
        someOf(breakPoints(seen), EVERY, turn)
      );
      const passes = Math.max(applyPoints?.length ?? 0, undoPoints?.length ?? 0);
      for (let at = 0; at < passes; at += 1) {
        const points = { apply: applyPoints?.[at], undo: undoPoints?.[at] };
        table.cases += 1;
        const got = await pass(points);
        for (const what of Object.keys(undisturbed) as Array<keyof Pass>)
          if (got[what] !== undisturbed[what]) table.differ(`${onLoser}, ${what}, ended at ${JSON.stringify(points)}`);
      }
      for (const [name, points] of [['apply', applyPoints] as const, ['undo', undoPoints] as const])
        for (const { side, type } of points ?? []) expect(table.kinds).to.include(`${name} ${side} ${type}`);
      expect(table.differences, table.differences.join('\n')).to.deep.equal([]);
    });
});

/** Lines of the run's own journal. */
const KILLED_AFTER = [1, 3, 5, 8];

/** The same with the real `sf`, and a real kill -9 as soon as the journal has so many lines. */
describe('a cleanup whose process is killed', () => {
  let org: EmulatedOrg;
  const table = new CleanupTable();

  before(async () => {
    org = await EmulatedOrg.create();
    const rows = Array.from({ length: 80 }, (_, i) => `Name ${i},${i % 60},(415) 555-${String(1000 + i)}`);
    const file = join(org.sf.home, 'contacts.csv');
    await writeFile(file, `LastName,Student_ID__c,Phone\n${rows.join('\n')}\n`);
    await org.sf.text('bulkops', 'insert', '-o', ALIAS, '-s', 'Contact', '-f', file);
  });
  after(async () => {
    console.log(table.text('sf killed (SIGKILL)'));
    await org.close();
  });

  const contacts = (): string =>
    JSON.stringify(org.records('Contact').map(({ Id, LastName, Phone }) => [Id, LastName, Phone]));

  it('ends as an undisturbed one does', async () => {
    const before = contacts();
    const what = ['-s', 'Contact', '--match', 'Student_ID__c', '--standardize', 'Phone=phone:US'];
    for (const lines of KILLED_AFTER) {
      table.cases += 1;
      const [planDir = '', applied = '', undone = ''] = ['plan', 'applied', 'undone'].map((name) =>
        join(org.sf.home, `${name}-${lines}`)
      );
      await org.sf.text('bulkops', 'cleanup', 'plan', '-o', ALIAS, ...what, '--plan-dir', planDir);
      const { counts } = await killed<CleanupApplyResult>(applied, lines, ['apply', '--plan', planDir]);
      expect(counts, `apply, killed after ${lines}`).to.include({ removed: 20, wrong: 0, skipped: 0, failed: 0 });
      expect(org.count('Contact')).to.equal(60);
      await killed(undone, lines, ['undo', '--run', applied]);
      if (contacts() !== before) table.differ(`undo, killed after ${lines}`);
    }
    expect(table.kills).to.be.greaterThan(KILLED_AFTER.length);
    expect(table.differences, table.differences.join('\n')).to.deep.equal([]);
  });

  /** Starts a command of cleanup, kills it when the journal of its run has so many lines, and resumes it; gives what the end says. */
  async function killed<T>(runDir: string, lines: number, args: readonly string[]): Promise<T> {
    const child = org.sf.start(['bulkops', 'cleanup', ...args, '-o', ALIAS, '--no-prompt', '--run-dir', runDir], {
      stdio: 'ignore'
    });
    const ended = once(child, 'close');
    const journal = join(runDir, 'journal.ndjson');
    while (child.exitCode === null && child.signalCode === null) {
      const text = await readFile(journal, 'utf8').catch(() => '');
      if (text.split('\n').length > lines && child.kill('SIGKILL')) break;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await ended;
    if (child.signalCode !== null) table.kill(`${args[0] ?? ''} after ${lines} lines`);
    const told = await org.sf.text('bulkops', 'resume', '--run-dir', runDir, '--json');
    return (JSON.parse(told) as { result: T }).result;
  }
});
