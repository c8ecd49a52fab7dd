import { expect } from 'chai';
import { faultsOf } from '../../../src/emulator/faults/faults.js';
import { faultPlan } from '../../../src/emulator/faults/faultFile.js';
import { isOn, strikes } from '../../../src/emulator/faults/strikes.js';
import { type OrgClient, orgClient, until } from '../orgClient.js';

type Info = {
  id: string;
  state: string;
  numberRecordsProcessed: number;
  numberRecordsFailed: number;
  errorMessage?: string;
};

let org: OrgClient;

async function start(...faults: object[]): Promise<void> {
  org = await orgClient({ faults: faultsOf(faultPlan({ seed: 1, faults })), pageRows: 2 });
}

async function insert(rows: number): Promise<Info> {
  const { body } = await org.call('POST', '/jobs/ingest', { object: 'Account', operation: 'insert' });
  const { id } = body as Info;
  const csv = `Name\n${Array.from({ length: rows }, (_, number) => `N${number}\n`).join('')}`;
  await org.call('PUT', `/jobs/ingest/${id}/batches`, csv);
  await org.call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
  return over('ingest', id);
}

async function over(kind: 'ingest' | 'query', id: string): Promise<Info> {
  return until(async () => {
    const info = (await org.call('GET', `/jobs/${kind}/${id}`)).body as Info;
    return ['JobComplete', 'Failed'].includes(info.state) ? info : undefined;
  });
}

async function query(): Promise<Info> {
  const { body } = await org.call('POST', '/jobs/query', { operation: 'query', query: 'SELECT Name FROM Account' });
  return over('query', (body as Info).id);
}

const lines = (text: string) => text.trim().split('\n').slice(1);
const cut = async (method: string, path: string, body?: unknown) =>
  org.call(method, path, body).then(
    () => false,
    () => true
  );

describe('emulator: faults', () => {
  afterEach(async () => org.emulator.close());

  it('cut-before: no answer and no effect', async () => {
    await start({ fault: 'cut-before', on: 'POST /sobjects/*', times: 1 });
    expect(await cut('POST', '/sobjects/Account', { Name: 'A' })).to.equal(true);
    expect(await org.query('SELECT Id FROM Account')).to.have.length(0);
    await org.create('Account', { Name: 'A' });
  });

  it('cut-after: no answer, but the effect', async () => {
    await start({ fault: 'cut-after', on: 'POST /sobjects/*', times: 1 });
    expect(await cut('POST', '/sobjects/Account', { Name: 'A' })).to.equal(true);
    expect(await org.query('SELECT Name FROM Account')).to.deep.equal([{ Name: 'A' }]);
  });

  it('cut-upload: the connection ends within the body, and the upload may be done again', async () => {
    await start({ fault: 'cut-upload', on: 'PUT', bytes: 1000, times: 1 });
    const { body } = await org.call('POST', '/jobs/ingest', { object: 'Account', operation: 'insert' });
    const { id } = body as Info;
    expect(await cut('PUT', `/jobs/ingest/${id}/batches`, 'Name\n' + 'A\n'.repeat(500_000))).to.equal(true);
    // The server may hear of the cut later than its caller.
    const again = await until(async () => {
      const { status } = await org.call('PUT', `/jobs/ingest/${id}/batches`, 'Name\nA\n');
      return status === 400 ? undefined : status;
    });
    expect(again).to.equal(201);
  });

  it('cut-body: the connection ends within the answer', async () => {
    await start({ fault: 'cut-body', on: 'GET /jobs/query/*/results', bytes: 10, times: 1 });
    await insert(3);
    const { id } = await query();
    expect(await cut('GET', `/jobs/query/${id}/results`)).to.equal(true);
    expect((await org.call('GET', `/jobs/query/${id}/results`)).status).to.equal(200);
  });

  it('answers 401, 429 with Retry-After, 503 in HTML and any other error', async () => {
    await start(
      { fault: 'unauthorized', on: 'GET /limits', times: 1 },
      { fault: 'too-many-requests', retryAfter: 7, on: 'GET /limits', times: 1 },
      { fault: 'unavailable', on: 'GET /limits', times: 1 },
      {
        fault: 'error',
        status: 403,
        errorCode: 'REQUEST_LIMIT_EXCEEDED',
        message: 'TotalRequests Limit exceeded.',
        on: 'GET /limits',
        times: 1
      }
    );
    const limits = async () => org.call('GET', '/limits');
    expect(await limits()).to.include({ status: 401 });
    const tooMany = await limits();
    expect(tooMany.status).to.equal(429);
    expect(tooMany.headers.get('retry-after')).to.equal('7');
    expect((await limits()).headers.get('content-type')).to.equal('text/html');
    expect((await limits()).body).to.deep.equal([
      { errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }
    ]);
    expect((await limits()).status).to.equal(200);
  });

  it('short-page and long-page: the rows are not as many as the header says', async () => {
    await start({ fault: 'short-page', times: 1 }, { fault: 'long-page', times: 1 });
    await insert(3);
    const { id } = await query();
    const page = async () => {
      const { headers, text } = await org.call('GET', `/jobs/query/${id}/results?maxRecords=3`);
      return [headers.get('sforce-numberofrecords'), lines(text).length];
    };
    expect(await page()).to.deep.equal(['3', 2]);
    expect(await page()).to.deep.equal(['3', 4]);
    expect(await page()).to.deep.equal(['3', 3]);
  });

  it('repeated-locator: a page leads to itself', async () => {
    await start({ fault: 'repeated-locator', times: 1 });
    await insert(3);
    const { id } = await query();
    const { headers } = await org.call('GET', `/jobs/query/${id}/results`);
    expect(headers.get('sforce-locator')).to.equal(Buffer.from('0').toString('base64url'));
  });

  it('fail-rows: rows of the first jobs fail, later ones pass', async () => {
    await start({ fault: 'fail-rows', rate: 0.5, jobs: 1 });
    const first = await insert(100);
    expect(first.numberRecordsFailed).to.be.within(30, 70);
    const { text } = await org.call('GET', `/jobs/ingest/${first.id}/failedResults`);
    expect(text).to.contain('UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--');
    expect((await insert(100)).numberRecordsFailed).to.equal(0);
  });

  it('fail-job: the job fails with what it has done so far, the rest is unprocessed', async () => {
    await start({ fault: 'fail-job', afterRows: 200, times: 1 });
    const job = await insert(1000);
    expect(job).to.include({
      state: 'Failed',
      numberRecordsProcessed: 200,
      errorMessage: 'InternalServerError : An unexpected error occurred'
    });
    expect(lines((await org.call('GET', `/jobs/ingest/${job.id}/unprocessedrecords`)).text)).to.have.length(800);
    expect(lines((await org.call('GET', `/jobs/ingest/${job.id}/successfulResults`)).text)).to.have.length(200);
    expect(await insert(300)).to.include({ state: 'JobComplete' });
  });

  it('missing-results: rows are carried out and in none of the results', async () => {
    await start({ fault: 'missing-results', skip: 1, times: 2 });
    const { id } = await insert(5);
    expect(lines((await org.call('GET', `/jobs/ingest/${id}/successfulResults`)).text)).to.have.length(3);
    expect(await org.query('SELECT Id FROM Account')).to.have.length(5);
  });

  it('missing-column: the successful results of a job lack a column', async () => {
    await start({ fault: 'missing-column', column: 'name', times: 1 });
    const { id } = await insert(2);
    const results = async (job: string, kind: string) => (await org.call('GET', `/jobs/ingest/${job}/${kind}`)).text;
    const rows = await results(id, 'successfulResults');
    expect(rows).to.match(/^"sf__Id","sf__Created"\n("001\w{15}","true"\n){2}$/);
    expect(await results(id, 'failedResults')).to.equal('"sf__Id","sf__Error",Name\n');
    const whole = await insert(2);
    expect(await results(whole.id, 'successfulResults')).to.match(/^"sf__Id","sf__Created",Name\n/);
  });

  it('fail-query: the query job fails', async () => {
    await start({ fault: 'fail-query', times: 1 });
    expect(await query()).to.include({
      state: 'Failed',
      errorMessage: 'QUERY_TIMEOUT : Your query request was running for too long.'
    });
    expect(await query()).to.include({ state: 'JobComplete' });
  });

  it('edit: somebody changes records while a request is under way', async () => {
    await start({ fault: 'edit', object: 'Account', field: 'Phone', value: '5', records: 2, on: 'GET /limits' });
    await insert(10);
    await org.call('GET', '/limits');
    expect(await org.query("SELECT Id FROM Account WHERE Phone = '5'")).to.have.length(2);
  });
});

