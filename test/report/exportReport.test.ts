import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportTimeline } from '../../src/report/exportTimeline.js';
import { type ExportEvent } from '../../src/run/exportEvents.js';
import { isolatedHome } from '../isolatedHome.js';
import { exportEvents, exportReport, JOB } from './exportRuns.js';

const HOSTILE = '<img src=x onerror=alert(1)>"\'&\u001b[31m\u202etxt';

describe('report.html of an export', () => {
  const home = isolatedHome();

  it('says the outcome first, then what proves it, the files with their hashes, and how it went', async () => {
    const path = await exportReport(join(home.path, 'run'), exportEvents('some text'));
    const html = await readFile(path, 'utf8');
    const told = [
      'The export of Contact is complete.',
      'me@example.com',
      '1 min 30 s',
      'rows proven</span><strong>100',
      'answers refused</span><strong>1',
      '/out/some text.csv',
      'ab12',
      'aria-label="The queries of the export over time"',
      'JobComplete after',
      JOB,
      'Queries that were given up',
      'What was asked for again',
      '9 calls',
      'SELECT Id FROM Contact'
    ];
    let from = 0;
    for (const text of told) {
      expect(html.indexOf(text, from), text).to.be.greaterThan(-1);
      from = html.indexOf(text, from);
    }
  });

  it('holds text of the org and of the user as nothing but text', async () => {
    const path = await exportReport(join(home.path, 'run'), exportEvents(HOSTILE), {
      soql: HOSTILE,
      sobject: HOSTILE,
      next: HOSTILE
    });
    const html = await readFile(path, 'utf8');
    expect(html).to.not.contain('<img');
    expect(html).to.not.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(html.split('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;␛[31m⟨U+202E⟩txt').length).to.be.at.least(10);
  });

  it('of an export that asked the org nothing has no chart', async () => {
    const html = await readFile(await exportReport(join(home.path, 'run'), [], { status: 'Interrupted' }), 'utf8');
    expect(html).to.contain('The export of Contact is interrupted.').and.to.not.contain('<svg');
  });

  it('stays small for hundreds of queries and thousands of pages', async () => {
    const ranges = Array.from({ length: 800 }, (_, at) => at + 1);
    const page = { bytes: 50, headerBytes: 3, crc: 7, isTerminated: true, isCounted: true };
    const events = ranges.flatMap((range): ExportEvent[] => [
      { type: 'query-creating', range },
      { type: 'query-created', range, jobId: JOB },
      { type: 'query-state', range, jobId: JOB, state: 'JobComplete', processed: 10 },
      { type: 'pages-listed', range, pages: [{ page: 1, path: '/1' }], isLast: true },
      { type: 'page-refused', range, page: 1, reason: 'x'.repeat(1000), tries: 1 },
      { type: 'page-landed', range, page: 1, rows: 10, ...page },
      { type: 'range-complete', range, rows: 10 }
    ]);
    const planned = { type: 'ranges-planned', ranges: ranges.map((range) => ({ range, soql: 'q' })) } as const;
    const html = await readFile(await exportReport(join(home.path, 'run'), [planned, ...events]), 'utf8');
    expect(html).to.contain('The 200 shortest of 800 queries are not drawn.').and.to.contain('and 600 more, in');
    expect(html.length).to.be.lessThan(500_000);
  });
});

describe('the timeline of an export', () => {
  const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

  it('covers all processes, and counts rows from when the org had them', () => {
    const [planned, ...rest] = exportEvents('text').filter(({ type }) => !/replaced|refused|warning/.test(type));
    if (!planned) throw new Error('there is no event');
    const events: ExportEvent[] = [planned, ...rest.slice(1, 4), { type: 'export-resumed' }, ...rest.slice(4)];
    const entries = events.map((event, n) => ({ n: n + 1, at: at(n * 10), event }));
    const { processes, queries, progress, writing } = exportTimeline(entries, 0);
    expect(processes).to.deep.equal([
      { startMs: 0, endMs: 30_000 },
      { startMs: 40_000, endMs: 90_000 }
    ]);
    expect(queries).to.have.length(1);
    expect(queries[0]).to.include({ startMs: 10_000, endedMs: 30_000, rows: 100, provenMs: 70_000 });
    expect(progress).to.deep.equal([{ fromMs: 40_000, toMs: 60_000, rows: 100 }]);
    expect(writing).to.deep.equal({ startMs: 70_000, endMs: 90_000 });
  });
});
