import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Browser } from 'playwright-core';
import { gantt } from '../../../src/report/html/gantt.js';
import { LOAD_CHART, loadBars } from '../../../src/report/html/loadBars.js';
import { page, section, tiles } from '../../../src/report/html/page.js';
import { table } from '../../../src/report/html/table.js';
import { timeAxis } from '../../../src/report/html/timeAxis.js';
import { isolatedHome } from '../../isolatedHome.js';
import { tempDir } from '../../tempDir.js';
import { doubledOrg } from '../cleanupRuns.js';
import { exportEvents, exportReport } from '../exportRuns.js';
import { CHROMIUM, openChromium, show } from './chromium.js';

const HOSTILE =
  '"><script>alert(1)</script><img src="https://example.com/x.png" onerror=alert(1)><a href="javascript:alert(1)">x';

/** A page as a run makes it, with hostile text wherever there is text. */
function hostilePage(script?: string): string {
  const job = { part: 1, attempt: 0, startMs: 0, uploadedMs: 9, replaced: { atMs: 20, reason: HOSTILE } };
  const jobs = [{ ...job, processed: 0, failed: 0, unaccounted: 0 }];
  const axis = timeAxis([{ startMs: 0, endMs: 20 }]);
  return page({
    title: HOSTILE,
    outcome: HOSTILE,
    tone: 'bad',
    facts: [HOSTILE],
    body: [
      section('Rows', tiles([{ name: HOSTILE, value: HOSTILE }])),
      section('Jobs', gantt(loadBars(jobs, axis), axis, LOAD_CHART)),
      section('Table', table([{ name: HOSTILE, cell: () => HOSTILE }], [1], { elsewhere: HOSTILE }))
    ],
    script
  });
}

describe('a page in Chromium', function () {
  isolatedHome();
  const dir = tempDir();
  let browser: Browser | undefined;
  before(async function () {
    if (CHROMIUM === undefined) this.skip();
    browser = await openChromium();
  });
  after(async () => browser?.close());

  async function shown(html: string, scheme: 'light' | 'dark', width: number): ReturnType<typeof show> {
    const path = join(dir.path, 'report.html');
    await writeFile(path, html);
    if (!browser) throw new Error('there is no browser');
    return show(browser, path, { scheme, width });
  }

  for (const scheme of ['light', 'dark'] as const)
    it(`shows hostile data in ${scheme} and does nothing that it says`, async () => {
      const { page: tab, requests, said } = await shown(hostilePage(), scheme, 1080);
      expect(said).to.deep.equal([]);
      expect(requests).to.have.length(1);
      expect(await tab.locator('script, img, a').count()).to.equal(0);
      expect(await tab.locator('h1').textContent()).to.equal(HOSTILE);
    });

  it('shows an export of hostile names and does nothing that they say', async () => {
    const path = await exportReport(join(dir.path, 'run'), exportEvents(HOSTILE), { soql: HOSTILE, sobject: HOSTILE });
    const { page: tab, requests, said } = await shown(await readFile(path, 'utf8'), 'light', 1080);
    expect(said).to.deep.equal([]);
    expect(requests).to.have.length(1);
    expect(await tab.locator('script, img, a').count()).to.equal(0);
    expect(await tab.locator('h1').textContent()).to.contain(HOSTILE);
    expect(await tab.locator('svg rect.settle').first().isVisible()).to.equal(true);
  });

  it('shows a cleanup of hostile names and does nothing that they say', async () => {
    const doubled = await doubledOrg(dir.path, HOSTILE);
    try {
      for (const { files } of [await doubled.apply(), await doubled.undo()]) {
        const { page: tab, requests, said } = await shown(await readFile(files.report ?? '', 'utf8'), 'dark', 380);
        expect(said).to.deep.equal([]);
        expect(requests).to.have.length(1);
        expect(await tab.locator('script, img').count()).to.equal(0);
        const leads = String(await tab.evaluate("[...document.links].map((link) => link.getAttribute('href')).join()"));
        expect(leads).to.match(/^(?:[\w-]+(?:\/[\w.-]+)*\.csv,?)+$/);
        expect(await tab.locator('svg rect.step').first().isVisible()).to.equal(true);
        expect(await tab.evaluate('document.documentElement.scrollWidth')).to.be.at.most(380);
      }
    } finally {
      await doubled.org.close();
    }
  });

  it('runs the script that it was given and no other', async () => {
    const own = await shown(hostilePage("document.title = 'ran';"), 'light', 1080);
    expect(await own.page.title()).to.equal('ran');
    const other = await shown(hostilePage("document.title = 'ran';").replace("= 'ran'", "= 'bad'"), 'light', 1080);
    expect(await other.page.title()).to.equal(HOSTILE);
    expect(other.said.join()).to.contain('Content Security Policy');
  });

  it('is no wider than a phone', async () => {
    const { page: tab } = await shown(hostilePage(), 'light', 380);
    expect(await tab.evaluate('document.documentElement.scrollWidth')).to.be.at.most(380);
  });

  it('is dark on a dark screen, and light on paper', async () => {
    const { page: tab } = await shown(hostilePage(), 'dark', 1080);
    const ground = (): Promise<unknown> => tab.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await ground()).to.equal('rgb(18, 22, 28)');
    await tab.emulateMedia({ media: 'print' });
    expect(await ground()).to.equal('rgb(255, 255, 255)');
  });
});
