import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { planToApply } from '../../../src/cleanup/plan/checkFiles.js';
import { isEdited, recheck } from '../../../src/cleanup/plan/recheck.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { type Planned, planned } from './planned.js';

const DEFINITION = `
sobject: X
standardize: { Name: { case: upper } }
match:
  - Email
  - name: name
    fields: { Name: levenshtein }
    block: [Kind]
    merge: 1
    review: 0.7
show: [Kind]
merge: { Name: longest }
`;
// A, B and C share an address; D and E are nearly one; F is like C; G stands alone.
const RECORDS = `Id,Name,Email,Kind
001A,anna,a@x.org,k1
001B,annabel,a@x.org,k2
001C,charles,a@x.org,k3
001D,dorothea,d@x.org,k4
001E,dorothee,e@x.org,k4
001F,charlez,f@x.org,k3
001G,gail,g@x.org,k5
`;
const WORLD = { nowMs: () => 0, onStage: () => undefined };

async function edit({ directory }: Planned, file: string, change: (text: string) => string): Promise<void> {
  const path = join(directory, file);
  const before = await readFile(path, 'utf8');
  const after = change(before);
  expect(after, 'the edit').not.to.equal(before);
  await writeFile(path, after);
}

async function ids({ rows }: Planned, file: string): Promise<string> {
  return (await rows(file)).map(({ Id = '' }) => Id.slice(-1)).join('');
}

