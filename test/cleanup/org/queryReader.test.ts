import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { idsAQuery, restReader } from '../../../src/cleanup/org/orgReader.js';
import { orgReader } from '../../../src/cleanup/org/queryReader.js';
import { isolatedHome } from '../../isolatedHome.js';
import { tempDir } from '../../tempDir.js';
import { type CleanupOrg, cleanupOrg } from '../cleanupOrg.js';

describe('reading from the org', () => {
  isolatedHome();
  const dir = tempDir();
  let org: CleanupOrg;
  let ids: string[];

  beforeEach(async () => {
    org = await cleanupOrg();
    ids = [];
    for (let n = 0; n < 12; n += 1)
      ids.push(await org.client.create('Contact', { LastName: `L${n}`, Description: `"${n}",\nx`, GPA__c: n / 4 }));
    await org.client.create('Case', { Subject: 'one', ContactId: ids[3] });
    await org.client.create('Case', { Subject: 'none' });
  });
  afterEach(async () => org.close());

  const jobs = async (): Promise<number> =>
    ((await org.client.call('GET', '/jobs/query')).body as { records: unknown[] }).records.length;
  const text = async (name: string): Promise<string[]> =>
    (await readFile(join(dir.path, name), 'utf8')).split('\n').sort();

  it('by a job gives what REST gives, whether of all or of some', async () => {
    const fields = ['Id', 'LastName', 'Description', 'GPA__c', 'SystemModstamp'];
    const byJob = orgReader(org.world(), { lookUps: 0, few: 0 });
    for (const some of [undefined, new Set(ids.slice(2, 9))]) {
      const query = { sobject: 'Contact', fields, among: some && { field: 'Id', ids: some } };
      const rows = await restReader(org.reads)(query, join(dir.path, 'rest.csv'));
      expect(await byJob(query, join(dir.path, 'job.csv'))).to.equal(rows);
      const numbers = (lines: string[]): string[] => lines.map((line) => line.replace(/\.0(?=,)/g, ''));
      expect(numbers(await text('job.csv'))).to.deep.equal(numbers(await text('rest.csv')));
    }
    expect(await jobs()).to.equal(2);
  });

  it('looks few up by REST, and asks nothing of a relationship that nobody uses', async () => {
    const read = orgReader(org.world());
    const among = { field: 'ContactId', ids: new Set(ids) };
    expect(await read({ sobject: 'Case', fields: ['Id', 'ContactId'], among }, join(dir.path, 'cases.csv'))).to.equal(
      1
    );
    const many = new Set(Array.from({ length: 5000 }, (_, n) => `003${String(n).padStart(12, '0')}AAA`));
    const leads = { field: 'AccountId', ids: many };
    expect(
      await read({ sobject: 'Opportunity', fields: ['Id', 'AccountId'], among: leads }, join(dir.path, 'o.csv'))
    ).to.equal(0);
    expect(await jobs()).to.equal(0);
  });

  it('takes as many Ids in one URL as it says', async () => {
    const fields = ['Id', 'LastName'];
    const most = idsAQuery({ sobject: 'Contact', fields, among: { field: 'Id', ids: new Set() } });
    const many = Array.from({ length: most - 1 }, (_, n) => `003${String(n).padStart(12, '1')}AAA`);
    const query = { sobject: 'Contact', fields, among: { field: 'Id', ids: new Set([...many, ids[0] ?? '']) } };
    expect(await restReader(org.reads)(query, join(dir.path, 'many.csv'))).to.equal(1);
  });

  it('keeps URLs within the limit of the service', () => {
    const query = {
      sobject: 'Contact',
      fields: Array.from({ length: 100 }, (_, n) => `Some_Field_${n}__c`),
      among: { field: 'Id', ids: new Set<string>() }
    };
    const most = idsAQuery(query);
    const list = Array.from({ length: most }, () => "'003000000000000AAA'").join(',');
    const url = encodeURIComponent(`SELECT ${query.fields.join(', ')} FROM Contact WHERE Id IN (${list})`);
    expect(url.length).to.be.below(12_100);
    expect(most).to.be.greaterThan(200);
  });
});