describe('emulator: which requests a fault strikes', () => {
  const CASES: Array<[on: string | undefined, method: string, path: string, is: boolean]> = [
    [undefined, 'GET', '/anything', true],
    ['GET', 'GET', '/services/data/v66.0/limits', true],
    ['GET', 'POST', '/services/data/v66.0/limits', false],
    ['/limits', 'POST', '/services/data/v66.0/limits', true],
    ['get /LIMITS', 'GET', '/services/data/v66.0/Limits', true],
    ['PUT /jobs/ingest/*/batches', 'PUT', '/services/data/v66.0/jobs/ingest/750x/batches', true],
    ['GET /jobs/ingest/*', 'GET', '/services/data/v66.0/jobs/ingest/750x/batches', false],
    ['/services/oauth2/userinfo', 'GET', '/services/oauth2/userinfo', true]
  ];
  for (const [on, method, path, is] of CASES)
    it(`${on ?? 'no pattern'} ${is ? 'names' : 'does not name'} ${method} ${path}`, () =>
      expect(isOn(on, { method, path })).to.equal(is));

  it('skips, then strikes so many times', () => {
    const strikesNow = strikes({ skip: 1, times: 2, rate: 1 }, () => 0);
    expect([strikesNow(), strikesNow(), strikesNow(), strikesNow()]).to.deep.equal([false, true, true, false]);
  });
});

describe('emulator: the file of faults', () => {
  const CASES: Array<[file: unknown, message: string]> = [
    [[], 'the faults are no {"faults": […]}'],
    [{ faults: [{ fault: 'cut' }] }, 'fault 1: "fault" is "cut" and none of cut-before, cut-after'],
    [{ faults: [{ fault: 'delay' }, { fault: 'delay', bytes: 1 }] }, 'fault 2: delay has no "bytes"'],
    [{ faults: [{ fault: 'delay', ms: '1' }] }, 'fault 1: "ms" is no number'],
    [{ faults: ['delay'] }, 'fault 1 is no object'],
    [{ seed: 'x', faults: [] }, '"seed" is no number']
  ];
  for (const [file, message] of CASES) it(message, () => expect(() => faultPlan(file)).to.throw(message));

  it('fills in what is left out', () => {
    expect(faultPlan({ faults: [{ fault: 'delay', times: 2 }] })).to.deep.equal({
      seed: 1,
      faults: [{ fault: 'delay', ms: 1000, skip: 0, times: 2, rate: 1 }]
    });
  });
});
