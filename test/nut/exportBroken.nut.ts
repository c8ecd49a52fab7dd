import { once } from 'node:events';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

const ROWS = 1000;
const QUERY = 'SELECT Id, Name, AnnualRevenue FROM Account';

describe('sf bulkops export, broken off', () => {
  let org: EmulatedOrg;

  before(async () => {
    // Slow enough that a kill comes between the first page and the last.
    org = await EmulatedOrg.create({ pageRows: 50, downloadBytesPerSecond: 60_000 });
    const { store } = org.emulator.org;
    const account = store.schema.object('Account');
    if (!account) throw new Error('there is no Account');
    for (let n = 1; n <= ROWS; n += 1)
      store
        .table(account)
        .insert(new Map([['Name', `Account ${n}, "${'long'.repeat(25)}"\nand more`]]), Date.UTC(2026, 0, 1));
  });
  after(async () => org.close());

  const start = (output: string, runDir: string, more: readonly string[] = []) =>
    org.sf.start(
      ['bulkops', 'export', '-q', QUERY, '--output-file', output, '--run-dir', runDir, '-o', ALIAS, ...more],
      { stdio: ['ignore', 'pipe', 'pipe'] }
    );

  async function landed(runDir: string): Promise<number> {
    const journal = await readFile(join(org.sf.home, runDir, 'journal.ndjson'), 'utf8').catch(() => ''); // none yet
    return journal.split('"type":"page-landed"').length - 1;
  }

  it('killed with SIGKILL between two pages, resumes to the very same file and fetches no page twice', async () => {
    const child = start('killed.csv', 'killed', ['--concurrency', '1']);
    const ended = once(child, 'close');
    while ((await landed('killed')) < 3 && child.exitCode === null) await sleep(20);
    child.kill('SIGKILL');
    await ended;
    const before = await landed('killed');
    expect(before).to.be.within(3, ROWS / 50 - 1);
    expect(await readdir(org.sf.home)).not.to.include('killed.csv');

    const { result } = JSON.parse(await org.sf.text('bulkops', 'resume', '--run-dir', 'killed', '--json')) as {
      result: { status: string; rows: object };
    };
    expect(result).to.deep.include({ status: 'Success', rows: { read: ROWS, written: ROWS, dropped: 0 } });
    expect(await landed('killed')).to.equal(ROWS / 50);

    await org.sf.text('bulkops', 'export', '-q', QUERY, '--output-file', 'whole.csv', '-o', ALIAS, '--json');
    const file = async (name: string): Promise<Buffer> => readFile(join(org.sf.home, name));
    expect((await file('killed.csv')).equals(await file('whole.csv'))).to.equal(true);
  });

  it('ends quietly with 0 when whoever reads standard output has had enough', async () => {
    const child = start('-', 'closed');
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = once(child, 'close');
    child.stdout?.once('data', () => child.stdout?.destroy());
    const [code] = (await ended) as [number];
    expect(code, stderr).to.equal(0);
    expect(stderr).not.to.match(/error|EPIPE|\n {4}at /i);
    const summary = JSON.parse(await readFile(join(org.sf.home, 'closed', 'summary.json'), 'utf8')) as object;
    expect(summary).to.include({ status: 'Closed' });
    expect(await readdir(join(org.sf.home, 'closed'))).not.to.include('pages');
  });

  it('says in a sentence that the disk behind standard output is full', async function () {
    const full = await open('/dev/full', 'w').catch(() => this.skip()); // Linux alone has one
    const child = org.sf.start(
      ['bulkops', 'export', '-q', QUERY, '--output-file', '-', '--run-dir', 'full', '-o', ALIAS],
      { stdio: ['ignore', full.fd, 'pipe'] }
    );
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number];
    await full.close();
    expect(code, stderr).to.equal(1);
    expect(stderr)
      .to.contain('There is no room left on the disk')
      .and.contain('sf bulkops resume')
      .and.not.match(/\n {4}at /);
  });
});
