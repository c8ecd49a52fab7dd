import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { expect } from 'chai';
import { type OrgClient, orgClient, until } from '../orgClient.js';

type Info = { id: string; state: string; numberRecordsProcessed: number; jobType?: string; operation: string };

const SELECT = 'SELECT Id, Name, AnnualRevenue, Parent.Name, IsDeleted FROM Account ORDER BY Name';

describe('emulator: query jobs', () => {
  let org: OrgClient;
  const parents: string[] = [];

  before(async () => {
    org = await orgClient({ pageRows: 2, packsResults: true });
    const parentId = await org.create('Account', { Name: 'A "quoted", \nname', AnnualRevenue: 912260031 });
    parents.push(parentId);
    for (const Name of ['B', 'C', 'D']) parents.push(await org.create('Account', { Name, ParentId: parentId }));
    await org.call('DELETE', `/sobjects/Account/${parents[3] ?? ''}`);
  });
  after(async () => org.emulator.close());

  const create = async (query: string, more: object = {}): Promise<Info> => {
    const { status, body, text } = await org.call('POST', '/jobs/query', { operation: 'query', query, ...more });
    expect(status, text).to.equal(200);
    return body as Info;
  };
  const completed = async (query: string, more: object = {}): Promise<Info> => {
    const { id } = await create(query, more);
    return until(async () => {
      const info = (await org.call('GET', `/jobs/query/${id}`)).body as Info;
      return info.state === 'UploadComplete' || info.state === 'InProgress' ? undefined : info;
    });
  };

  it('goes from UploadComplete to JobComplete with an exact count', async () => {
    const created = await create(SELECT);
    expect(created).to.include({ state: 'UploadComplete', operation: 'query', apiVersion: 66 });
    expect(created).not.to.have.property('numberRecordsProcessed');
    const job = await completed(SELECT);
    expect(job).to.include({ state: 'JobComplete', numberRecordsProcessed: 3, jobType: 'V2Query' });
  });

  it('gives pages with a header each, chained by locators that end in the word null', async () => {
    const { id } = await completed(SELECT);
    const first = await org.call('GET', `/jobs/query/${id}/results?maxRecords=2`);
    expect(first.headers.get('sforce-numberofrecords')).to.equal('2');
    expect(first.text).to.equal(
      '"Id","Name","AnnualRevenue","Parent.Name","IsDeleted"\n' +
        `"${parents[0] ?? ''}","A ""quoted"", \nname","9.12260031E8","","false"\n` +
        `"${parents[1] ?? ''}","B","","A ""quoted"", \nname","false"\n`
    );
    const second = await org.call(
      'GET',
      `/jobs/query/${id}/results?maxRecords=2&locator=${first.headers.get('sforce-locator') ?? ''}`
    );
    expect(second.headers.get('sforce-locator')).to.equal('null');
    expect(second.headers.get('sforce-numberofrecords')).to.equal('1');
    expect(second.text.split('\n')).to.have.length(4);
  });

  it('writes the delimiter and the line ending that were asked for', async () => {
    const { id } = await completed("SELECT Id, Name FROM Account WHERE Name = 'B'", {
      columnDelimiter: 'SEMICOLON',
      lineEnding: 'CRLF'
    });
    const { text } = await org.call('GET', `/jobs/query/${id}/results`);
    expect(text).to.equal(`"Id";"Name"\r\n"${parents[1] ?? ''}";"B"\r\n`);
  });

  it('has a page of its header alone when nothing is found', async () => {
    const { id } = await completed("SELECT Id FROM Account WHERE Name = 'nobody'");
    const { text, headers } = await org.call('GET', `/jobs/query/${id}/results`);
    expect(text).to.equal('"Id"\n');
    expect(headers.get('sforce-locator')).to.equal('null');
    expect(headers.get('sforce-numberofrecords')).to.equal('0');
  });

  it('queryAll finds deleted records', async () => {
    expect(await completed('SELECT Id FROM Account', { operation: 'queryAll' })).to.include({
      numberRecordsProcessed: 4
    });
  });

  it('lists the pages of a result five at a time', async () => {
    for (let number = 0; number < 10; number++) await org.create('Lead', { LastName: `L${number}`, Company: 'x' });
    await org.create('Lead', { LastName: 'the eleventh', Company: 'x' });
    const { id } = await completed('SELECT LastName FROM Lead ORDER BY Id');
    type Pages = { resultPages: Array<{ resultUrl: string }>; nextRecordsUrl?: string; done: boolean };
    const first = (await org.call('GET', `/jobs/query/${id}/resultPages`)).body as Pages;
    expect(first.resultPages).to.have.length(5);
    expect(first.done).to.equal(false);
    const rest = (await org.call('GET', first.nextRecordsUrl ?? '')).body as Pages;
    expect(rest).to.include({ done: true }).and.not.to.have.property('nextRecordsUrl');
    const urls = [...first.resultPages, ...rest.resultPages].map(({ resultUrl }) => resultUrl);
    const rows: string[] = [];
    for (const url of urls) rows.push(...(await org.call('GET', url)).text.trim().split('\n').slice(1));
    expect(rows).to.have.length(11);
    expect(rows[10]).to.equal('"the eleventh"');
    expect(new Set(rows).size).to.equal(11);
  });

  it('answers results only to the version that made the job, and resultPages from v58 on', async () => {
    const { id } = await completed(SELECT);
    expect((await org.call('GET', `/services/data/v65.0/jobs/query/${id}/results`)).status).to.equal(409);
    expect((await org.call('GET', `/services/data/v57.0/jobs/query/${id}/resultPages`)).status).to.equal(404);
  });

  it('deletes only what is over, aborts only what is not', async () => {
    const { id } = await completed(SELECT);
    const aborted = await org.call('PATCH', `/jobs/query/${id}`, { state: 'Aborted' });
    expect(aborted.status).to.equal(400);
    expect(aborted.body).to.deep.equal([
      { errorCode: 'INVALIDJOBSTATE', message: 'Aborting already Completed Job not allowed' }
    ]);
    expect((await org.call('DELETE', `/jobs/query/${id}`)).status).to.equal(204);
    const gone = await org.call('GET', `/jobs/query/${id}`);
    expect(gone.status).to.equal(404);
    expect(gone.body).to.deep.equal([{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]);
  });

  it('lists jobs, and none of another type', async () => {
    const list = async (type: string) =>
      (await org.call('GET', `/jobs/query?jobType=${type}`)).body as { records: Info[]; done: boolean };
    expect((await list('V2Query')).records[0]).to.include({ jobType: 'V2Query' });
    expect((await list('Classic')).records).to.deep.equal([]);
  });

  it('packs a page for a caller that takes gzip', async () => {
    const { id } = await completed(SELECT);
    const { url } = org.emulator.org;
    const headers = { authorization: `Bearer ${org.emulator.accessToken}`, 'accept-encoding': 'gzip' };
    const packed = await new Promise<Buffer>((resolve, reject) => {
      request(`${url}/services/data/v66.0/jobs/query/${id}/results`, { headers }, (response) => {
        expect(response.headers['content-encoding']).to.equal('gzip');
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => resolve(Buffer.concat(pieces)));
      })
        .on('error', reject)
        .end();
    });
    expect(gunzipSync(packed).toString()).to.match(/^"Id","Name"/);
  });

  const REFUSED: Array<[query: string, code: string, text: string]> = [
    ['SELECT count() FROM Account', 'API_ERROR', 'not supported'],
    ['SELECT Id FROM Nothing__c', 'INVALID_TYPE', "sObject type 'Nothing__c' is not supported"],
    ['SELECT Foo FROM Account', 'INVALID_FIELD', 'ERROR at Row:1:Column:8'],
    ['nonsense', 'MALFORMED_QUERY', "unexpected token: 'nonsense'"],
    ['', 'MALFORMED_QUERY', "unexpected token: '<EOF>'"]
  ];
  for (const [query, code, text] of REFUSED) {
    it(`makes no job of ${query === '' ? 'an empty query' : query}`, async () => {
      const { status, body } = await org.call('POST', '/jobs/query', { operation: 'query', query });
      expect(status).to.equal(400);
      const [error] = body as Array<{ errorCode: string; message: string }>;
      expect(error?.errorCode).to.equal(code);
      expect(error?.message).to.contain(text);
    });
  }
});

describe('emulator: query jobs that take their time', () => {
  let org: OrgClient;
  before(async () => {
    org = await orgClient({ rowsPerSecond: 1 });
    await org.create('Account', { Name: 'A' });
    await org.create('Account', { Name: 'B' });
  });
  after(async () => org.emulator.close());

  it('answer 204 until they are complete, can be aborted, and not deleted before', async () => {
    const { body } = await org.call('POST', '/jobs/query', { operation: 'query', query: 'SELECT Id FROM Account' });
    const { id } = body as Info;
    expect((await org.call('GET', `/jobs/query/${id}/results`)).status).to.equal(204);
    const deleted = await org.call('DELETE', `/jobs/query/${id}`);
    expect(deleted.status).to.equal(400);
    expect(deleted.text).to.contain('the job is not terminated');
    const aborted = await org.call('PATCH', `/jobs/query/${id}`, { state: 'Aborted' });
    expect(aborted.body).to.include({ state: 'Aborted' });
    expect((await org.call('GET', `/jobs/query/${id}/results`)).status).to.equal(400);
  });
});
