import { AuthInfo, Connection } from '@salesforce/core';
import { expect } from 'chai';
import { isolatedHome } from '../../isolatedHome.js';
import { type Answer, type OrgClient, orgClient, until } from '../orgClient.js';

type Info = { id: string; state: string; numberRecordsProcessed?: number; numberRecordsFailed?: number };

const ROOT = '/services/data/v66.0/jobs/ingest';
const UPSERT = { object: 'Account', operation: 'upsert', externalIdFieldName: 'Account_No__c' };

describe('emulator: ingest jobs', () => {
  let org: OrgClient;
  beforeEach(async () => {
    org = await orgClient();
  });
  afterEach(async () => org.emulator.close());

  const created = async (asked: object = UPSERT): Promise<Info> => {
    const { status, body, text } = await org.call('POST', ROOT, asked);
    expect(status, text).to.equal(200);
    return body as Info;
  };
  const ended = async (id: string): Promise<Info> =>
    until(async () => {
      const info = (await org.call('GET', `${ROOT}/${id}`)).body as Info;
      return ['JobComplete', 'Failed', 'Aborted'].includes(info.state) ? info : undefined;
    });
  const loaded = async (csv: string, asked: object = UPSERT): Promise<Info> => {
    const { id } = await created(asked);
    expect((await org.call('PUT', `${ROOT}/${id}/batches`, csv)).status).to.equal(201);
    expect((await org.call('PATCH', `${ROOT}/${id}`, { state: 'UploadComplete' })).status).to.equal(200);
    return ended(id);
  };
  const errorOf = ({ status, body }: Answer): [number, string] => [
    status,
    (body as Array<{ errorCode: string }>)[0]?.errorCode ?? ''
  ];

  it('goes its whole way at paths as clients write them: slashes double and trailing, capitals', async () => {
    const { id, ...rest } = (await org
      .call('POST', '//services/data/v66.0/jobs/ingest/', UPSERT)
      .then(({ body }) => body)) as Info;
    expect(rest).to.include({
      state: 'Open',
      apiVersion: 66,
      contentUrl: `services/data/v66.0/jobs/ingest/${id}/batches`
    });
    expect(rest).to.not.have.property('numberRecordsProcessed');
    expect(
      (await org.call('PUT', `//services/data/v66.0/jobs/ingest/${id}/batches/`, 'Account_No__c,Name\n1,a\n2,\n'))
        .status
    ).to.equal(201);
    expect((await org.call('PATCH', `${ROOT}/${id}/`, { state: 'UploadComplete' })).body).to.not.have.property(
      'contentUrl'
    );
    expect(await ended(id)).to.include({ state: 'JobComplete', numberRecordsProcessed: 2, numberRecordsFailed: 1 });
    expect((await org.call('GET', `${ROOT}/${id}/successfulResults/`)).text).to.match(
      /^"sf__Id","sf__Created",Account_No__c,Name\n"001\w{15}","true","1","a"\n$/
    );
    expect((await org.call('GET', `${ROOT}/${id}/failedResults`)).text).to.contain('"","REQUIRED_FIELD_MISSING:');
    for (const name of ['unprocessedrecords', 'unprocessedRecords'])
      expect((await org.call('GET', `${ROOT}/${id}/${name}`)).text).to.equal('Account_No__c,Name\n');
  });

  it('takes a job with its data in one request', async () => {
    const body = [
      '--B',
      'Content-Type: application/json',
      'Content-Disposition: form-data; name="job"',
      '',
      JSON.stringify(UPSERT),
      '--B',
      'Content-Type: text/csv',
      'Content-Disposition: form-data; name="content"; filename="content"',
      '',
      'Account_No__c,Name\n1,"two\nlines"\n',
      '--B--',
      ''
    ].join('\r\n');
    const post = async (text: string): Promise<Response> =>
      fetch(org.emulator.org.url + ROOT, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${org.emulator.accessToken}`,
          'content-type': 'multipart/form-data; boundary=B'
        },
        body: text
      });
    const answer = await post(body);
    expect(answer.status).to.equal(200);
    const { id, state } = (await answer.json()) as Info;
    expect(state).to.equal('UploadComplete');
    expect(await ended(id)).to.include({ state: 'JobComplete', numberRecordsProcessed: 1, numberRecordsFailed: 0 });
    expect(await org.query('SELECT Name FROM Account')).to.deep.equal([{ Name: 'two\nlines' }]);
    expect((await post(body.replace('{', ''))).status).to.equal(400);
    expect((await post('--B--')).status).to.equal(400);
  });

  it('takes one upload, of at most 150 MB as base64', async () => {
    const { id } = await created();
    const batches = `${ROOT}/${id}/batches`;
    expect(errorOf(await org.call('PUT', batches, 'x'.repeat(112_500_001)))).to.deep.equal([413, 'CLIENTINPUTERROR']);
    expect((await org.call('PUT', batches, 'Account_No__c,Name\n1,a\n')).status).to.equal(201);
    expect(errorOf(await org.call('PUT', batches, 'Account_No__c,Name\n2,b\n'))).to.deep.equal([400, 'INVALIDJOB']);
    await org.call('PATCH', `${ROOT}/${id}`, { state: 'UploadComplete' });
    await ended(id);
    expect(errorOf(await org.call('PUT', batches, 'Account_No__c,Name\n3,c\n'))).to.deep.equal([
      400,
      'INVALIDJOBSTATE'
    ]);
    expect(await org.query('SELECT Name FROM Account')).to.deep.equal([{ Name: 'a' }]);
  });

  it('moves only as the service does, and says that nothing is there before the end', async () => {
    const { id } = await created();
    expect((await org.call('GET', `${ROOT}/${id}/successfulResults`)).status).to.equal(204);
    expect(errorOf(await org.call('DELETE', `${ROOT}/${id}`))).to.deep.equal([400, 'API_ERROR']);
    expect(errorOf(await org.call('PATCH', `${ROOT}/${id}`, { state: 'JobComplete' }))).to.deep.equal([
      400,
      'INVALIDJOBSTATE'
    ]);
    expect((await org.call('PATCH', `${ROOT}/${id}`, { state: 'Aborted' })).body).to.include({ state: 'Aborted' });
    for (const state of ['Aborted', 'UploadComplete'])
      expect(errorOf(await org.call('PATCH', `${ROOT}/${id}`, { state })), state).to.deep.equal([
        400,
        'INVALIDJOBSTATE'
      ]);
    expect((await org.call('DELETE', `${ROOT}/${id}`)).status).to.equal(204);
    expect(errorOf(await org.call('GET', `${ROOT}/${id}`))).to.deep.equal([404, 'NOT_FOUND']);
  });

  it('gives no Id a second time, whatever was deleted', async () => {
    const ids = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      const { id } = await loaded('Account_No__c,Name\n1,a\n');
      ids.add(id);
      if (round % 2 === 0) expect((await org.call('DELETE', `${ROOT}/${id}`)).status).to.equal(204);
    }
    expect(ids.size).to.equal(4);
  });

  it('lists a thousand jobs a page', async () => {
    for (let nth = 0; nth < 1001; nth += 1) org.emulator.org.ingest.create(UPSERT, 66);
    const first = (await org.call('GET', ROOT)).body as { done: boolean; records: Info[]; nextRecordsUrl: string };
    expect([first.done, first.records.length]).to.deep.equal([false, 1000]);
    const last = (await org.call('GET', first.nextRecordsUrl)).body as typeof first;
    expect([last.done, last.records.length]).to.deep.equal([true, 1]);
    expect(new Set([...first.records, ...last.records].map(({ id }) => id)).size).to.equal(1001);
    expect(((await org.call('GET', `${ROOT}?jobType=Classic`)).body as typeof first).records).to.deep.equal([]);
  });

  const wholeJobs: ReadonlyArray<[what: string, csv: string, message: string]> = [
    ['an unknown column', 'Account_No__c,Nope__c\n1,x\n', 'InvalidBatch : Field name not found : Nope__c'],
    [
      'a column that may not be written',
      'Account_No__c,CreatedDate\n1,x\n',
      'InvalidBatch : Field name not found : CreatedDate'
    ],
    ['the other line ending', 'Account_No__c,Name\r\n1,x\r\n', 'ClientInputError : LineEnding is invalid on user data'],
    ['a stray quote', 'Account_No__c,Name\n1,x"y\n', 'InvalidBatch : '],
    ['another delimiter', 'Account_No__c;Name\n1;x\n', 'InvalidBatch : Field name not found : Account_No__c;Name']
  ];
  for (const [what, csv, message] of wholeJobs)
    it(`fails a whole job for ${what}`, async () => {
      const job = await loaded(csv);
      expect(job).to.include({ state: 'Failed', numberRecordsProcessed: 0 });
      expect((job as unknown as { errorMessage: string }).errorMessage).to.contain(message);
      expect(await org.query('SELECT Id FROM Account')).to.deep.equal([]);
    });

  it('gives results in another order, with numbers in its own words', async () => {
    const rows = Array.from({ length: 300 }, (_, at) => `${at},n${at},912260031`);
    const { id } = await loaded(['Account_No__c,Name,AnnualRevenue', ...rows, ''].join('\n'));
    const lines = (await org.call('GET', `${ROOT}/${id}/successfulResults`)).text.trim().split('\n').slice(1);
    const keys = lines.map((line) => Number(line.split('","')[2]));
    expect(keys).to.not.deep.equal([...keys].sort((a, b) => a - b));
    expect([...keys].sort((a, b) => a - b)).to.deep.equal(rows.map((_, at) => at));
    expect(lines.every((line) => line.endsWith('"9.12260031E8"'))).to.equal(true);
  });

  describe('for jsforce, the client within the official commands', () => {
    isolatedHome();
    it('ends its bulk2 calls as that client expects', async () => {
      const { accessToken, org: emulated } = org.emulator;
      const urls = { instanceUrl: emulated.url, loginUrl: emulated.url };
      const authInfo = await AuthInfo.create({ accessTokenOptions: { accessToken, ...urls } });
      const { bulk2 } = await Connection.create({ authInfo });
      const results = await bulk2.loadAndWaitForResults({
        object: 'Account',
        operation: 'upsert',
        externalIdFieldName: 'Account_No__c',
        input: [
          { Account_No__c: '1', Name: 'a "b",\nc' },
          { Account_No__c: '2', Name: '' }
        ],
        pollInterval: 10
      });
      expect(results.successfulResults).to.have.length(1);
      expect(results.successfulResults[0]).to.include({ sf__Created: 'true', Name: 'a "b",\nc' });
      expect(results.failedResults[0]?.sf__Error).to.match(/^REQUIRED_FIELD_MISSING/);
      expect(results.unprocessedRecords).to.have.length(0);
      const found = await bulk2.query('SELECT Account_No__c, Name FROM Account', { pollInterval: 10 });
      expect(await found.toArray()).to.deep.equal([{ Account_No__c: '1', Name: 'a "b",\nc' }]);
    });
  });
});
