import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ChildSource } from '../../../src/cleanup/org/children.js';
import { writeTable } from '../../../src/cleanup/csvTable.js';
import { planToApply } from '../../../src/cleanup/plan/checkFiles.js';
import { recheck } from '../../../src/cleanup/plan/recheck.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { planned } from './planned.js';

const DEFINITION = 'sobject: Contact\nmatch: [Email]\nsurvivor: [{ oldest: CreatedDate }]\n';

const id = (prefix: string, name: string): string => `${prefix}${'0'.repeat(11 - name.length)}${name}AAA`;
const contact = (name: string): string => id('0030', name);
const RECORDS = `Id,Email,CreatedDate
${contact('1')},a@x.org,2020-01-01
${contact('2')},a@x.org,2021-01-01
${contact('3')},a@x.org,2022-01-01
${contact('4')},b@x.org,2020-01-01
${contact('5')},b@x.org,2021-01-01
${contact('6')},c@x.org,2020-01-01
`;

type Link = readonly [sobject: string, field: string, id: string, parent: string];

/** An org that has these children, gives them in any order, and refuses the objects named. */
function orgOf(links: readonly Link[], refused: readonly string[] = []): ChildSource & { asked: string[] } {
  const asked: string[] = [];
  const relationsOf = (isBound: boolean) =>
    [
      ['Case', 'ContactId'],
      ['Case', 'Other__c'],
      ['Contact', 'ReportsToId'],
      ['Task', 'WhoId'],
      ['Detail__c', 'Master__c']
    ]
      .filter(([sobject]) => (sobject === 'Detail__c') === isBound)
      .map(([sobject = '', field = '']) => ({ sobject, field }));
  return {
    asked,
    relations: async () => Promise.resolve({ movable: relationsOf(false), bound: relationsOf(true) }),
    read: async ({ sobject, fields, among }, path) => {
      const field = fields[1] ?? '';
      asked.push(`${sobject}.${field}`);
      if (refused.includes(sobject)) throw Object.assign(new Error('no such query'), { errorCode: 'MALFORMED_QUERY' });
      const found = links.filter(
        ([object, by, , parent]) => object === sobject && by === field && among?.ids.has(parent)
      );
      return writeTable(
        path,
        fields,
        found.map(([, , own, parent]) => [own, parent])
      );
    }
  };
}

const LINKS: readonly Link[] = [
  ['Case', 'ContactId', id('5000', 'B'), contact('2')],
  ['Case', 'ContactId', id('5000', 'A'), contact('5')],
  ['Case', 'ContactId', id('5000', 'C'), contact('1')],
  ['Case', 'Other__c', id('5000', 'B'), contact('3')],
  ['Contact', 'ReportsToId', contact('6'), contact('3')],
  ['Contact', 'ReportsToId', contact('3'), contact('2')],
  ['Contact', 'ReportsToId', contact('4'), contact('5')],
  ['Detail__c', 'Master__c', id('a000', 'D'), contact('5')],
  ['Detail__c', 'Master__c', id('a000', 'E'), contact('5')]
];

