import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type LoadResult } from '../../src/load/loadResult.js';
import { type Exchange } from '../../src/emulator/rest/exchange.js';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

type Answer = { name?: string; message?: string; actions?: string[]; result: LoadResult };

const CSV = 'External_Id__c,Name\nX-1,one\n';
const HTML = '<!doctype html><html><head><title>Log in to the proxy</title></head></html>';

/** What surrounds a load is not as it should be: said in a sentence, with the right exit code, and nothing was sent. */
describe('sf bulkops in bad surroundings', () => {
  let org: EmulatedOrg;
  let runs = 0;
  /** Takes requests over from the org. */
  let intercept: ((exchange: Exchange) => boolean) | undefined;

  before(async () => {
    org = await EmulatedOrg.create({ rowsPerSecond: 2000, onRequest: (exchange) => intercept?.(exchange) ?? false });
    await writeFile(join(org.sf.home, 'one.csv'), CSV);
  });
  beforeEach(() => {
    intercept = undefined;
  });
  after(async () => org.close());

  function args(asked: { org?: string; runDir?: string } = {}): string[] {
    runs += 1;
    const what = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c', '--file', 'one.csv'];
    const where = ['--target-org', asked.org ?? ALIAS, '--run-dir', asked.runDir ?? `run-${runs}`];
    return ['bulkops', 'upsert', ...what, ...where];
  }
  async function upsert(asked?: Parameters<typeof args>[0], { sf } = org): Promise<{ code: number; answer: Answer }> {
    const { code, stdout, stderr } = await sf.output(...args(asked), '--json');
    const answer = JSON.parse(stdout) as Answer;
    const { message, actions } = answer;
    expect([message, ...(actions ?? []), stderr].join('\n')).to.not.match(/<html|at .*\.js:\d+|undefined/);
    return { code, answer };
  }

  it('an org that nobody has logged in to', async () => {
    const { code, answer } = await upsert({ org: 'nobody@example.com' });
    expect([code, answer.name]).to.deep.equal([2, 'NamedOrgNotFoundError']);
  });

  it('a run directory that can not be made', async () => {
    const { code, answer } = await upsert({ runDir: join('one.csv', 'run') });
    expect([code, answer.name]).to.deep.equal([2, 'DirectoryUnwritableError']);
    expect(org.count('Shipment__c')).to.equal(0);
  });

  it('a server that answers HTML', async () => {
    intercept = (exchange) => {
      if (!exchange.path.includes('/jobs/')) return false;
      exchange.send(200, 'text/html', HTML);
      return true;
    };
    const { code, answer } = await upsert();
    expect(code).to.equal(1);
    expect(answer.message).to.contain('not the Salesforce API');
    expect(answer.actions?.join()).to.contain('sf bulkops resume --run-id');
    expect(org.count('Shipment__c')).to.equal(0);
  });

  it('a server where nobody listens', async () => {
    const gone = await EmulatedOrg.create();
    await gone.emulator.close();
    try {
      await writeFile(join(gone.sf.home, 'one.csv'), CSV);
      const { code, answer } = await upsert({}, gone);
      expect(code).to.be.oneOf([1, 2]);
      expect(answer.message).to.match(/can't be reached|ECONNREFUSED/);
    } finally {
      await gone.sf.close();
    }
  });

  it('a user who presses Ctrl-C twice', async function () {
    if (process.platform === 'win32') this.skip(); // no signal reaches another process there
    const rows = Array.from({ length: 20_000 }, (_, at) => `TWICE-${at},x\n`);
    await writeFile(join(org.sf.home, 'many.csv'), `External_Id__c,Name\n${rows.join('')}`);
    let polls = 0;
    // The org hears of the abort and keeps the answer back, so that the first Ctrl-C takes its time.
    intercept = ({ method, path }) => {
      if (method === 'GET' && /\/jobs\/ingest\/\w+$/.test(path)) polls += 1;
      return polls > 0 && path.includes('/jobs/ingest/');
    };
    const child = org.sf.start([...args(), '--file', 'many.csv', '--concurrency', '1'], {
      stdio: ['ignore', 'ignore', 'pipe']
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const closed = once(child, 'close') as Promise<[number | null]>;
    while (polls === 0) await sleep(50);
    child.kill('SIGINT');
    while (!said.includes('Ctrl-C again')) await sleep(20);
    child.kill('SIGINT');
    const [code] = await closed;
    expect(code).to.equal(130);
    const journal = await readFile(join(org.sf.home, `run-${runs}`, 'journal.ndjson'), 'utf8');
    expect(journal).to.contain('upload-complete');
    intercept = undefined;
    const resumed = await org.sf.output('bulkops', 'resume', '--run-dir', join(org.sf.home, `run-${runs}`), '--json');
    expect(resumed.code, resumed.stdout).to.be.oneOf([0, 68]);
    const { rows: counts } = (JSON.parse(resumed.stdout) as Answer).result;
    expect(counts).to.include({ read: 20_001, unaccounted: 0 });
  });
});
