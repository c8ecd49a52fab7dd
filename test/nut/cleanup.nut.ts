import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CleanupApplyResult } from '../../src/cleanup/apply/applyResult.js';
import { type CleanupPlanResult } from '../../src/cleanup/plan/planResult.js';
import { type CleanupUndoResult } from '../../src/cleanup/undo/undoResult.js';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

const CONTACTS = `LastName,FirstName,Student_ID__c,Phone,Email
Turner,William,1,(415) 555-2671,
Turner,Bill,1,,BILL@x.org
Lee,Ann,2,212.555.0100,ann@x.org
`;

type Answer<T> = { readonly code: number; readonly name?: string; readonly warnings?: string[]; readonly result: T };

describe('sf bulkops cleanup', () => {
  let org: EmulatedOrg;

  before(async () => {
    org = await EmulatedOrg.create();
    const file = join(org.sf.home, 'contacts.csv');
    await writeFile(file, CONTACTS);
    await org.sf.text('bulkops', 'insert', '-o', ALIAS, '-s', 'Contact', '-f', file);
  });
  after(async () => org.close());

  async function json<T>(...args: string[]): Promise<Answer<T>> {
    const { code, stdout } = await org.sf.output('bulkops', 'cleanup', ...args, '--json');
    return { code, ...(JSON.parse(stdout) as Omit<Answer<T>, 'code'>) };
  }
  const contacts = () =>
    org
      .records('Contact')
      .map(({ LastName, Phone, Email }) => [LastName, Phone, Email].map((value) => value ?? ''))
      .sort();

  it('goes the whole circle: init, plan, apply, undo', async () => {
    const before = contacts();
    const definition = join(org.sf.home, 'contacts.yaml');
    expect((await json('init', '-s', 'Contact', '-o', ALIAS, '--output-file', definition)).code).to.equal(0);
    const planDir = join(org.sf.home, 'plan');
    const plan = await json<CleanupPlanResult>('plan', '--definition', definition, '-o', ALIAS, '--plan-dir', planDir);
    expect(plan.result.counts).to.include({ read: 3, clusters: 1, losers: 1, deletes: 1 });
    expect(contacts()).to.deep.equal(before);
    expect((await json('apply', '--plan', planDir, '-o', ALIAS)).name).to.equal('NeedsNoPromptError');
    const plannedAt = new Date(Date.now() - 9 * 86_400_000).toISOString();
    await writeFile(join(planDir, 'made.json'), JSON.stringify({ plannedAt, durationMs: 1 }));
    const runDir = join(org.sf.home, 'applied');
    const applied = await json<CleanupApplyResult>(
      'apply',
      '--plan',
      planDir,
      '-o',
      ALIAS,
      '--no-prompt',
      '--run-dir',
      runDir
    );
    expect(applied.code).to.equal(0);
    expect(applied.warnings).to.deep.equal(['The plan is 9 days old; records that changed since are left alone.']);
    expect(applied.result.counts).to.include({ removed: 1, updated: 2, wrong: 0 });
    expect(contacts()).to.deep.equal([
      ['Lee', '+12125550100', 'ann@x.org'],
      ['Turner', '+14155552671', 'bill@x.org']
    ]);
    expect(JSON.parse(await readFile(join(runDir, 'summary.json'), 'utf8'))).to.deep.equal(applied.result);
    const undone = await json<CleanupUndoResult>('undo', '--run', runDir, '-o', ALIAS, '--no-prompt');
    expect(undone.code).to.equal(0);
    expect(await readFile(applied.result.files.report ?? '', 'utf8')).to.contain('The cleanup of Contact is done.');
    expect(await readFile(undone.result.files.report ?? '', 'utf8'))
      .to.contain('The undo of')
      .and.contain('is done.');
    expect(contacts()).to.deep.equal(before);
  });

  it('plans from a file without an org, by the definition that init writes for it', async () => {
    const file = join(org.sf.home, 'people.csv');
    const rows = 'rec_id, given_name, surname, date_of_birth, postcode\n';
    await writeFile(
      file,
      `${rows}rec-1-org, mary, smith, 19800102, 2000\nrec-1-dup-0, smith, mary, 19800201, 2000\nrec-2-org, john, lee, 19790506, 3000\n`
    );
    const definition = join(org.sf.home, 'people.yaml');
    const key = ['--file', file, '--external-id', 'rec_id'];
    expect((await json('init', ...key, '--output-file', definition)).code).to.equal(0);
    const planDir = join(org.sf.home, 'people-plan');
    const { stdout } = await org.sf.output(
      ...['bulkops', 'cleanup', 'plan', '--definition', definition, ...key, '--plan-dir', planDir]
    );
    expect(stdout).to.include('Clusters: 1 with 1 record left out').and.to.include('Least sure');
    const [header = '', ...lines] = (await readFile(join(planDir, 'clusters.csv'), 'utf8')).trim().split('\n');
    expect(header).to.match(/^cluster,role,rec_id,rule,score,given_name,surname,/);
    expect(lines.map((line) => line.split(',').slice(0, 4).join())).to.deep.equal([
      'C1,survivor,rec-1-dup-0,likeness',
      'C1,loser,rec-1-org,likeness'
    ]);
  });

  it('refuses a definition that does not fit the org, before anything happens', async () => {
    const definition = join(org.sf.home, 'wrong.yaml');
    await writeFile(definition, 'sobject: Contact\nmatch: [StudentID]\nmerge: { Name: longest }\n');
    const { code, stdout } = await org.sf.output(
      'bulkops',
      'cleanup',
      'plan',
      '--definition',
      definition,
      '-o',
      ALIAS,
      '--json'
    );
    expect(code).not.to.equal(0);
    const { name, message } = JSON.parse(stdout) as { name: string; message: string };
    expect(name).to.equal('DefinitionUnfitError');
    expect(message).to.include('perhaps Student_ID__c');
    expect(message).to.include('Name would be written');
  });
});
