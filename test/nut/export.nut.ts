import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

type Json = {
  status: number;
  name?: string;
  message?: string;
  actions?: string[];
  warnings?: string[];
  result: Record<string, unknown>;
};

describe('sf bulkops export', () => {
  let org: EmulatedOrg;

  before(async () => {
    org = await EmulatedOrg.create({ pageRows: 100, packsResults: true });
    const rows = Array.from({ length: 950 }, (_, n) => `N${n},"Account ${n}, of ""them""\nall",${n}.25`);
    await writeFile(join(org.sf.home, 'in.csv'), `Account_No__c,Name,AnnualRevenue\n${rows.join('\n')}\n`);
    await org.sf.text('bulkops', 'upsert', '-s', 'Account', '-i', 'Account_No__c', '-f', 'in.csv', '-o', ALIAS);
  });
  after(async () => org.close());

  const path = (name: string) => join(org.sf.home, name);
  const QUERY = 'SELECT Id, Account_No__c, Name, AnnualRevenue, Owner.Name FROM Account WHERE Name != null';
  const json = async (...words: string[]): Promise<Json> =>
    JSON.parse((await org.sf.output(...words, '--json')).stdout) as Json;

  it('gives the file that sf data export bulk gives, with a manifest and a summary', async () => {
    const answer = await json('bulkops', 'export', '-q', QUERY, '--output-file', 'tx.csv', '-o', ALIAS);
    const { status, result } = answer;
    expect(status).to.equal(0);
    expect(answer.warnings, 'the commas of the query are nobody’s business').to.deep.equal([]);
    expect(result).to.deep.include({ status: 'Success', rows: { read: 950, written: 950, dropped: 0 } });
    await org.sf.text('data', 'export', 'bulk', '-q', QUERY, '--output-file', 'peer.csv', '-w', '2', '-o', ALIAS);
    const bytes = await readFile(path('tx.csv'));
    expect(bytes.equals(await readFile(path('peer.csv')))).to.equal(true);
    const manifest = JSON.parse(await readFile(path('tx.csv.manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).to.deep.include({
      query: QUERY,
      files: [
        { path: 'tx.csv', rows: 950, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
      ]
    });
    const shown = await org.sf.text('bulkops', 'run', 'show', '--run-id', String(result.runId));
    expect(shown).to.contain('950 rows in 10 pages');
  });

  it('refuses before a job is made what Bulk API 2.0 can’t run, and names place and way out', async () => {
    const before = org.emulator.org.queries.list().length;
    const answer = await json('bulkops', 'export', '-q', 'SELECT count(Id) FROM Account', '-o', ALIAS);
    expect(answer).to.include({ status: 2, name: 'SoqlUnsupportedError' });
    expect(answer.message).to.contain('row 1, column 8');
    const typo = await json('bulkops', 'export', '-q', 'SELECT Id, Nmae FROM Account', '-o', ALIAS);
    expect(typo.status).to.equal(2);
    expect(typo.actions?.[0]).to.contain('Name');
    expect(org.emulator.org.queries.list().length).to.equal(before);
  });

  it('hands a result that was not waited for over to resume', async () => {
    const { status, result } = await json(
      'bulkops',
      'export',
      '-s',
      'Account',
      '--fields',
      'all',
      '--async',
      '-o',
      ALIAS
    );
    expect(status).to.equal(0);
    expect(result.status).to.equal('InProgress');
    const resumed = await json('bulkops', 'resume', '--run-id', String(result.runId));
    expect(resumed.result).to.deep.include({ status: 'Success', rows: { read: 950, written: 950, dropped: 0 } });
    expect((await readFile(path('Account.csv'), 'utf8')).split('\n')[0]).to.contain('"Account_No__c"');
  });

  it('writes rows alone to standard output, and ends quietly when nobody reads on', async () => {
    const { code, stdout, stderr } = await org.sf.output(
      ...['bulkops', 'export', '-q', 'SELECT Name FROM Account', '--output-file', '-', '-r', 'ndjson', '-o', ALIAS]
    );
    expect(code, stderr).to.equal(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    ).to.have.length(950);
  });
});