describe('cleanup plan --recheck', () => {
  const dir = tempDir();

  it('changes nothing where nothing was edited', async () => {
    const made = await planned(dir.path, DEFINITION, RECORDS);
    expect(await isEdited(made.directory, made.plan)).to.equal(false);
    const before = await Promise.all(['clusters.csv', 'review.csv', 'updates.csv', 'deletes.csv'].map(made.rows));
    const plan = await recheck(made.directory, WORLD);
    const after = await Promise.all(['clusters.csv', 'review.csv', 'updates.csv', 'deletes.csv'].map(made.rows));
    expect(after).to.deep.equal(before);
    expect(plan.counts).to.deep.equal(made.plan.counts);
  });

  it('leaves a record alone whose row was removed', async () => {
    const made = await planned(dir.path, DEFINITION, RECORDS);
    expect(await ids(made, 'deletes.csv')).to.equal('BC');
    await edit(made, 'clusters.csv', (text) => text.replace(/.*001B.*\n/, ''));
    expect(await isEdited(made.directory, made.plan)).to.equal(true);
    const plan = await recheck(made.directory, WORLD);
    expect(await ids(made, 'deletes.csv')).to.equal('C');
    expect(await ids(made, 'updates.csv')).to.equal('ADEFG');
    expect((await made.rows('updates.csv'))[0]).to.include({ Id: '001A', Name: 'CHARLES' });
    expect(await isEdited(made.directory, plan)).to.equal(false);
  });

  it('takes another survivor', async () => {
    const made = await planned(dir.path, DEFINITION, RECORDS);
    await edit(made, 'clusters.csv', (text) =>
      text.replace(/survivor,001A/, 'loser,001A').replace(/loser,001B/, 'survivor,001B')
    );
    await recheck(made.directory, WORLD);
    expect(await ids(made, 'deletes.csv')).to.equal('AC');
    expect((await made.rows('changes.csv'))[0]).to.include({ Id: '001B', reason: 'survivor: chosen by a person' });
  });

  it('merges what a person marked yes, together with the clusters it lies in', async () => {
    const made = await planned(dir.path, DEFINITION, RECORDS);
    expect(await ids(made, 'review.csv')).to.equal('ABCFDE');
    await edit(made, 'review.csv', (text) => text.replace(/(.*001F,name,[\d.]+),/, '$1,yes'));
    const plan = await recheck(made.directory, WORLD);
    expect(await ids(made, 'deletes.csv')).to.equal('BCF');
    expect(await ids(made, 'updates.csv')).to.equal('ADEG');
    expect(await ids(made, 'review.csv')).to.equal('DE');
    expect(plan.counts).to.include({ clusters: 1, losers: 3, review: 1 });
  });

  it('merges a whole group whose survivor is marked yes, but for those marked no', async () => {
    const made = await planned(dir.path, DEFINITION, RECORDS);
    await edit(made, 'review.csv', (text) =>
      text.replace(/(.*001A,[\w-]+,[\d.]+),/, '$1,yes').replace(/(.*001B,[\w-]+,[\d.]+),/, '$1,no')
    );
    await recheck(made.directory, WORLD);
    expect(await ids(made, 'deletes.csv')).to.equal('CF');
  });

  const SPREADSHEETS: Array<[what: string, encoding: BufferEncoding, write: (rows: string[][]) => string]> = [
    [
      'with semicolons, a BOM, CRLF and decimal commas',
      'utf8',
      (rows) =>
        `\ufeff${rows.map((row) => row.map((cell) => cell.replace(/^(\d)\.(\d+)$/, '$1,$2')).join(';')).join('\r\n')}\r\n`
    ],
    [
      'all in quotes',
      'utf8',
      (rows) => `${rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n')}\r\n`
    ],
    ['with tabs in UTF-16', 'utf16le', (rows) => `\ufeff${rows.map((row) => row.join('\t')).join('\r\n')}\r\n`],
    ['in the encoding of Windows', 'latin1', (rows) => `${rows.map((row) => row.join(';')).join('\r\n')}\r\n`]
  ];
  for (const [what, encoding, write] of SPREADSHEETS)
    it(`understands what a spreadsheet has saved ${what}`, async () => {
      const records = RECORDS.replace('annabel', 'Añabel');
      const made = await planned(dir.path, DEFINITION, records);
      for (const file of ['clusters.csv', 'review.csv']) {
        const path = join(made.directory, file);
        const rows = parse(await readFile(path, 'utf8'));
        await writeFile(path, write(rows.filter((row) => !row.includes('001C'))), encoding);
      }
      const plan = await recheck(made.directory, WORLD);
      expect(await ids(made, 'deletes.csv')).to.equal('B');
      expect(plan.counts).to.include({ clusters: 1, losers: 1 });
      expect((await made.rows('clusters.csv')).map(({ score }) => score)).to.deep.equal(['1', '1']);
    });

  it('names records by values that would be formulas, and knows them again', async () => {
    const made = await planned(
      dir.path,
      'sobject: X\nmatch: [Email]\nshow: [Name]\n',
      'Key__c,Name,Email\n=1+1,"=HYPERLINK(""x"")",a\n@b,-5,a\n',
      { externalId: 'Key__c' }
    );
    expect((await made.rows('clusters.csv')).map(({ Key__c, Name }) => [Key__c, Name])).to.deep.equal([
      ["'=1+1", `'=HYPERLINK("x")`],
      ["'@b", "'-5"]
    ]);
    const plan = await recheck(made.directory, WORLD);
    expect(plan.counts).to.deep.equal(made.plan.counts);
    expect((await made.rows('updates.csv'))[0]).to.include({ Key__c: '=1+1' });
  });

  const MEDDLING: Array<[what: string, file: string, from: RegExp, to: string, told: string]> = [
    ['a loser taken out of deletes.csv', 'deletes.csv', /001B\n/, '', 'take it out there'],
    ['a stranger in deletes.csv', 'deletes.csv', /001B\n/, '001B\n001G\n', 'line 3: 001G is no loser'],
    ['a stranger in updates.csv', 'updates.csv', /001G/, '001Q', 'updates.csv line'],
    ['an edited snapshot', 'snapshot.csv', /001A/, '001Q', 'snapshot.csv is not as the plan wrote it']
  ];
  for (const [what, file, from, to, told] of MEDDLING)
    it(`lets nothing be applied with ${what}`, async () => {
      const made = await planned(dir.path, DEFINITION, RECORDS);
      await edit(made, file, (text) => text.replace(from, to));
      const error = await rejection(planToApply(made.directory));
      expect(error).to.have.property('name', 'PlanEditedError');
      expect(error.message).to.include(told);
    });

  it('tells apply what edits come to, and leaves the directory as it is', async () => {
    const made = await planned(dir.path, DEFINITION, RECORDS);
    await edit(made, 'clusters.csv', (text) => text.replace(/.*001B.*\n/, ''));
    const before = await readFile(join(made.directory, 'plan.json'), 'utf8');
    const { plan } = await planToApply(made.directory);
    expect(plan.counts).to.include({ losers: 1, deletes: 1 });
    expect(await readFile(join(made.directory, 'plan.json'), 'utf8')).to.equal(before);
  });

  const NONSENSE: Array<[what: string, file: string, from: RegExp, to: string, ...told: string[]]> = [
    ['an unknown Id', 'clusters.csv', /001B/, '001Z', 'clusters.csv line 3', '001Z is no record'],
    ['two survivors', 'clusters.csv', /loser,001B/, 'survivor,001B', 'lines 2 and 3', '2 survivors'],
    ['no survivor', 'clusters.csv', /survivor,/, 'loser,', 'has no survivor'],
    ['an unknown role', 'clusters.csv', /loser,001B/, 'looser,001B', 'line 3', '"looser"'],
    [
      'a record in two clusters',
      'clusters.csv',
      /C1,loser,001C/,
      'C9,survivor,001B,,1,,\nC1,loser,001C',
      '001B is there twice'
    ],
    ['an unknown mark', 'review.csv', /(001F,name,[\d.]+),/, '$1,maybe', 'merge is "maybe"']
  ];
  for (const [what, file, from, to, ...told] of NONSENSE)
    it(`refuses ${what} as a whole, naming the lines`, async () => {
      const made = await planned(dir.path, DEFINITION, RECORDS);
      await edit(made, file, (text) => text.replace(from, to));
      const before = await readFile(join(made.directory, 'deletes.csv'), 'utf8');
      const error = await rejection(recheck(made.directory, WORLD));
      expect(error).to.have.property('name', 'PlanEditedError');
      for (const part of told) expect(error.message).to.include(part);
      expect(await readFile(join(made.directory, 'deletes.csv'), 'utf8')).to.equal(before);
    });
});
