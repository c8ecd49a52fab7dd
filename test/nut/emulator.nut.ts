import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type OrgClient, orgClient } from '../emulator/orgClient.js';
import { IsolatedSf } from '../../demo/sf.ts';
import { type ObjectSchema } from '../../src/emulator/schema.js';
import { readSchema } from '../../src/emulator/schemaFile.js';

type SfJson = {
  readonly status: number;
  readonly name?: string;
  readonly message?: string;
  readonly result?: unknown;
  readonly data?: unknown;
};

/** The official commands of the real `sf`, which know nothing of the emulator, are its judges. */
describe('the official sf commands on the emulator', function () {
  this.timeout(240_000);
  let org: OrgClient;
  let home: IsolatedSf;

  before(async () => {
    org = await orgClient({ pageRows: 2 });
    home = await IsolatedSf.create({ SF_ACCESS_TOKEN: org.emulator.accessToken });
    const url = ['--instance-url', org.emulator.org.url];
    const login = JSON.parse(
      await home.text('org', 'login', 'access-token', ...url, '--no-prompt', '--alias', 'emu', '--json')
    ) as SfJson;
    expect(login.result).to.include({
      orgId: org.emulator.org.id,
      isDevHub: false,
      username: org.emulator.org.username
    });
  });
  after(async () => {
    await home.close();
    await org.emulator.close();
  });

  const path = (name: string) => join(home.home, name);
  const file = async (name: string, text: string) => writeFile(path(name), text);
  const sf = async (...words: string[]): Promise<SfJson> => {
    const { stdout } = await home.output(...words, '--target-org', 'emu', '--json');
    return JSON.parse(stdout) as SfJson;
  };
  const ok = async (...words: string[]): Promise<unknown> => {
    const answer = await sf(...words);
    expect(answer.status, JSON.stringify(answer)).to.equal(0);
    return answer.result;
  };
  const accounts = async (columns = 'Name') => org.query(`SELECT ${columns} FROM Account ORDER BY Name`);

  it('data import bulk inserts', async () => {
    await file('import.csv', 'Account_No__c,Name,AnnualRevenue\n1,"Acme, ""Inc""\nof Ohio",912260031\n2,Beta,\n');
    expect(await ok('data', 'import', 'bulk', '-s', 'Account', '-f', 'import.csv', '-w', '2')).to.deep.include({
      processedRecords: 2,
      successfulRecords: 2,
      failedRecords: 0
    });
    expect(await accounts('Name, AnnualRevenue')).to.deep.equal([
      { Name: 'Acme, "Inc"\nof Ohio', AnnualRevenue: 912260031 },
      { Name: 'Beta', AnnualRevenue: null }
    ]);
  });

  it('data upsert bulk updates and creates, and data bulk results fetches both kinds', async () => {
    await file('upsert.csv', 'Account_No__c,Name\n2,Beta 2\n3,Gamma\n4,\n');
    const answer = await sf(
      'data',
      'upsert',
      'bulk',
      '-s',
      'Account',
      '-i',
      'Account_No__c',
      '-f',
      'upsert.csv',
      '-w',
      '2'
    );
    expect(answer).to.include({ status: 1, name: 'FailedRecordDetailsError' });
    const { jobId } = answer.data as { jobId: string };
    const results = (await ok('data', 'bulk', 'results', '--job-id', jobId)) as {
      successFilePath: string;
      failedFilePath: string;
    };
    expect(results).to.include({ processedRecords: 3, successfulRecords: 2, failedRecords: 1, status: 'JobComplete' });
    expect(await readFile(path(results.failedFilePath), 'utf8')).to.contain('REQUIRED_FIELD_MISSING');
    expect(await readFile(path(results.successFilePath), 'utf8')).to.match(/"true","3","Gamma"/);
    expect(await accounts('Account_No__c')).to.have.length(3);
  });

  it('data upsert resume finds a job that was not waited for', async () => {
    await file('later.csv', 'Account_No__c,Name\n3,Gamma 3\n');
    const { jobInfo } = (await ok(
      'data',
      'upsert',
      'bulk',
      '-s',
      'Account',
      '-i',
      'Account_No__c',
      '-f',
      'later.csv'
    )) as { jobInfo: { id: string } };
    expect(await ok('data', 'upsert', 'resume', '--job-id', jobInfo.id, '--wait', '2')).to.have.nested.property(
      'jobInfo.state',
      'JobComplete'
    );
    expect(await org.query("SELECT Name FROM Account WHERE Account_No__c = '3'")).to.deep.equal([{ Name: 'Gamma 3' }]);
  });

  it('data update bulk updates', async () => {
    const [first] = (await org.query('SELECT Id FROM Account ORDER BY Name')) as Array<{ Id: string }>;
    await file('update.csv', `Id,Phone\n${first?.Id ?? ''},555\n`);
    expect(await ok('data', 'update', 'bulk', '-s', 'Account', '-f', 'update.csv', '-w', '2')).to.include({
      successfulRecords: 1
    });
    expect(await org.query("SELECT Id FROM Account WHERE Phone = '555'")).to.deep.equal([{ Id: first?.Id }]);
  });

  it('data update bulk tells of a job that fails as a whole', async () => {
    await file('wrong.csv', 'Id,Nope__c\n001000000000001AAA,1\n');
    const answer = await sf('data', 'update', 'bulk', '-s', 'Account', '-f', 'wrong.csv', '-w', '2');
    expect(answer.status).to.equal(1);
    expect(JSON.stringify(answer)).to.contain('InvalidBatch : Field name not found : Nope__c');
  });

  it('data create, get, update and delete record', async () => {
    const created = (await ok(
      'data',
      'create',
      'record',
      '-s',
      'Contact',
      '-v',
      "LastName='O Brien' Email=x@y.example"
    )) as { id: string };
    expect(await ok('data', 'get', 'record', '-s', 'Contact', '-i', created.id)).to.include({
      LastName: 'O Brien',
      Email: 'x@y.example'
    });
    await ok('data', 'update', 'record', '-s', 'Contact', '-i', created.id, '-v', 'Title=Chief');
    expect(await org.query('SELECT Title FROM Contact')).to.deep.equal([{ Title: 'Chief' }]);
    await ok('data', 'delete', 'record', '-s', 'Contact', '-i', created.id);
    expect(await org.query('SELECT Id FROM Contact')).to.deep.equal([]);
  });

  it('data query, with parents, aggregates and errors', async () => {
    const found = (await ok(
      'data',
      'query',
      '-q',
      "SELECT Name, Owner.Name, Parent.Name FROM Account WHERE Name LIKE 'beta%'"
    )) as { records: unknown[] };
    expect(found.records).to.have.length(1);
    expect(found.records[0]).to.deep.include({ Name: 'Beta 2', Parent: null });
    expect(found.records[0]).to.have.nested.property('Owner.Name', 'Emulated User');
    expect(await ok('data', 'query', '-q', 'SELECT count() FROM Account')).to.include({ totalSize: 3 });
    expect(await ok('data', 'query', '-q', 'SELECT COUNT(Id) n FROM Account')).to.have.nested.property(
      'records[0].n',
      3
    );
    const byYear = 'SELECT CALENDAR_YEAR(CreatedDate) y, COUNT(Id) n FROM Account GROUP BY CALENDAR_YEAR(CreatedDate)';
    expect(await ok('data', 'query', '-q', byYear)).to.deep.nested.include({
      'records[0].y': new Date().getUTCFullYear(),
      'records[0].n': 3
    });
    const refused = await sf('data', 'query', '-q', 'SELECT Foo FROM Account');
    expect(refused.status).to.equal(1);
    expect(refused.message).to.contain("No such column 'Foo' on entity 'Account'");
  });

  it('data export bulk as CSV and as JSON, page after page', async () => {
    const query = 'SELECT Id, Name, Owner.Name FROM Account WHERE DAY_ONLY(CreatedDate) > 2020-01-01 ORDER BY Name';
    expect(await ok('data', 'export', 'bulk', '-q', query, '--output-file', 'out.csv', '-w', '2')).to.include({
      totalSize: 3
    });
    const csv = await readFile(path('out.csv'), 'utf8');
    expect(csv).to.match(/^"Id","Name","Owner.Name"\n"001\w{15}","Acme, ""Inc""\nof Ohio","Emulated User"\n/);
    expect(csv.match(/"Id"/g)).to.have.length(1);
    await ok('data', 'export', 'bulk', '-q', query, '--output-file', 'out.json', '--result-format', 'json', '-w', '2');
    const records = JSON.parse(await readFile(path('out.json'), 'utf8')) as Array<{ Name: string }>;
    expect(records.map(({ Name }) => Name)).to.deep.equal(['Acme, "Inc"\nof Ohio', 'Beta 2', 'Gamma 3']);
  });

  it('data export resume finds an export that was not waited for', async () => {
    const { jobId } = (await ok(
      'data',
      'export',
      'bulk',
      '-q',
      'SELECT Id FROM Account',
      '--output-file',
      'later-out.csv',
      '-w',
      '0'
    )) as { jobId: string };
    // The command takes its org from what it kept of the job.
    const json = JSON.parse(await home.text('data', 'export', 'resume', '--job-id', jobId, '--json')) as SfJson;
    expect(json?.result).to.include({ totalSize: 3 });
    expect((await readFile(path('later-out.csv'), 'utf8')).trim().split('\n')).to.have.length(4);
  });

  it('data export bulk is refused what Bulk API 2.0 can’t run', async () => {
    const answer = await sf(
      'data',
      'export',
      'bulk',
      '-q',
      'SELECT count() FROM Account',
      '--output-file',
      'no.csv',
      '-w',
      '2'
    );
    expect(answer.status).to.equal(1);
    expect(answer.message).to.contain('not supported in Bulk V2 Query');
  });

  it('data delete bulk deletes; the deleted are found with --all-rows', async () => {
    const ids = (await org.query('SELECT Id FROM Account')) as Array<{ Id: string }>;
    await file('delete.csv', `Id\n${ids.map(({ Id }) => Id).join('\n')}\n`);
    expect(await ok('data', 'delete', 'bulk', '-s', 'Account', '-f', 'delete.csv', '-w', '2')).to.have.nested.property(
      'jobInfo.numberRecordsProcessed',
      3
    );
    expect(await accounts()).to.deep.equal([]);
    expect(await ok('data', 'query', '-q', 'SELECT Id FROM Account WHERE IsDeleted = true', '--all-rows')).to.include({
      totalSize: 3
    });
  });

  it('sobject list and describe, org display, org list limits', async () => {
    expect(await ok('sobject', 'list', '--sobject', 'all')).to.include.members(['Account', 'Shipment__c']);
    expect(await ok('sobject', 'describe', '-s', 'Shipment__c')).to.include({ name: 'Shipment__c', queryable: true });
    expect(await ok('org', 'display')).to.include({ connectedStatus: 'Connected' });
    expect(JSON.stringify(await ok('org', 'list', 'limits'))).to.contain('DailyBulkApiBatches');
  });

  it('bulkops emulator schema pull writes what the emulator starts from', async () => {
    const pulled = await ok(
      'bulkops',
      'emulator',
      'schema',
      'pull',
      '-s',
      'Contact,Shipment__c',
      '--output-file',
      'schema.json'
    );
    expect(pulled).to.deep.equal({ file: 'schema.json', objects: ['Contact', 'Shipment__c'] });
    const schema = await readSchema(path('schema.json'));
    const namesOf = (object?: ObjectSchema) => object?.fields.map(({ name, type }) => `${name} ${type}`);
    expect(namesOf(schema.object('Shipment__c'))).to.deep.equal(
      namesOf(org.emulator.org.store.schema.object('Shipment__c'))
    );
    const unknown = await sf('bulkops', 'emulator', 'schema', 'pull', '-s', 'Nope__c', '--output-file', 'nope.json');
    expect(unknown.name).to.equal('ObjectUnknownError');
  });
});