describe('children in a plan', () => {
  const dir = tempDir();
  const reparents = async (directory: string) =>
    (await readdir(directory)).filter((name) => name.startsWith('reparent-')).sort();

  it('lists for each child object what is moved, from where, and where to', async () => {
    const { plan, directory, rows } = await planned(dir.path, DEFINITION, RECORDS, { children: orgOf(LINKS) });
    expect(await reparents(directory)).to.deep.equal(['reparent-Case.csv', 'reparent-Contact.csv']);
    expect(await rows('reparent-Case.csv')).to.deep.equal([
      { Id: id('5000', 'A'), ContactId: contact('4'), Other__c: '', from: contact('5') },
      { Id: id('5000', 'B'), ContactId: contact('1'), Other__c: '', from: contact('2') },
      { Id: id('5000', 'B'), ContactId: '', Other__c: contact('1'), from: contact('3') }
    ]);
    // A survivor that referred to its own duplicate would refer to itself; a loser goes.
    expect(await rows('reparent-Contact.csv')).to.deep.equal([
      { Id: contact('4'), ReportsToId: '#N/A', from: contact('5') },
      { Id: contact('6'), ReportsToId: contact('1'), from: contact('3') }
    ]);
    expect(plan.counts.reparented).to.equal(5);
    expect(plan.reparent).to.deep.equal([
      { sobject: 'Case', fields: ['ContactId', 'Other__c'], file: 'reparent-Case.csv', rows: 3 },
      { sobject: 'Contact', fields: ['ReportsToId'], file: 'reparent-Contact.csv', rows: 2 }
    ]);
    expect(plan.warnings.join()).not.to.include('hildren');
  });

  it('is the same to the byte, in whatever order the org answers', async () => {
    const one = await planned(dir.path, DEFINITION, RECORDS, { children: orgOf(LINKS), name: 'one' });
    const other = await planned(dir.path, DEFINITION, RECORDS, {
      children: orgOf([...LINKS].reverse()),
      name: 'other'
    });
    expect(other.plan).to.deep.equal(one.plan);
    for (const name of [...(await reparents(one.directory)), 'children.csv', 'plan.json'])
      expect(await readFile(join(other.directory, name), 'utf8'), name).to.equal(
        await readFile(join(one.directory, name), 'utf8')
      );
  });

  const UNMOVED: Array<[what: string, more: string]> = [
    ['are ignored', 'children: ignore'],
    ['are a reason to refuse', 'children: refuse'],
    ['stay with flagged losers', 'on-loser: flag:Duplicate_Of__c={survivor}']
  ];
  for (const [what, more] of UNMOVED)
    it(`doesn't ask for children that ${what}`, async () => {
      const org = orgOf(LINKS);
      const { plan, directory } = await planned(dir.path, DEFINITION + more, RECORDS, { children: org });
      expect(await reparents(directory)).to.deep.equal([]);
      expect([plan.counts.reparented, plan.reparent, org.asked]).to.deep.equal([0, [], []]);
    });

  it('asks once for each relationship, and not at all without clusters', async () => {
    const org = orgOf(LINKS);
    await planned(dir.path, DEFINITION, RECORDS, { children: org, name: 'some' });
    expect(org.asked).to.deep.equal(['Case.ContactId', 'Case.Other__c', 'Contact.ReportsToId', 'Task.WhoId']);
    const idle = orgOf(LINKS);
    await planned(dir.path, DEFINITION, 'Id,Email,CreatedDate\n', { children: idle, name: 'none' });
    expect(idle.asked).to.deep.equal([]);
  });

  it('says what it could not look for', async () => {
    const without = await planned(dir.path, DEFINITION, RECORDS, { name: 'without' });
    expect(without.plan.warnings.join()).to.include('made without an org');
    const refused = await planned(dir.path, DEFINITION, RECORDS, { children: orgOf(LINKS, ['Task']), name: 'refused' });
    expect(refused.plan.warnings.join()).to.include("Task can't be asked for records of the duplicates by WhoId");
    expect(refused.plan.counts.reparented).to.equal(5);
  });

  it('lets the one with the most children survive where that is asked for', async () => {
    const definition = 'sobject: Contact\nmatch: [Email]\nsurvivor: [has-children]\nchildren: ignore\n';
    const { rows } = await planned(dir.path, definition, RECORDS, {
      children: orgOf([...LINKS, ['Task', 'WhoId', id('00T0', 'F'), contact('2')]])
    });
    const survivors = (await rows('clusters.csv')).filter(({ role }) => role === 'survivor').map((row) => row['Id']);
    expect(survivors).to.deep.equal([contact('2'), contact('5')]);
    const reasons = (await rows('changes.csv')).map(({ reason }) => reason);
    expect(reasons).to.deep.equal(['survivor: has-children', 'survivor: has-children']);
  });

  it('follows an edit of the clusters without asking again', async () => {
    const definition = 'sobject: Contact\nmatch: [Email]\nsurvivor: [has-children]\n';
    const { directory, rows } = await planned(dir.path, definition, RECORDS, { children: orgOf(LINKS) });
    const path = join(directory, 'clusters.csv');
    const lines = (await readFile(path, 'utf8')).split('\n');
    const swapped = lines.map((line) =>
      line.includes(contact('2'))
        ? line.replace('survivor', 'loser')
        : line.includes(contact('1'))
          ? line.replace('loser', 'survivor')
          : line
    );
    await writeFile(path, swapped.filter((line) => !line.startsWith('C2')).join('\n'));
    const toApply = await planToApply(directory);
    const rechecked = await recheck(directory, { nowMs: () => 0, onStage: () => undefined });
    expect(rechecked.counts.reparented).to.equal(3);
    expect(toApply.plan.counts.reparented).to.equal(3);
    expect((await rows('reparent-Case.csv')).map((row) => row['from'])).to.deep.equal([contact('2'), contact('3')]);
    expect((await rows('reparent-Contact.csv')).map((row) => row['ReportsToId'])).to.deep.equal([contact('1')]);
  });

  it('refuses a list of children that was edited, and recheck writes it anew', async () => {
    const { directory } = await planned(dir.path, DEFINITION, RECORDS, { children: orgOf(LINKS) });
    const path = join(directory, 'reparent-Case.csv');
    const [header, ...lines] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, [header, ...lines.slice(1)].join('\n'));
    const refused = await rejection(planToApply(directory));
    expect(refused.name).to.equal('PlanEditedError');
    expect(refused.message).to.include('reparent-Case.csv');
    await recheck(directory, { nowMs: () => 0, onStage: () => undefined });
    expect((await planToApply(directory)).plan.counts.reparented).to.equal(5);
  });
});
