import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { writePlanReport } from '../../../src/cleanup/report/report.js';
import { LineFile } from '../../../src/cleanup/lineFile.js';
import { until } from '../../emulator/orgClient.js';
import { tempDir } from '../../tempDir.js';
import { type Planned, planned } from '../plan/planned.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

const DEFINITION = `
sobject: Contact
standardize: { Name: { case: upper } }
match:
  - Email
  - { name: name, fields: { Name: levenshtein }, block: [Kind], merge: 1, review: 0.5 }
show: [Name, Kind]
merge: { Name: longest }
`;
const EVIL = `</script><script>document.title='pwned'</script><img src=x onerror="document.title='pwned'">`;
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const RECORDS = `Id,Name,Email,Kind
001A,anna,a@x.org,k1
001B,annabel,a@x.org,k2
001D,dorothea,d@x.org,k4
001E,dorothee,e@x.org,k4
001X,${quoted(EVIL)},x@x.org,"${'`${1}`'}\u2028\t<!--"
001Y,${quoted(`${EVIL}!`)},x@x.org,"line one
line two"
001Y0,walter,v@x.org,k7
001Y1,water,v@x.org,k7
`;

describe('the report of a plan', () => {
  const dir = tempDir();

  it('is one page of a few kB that shows numbers, standardisers, rules and scores without a script', async () => {
    const { directory } = await planned(dir.path, DEFINITION, RECORDS);
    const html = await readFile(join(directory, 'report.html'), 'utf8');
    expect(html).to.include('<span>clusters to merge</span><strong>3</strong>');
    expect(html).to.include('<del><bdi>anna</bdi></del> → <ins><bdi>ANNA</bdi></ins>');
    expect(html).to.include('&lt;/script&gt;').and.not.include(EVIL);
    expect(html).not.to.match(/\b(?:src|href)="?https?:/);
  });

  it('has the same bytes for the same plan', async () => {
    const { directory, plan } = await planned(dir.path, DEFINITION, RECORDS);
    const before = await readFile(join(directory, 'report.html'));
    await writePlanReport(directory, plan);
    expect(await readFile(join(directory, 'report.html'))).to.deep.equal(before);
  });

  describe('in Chromium', function () {
    let browser: Browser | undefined;
    let page: Page;
    let problems: string[];

    before(async function () {
      const isThere = await access(CHROMIUM).then(
        () => true,
        () => false
      );
      if (!isThere) this.skip();
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    });
    after(async () => browser?.close());

    beforeEach(async () => {
      if (!browser) throw new Error('there is no browser');
      page = await browser.newPage();
      problems = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => problems.push(message.text()));
      page.on('request', (request) => request.url().startsWith('http') && problems.push(request.url()));
    });
    afterEach(async () => {
      await page.close();
      expect(problems).to.deep.equal([]);
    });

    async function opened({ directory }: Pick<Planned, 'directory'>): Promise<void> {
      page.setDefaultTimeout(100_000);
      await page.goto(pathToFileURL(join(directory, 'report.html')).href);
      await page.waitForSelector('body[data-ready]');
    }
    const shows = async (count: number) =>
      until(async () => (await page.locator('article').count()) === count || undefined);
    const titles = async (): Promise<string[]> => page.locator('article h3 b').allTextContents();

    it('shows the least sure first, with the characters marked that differ', async () => {
      await opened(await planned(dir.path, DEFINITION, RECORDS));
      expect(await titles()).to.deep.equal(['R1', 'C1', 'C2', 'C3']);
      const first = page.locator('article').first();
      expect(await first.locator('mark').allTextContents()).to.deep.equal(['e', 'E']);
      expect(await first.locator('tr.survivor').textContent()).to.include('DOROTHEA');
    });

    it('shows what the survivor gets, and why', async () => {
      await opened(await planned(dir.path, DEFINITION, RECORDS));
      const changes = page.locator('article', { hasText: 'C1' }).locator('.changes tr').nth(1);
      expect(await changes.locator('td').allTextContents()).to.deep.equal([
        'Name',
        'anna',
        'ANNABEL',
        'longest',
        '001B'
      ]);
    });

    it('marks where a duplicate has less', async () => {
      await opened(await planned(dir.path, DEFINITION, RECORDS));
      const loser = page.locator('article', { hasText: 'C3' }).locator('table').first().locator('tr').nth(2);
      expect(await loser.textContent()).to.include('WATER');
      expect(await loser.locator('mark').count()).to.equal(1);
      expect(await loser.locator('mark.missing').count()).to.equal(1);
    });

    it('finds by text, kind and rule', async () => {
      await opened(await planned(dir.path, DEFINITION, RECORDS));
      await page.fill('#search', 'annabel');
      await shows(1);
      expect(await titles()).to.deep.equal(['C1']);
      await page.fill('#search', '');
      await shows(4);
      await page.selectOption('#kind', 'review');
      expect(await titles()).to.deep.equal(['R1']);
      await page.selectOption('#kind', '');
      await page.selectOption('#rule', 'name');
      expect(await titles()).to.deep.equal(['R1']);
    });

    it('shows values that look like HTML as they are', async () => {
      await opened(await planned(dir.path, DEFINITION, RECORDS));
      const shown = page.locator('article', { hasText: 'C2' });
      expect(await shown.locator('tr.survivor').textContent()).to.include(EVIL.toUpperCase());
      expect(await page.title()).to.equal('Plan of a cleanup');
      expect(await page.locator('article img, article script').count()).to.equal(0);
    });

    it('takes 100,000 clusters', async function () {
      this.timeout(120_000);
      const made = await planned(dir.path, DEFINITION, RECORDS);
      await writeMany(made.directory, 100_000);
      await writePlanReport(made.directory, made.plan);
      expect((await stat(join(made.directory, 'report.html'))).size).to.be.below(12_000_000);
      await opened(made);
      expect(await page.locator('#count').textContent()).to.include('100,000');
      expect(await page.locator('article').count()).to.be.below(60);
      await page.selectOption('#sort', 'file');
      await page.evaluate(`document.getElementById('view').scrollTop = 5_000_000`);
      await until(async () => (await titles()).some((title) => Number(title.slice(1)) > 30_000) || undefined);
      await page.fill('#search', 'name 77777 ');
      await shows(1);
      expect(await titles()).to.deep.equal(['C77777']);
    });
  });
});

async function writeMany(directory: string, count: number): Promise<void> {
  const clusters = new LineFile(join(directory, 'clusters.csv'));
  const changes = new LineFile(join(directory, 'changes.csv'));
  clusters.add(['cluster', 'role', 'Id', 'rule', 'score', 'Email', 'Name', 'Kind']);
  changes.add(['cluster', 'Id', 'field', 'before', 'after', 'reason', 'from']);
  for (let n = 1; n <= count; n += 1) {
    const score = String(0.9 + (n % 100) / 1000);
    const id = (letter: string): string => `003${letter}${String(n).padStart(11, '0')}AAA`;
    clusters.add([`C${n}`, 'survivor', id('A'), 'name', score, `mail${n}@example.org`, `Name ${n} Some`, 'k']);
    clusters.add([`C${n}`, 'loser', id('B'), 'name', score, `male${n}@example.org`, `Nome ${n}`, '']);
    if (n % 2 === 0) changes.add([`C${n}`, id('A'), 'Name', `Nome ${n}`, `Name ${n}`, 'longest', id('B')]);
    await clusters.drain();
    await changes.drain();
  }
  await clusters.close();
  await changes.close();
  await writeFile(join(directory, 'review.csv'), 'cluster,role,Id,rule,score,merge,Email,Name,Kind\n');
}
