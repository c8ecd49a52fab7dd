import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LoadResult } from '../../src/load/loadResult.js';
import { loadResult } from '../../src/load/result.js';
import { loadAsked } from '../../src/load/asked.js';
import { fold, NOTHING_YET } from '../../src/load/state.js';
import { writeLoadReport } from '../../src/report/loadReport.js';
import { type LoadEvent } from '../../src/run/loadEvents.js';
import { type JobId } from '../../src/bulk/job.js';
import { isolatedHome } from '../isolatedHome.js';
import { HALF_A_LOAD, loadRecord, OTHER_HALF, runWith, STARTED_AT } from './runs.js';

const HOSTILE = '<img src=x onerror=alert(1)>"\'&\u001b[31m\u202etxt';

describe('report.html of a load', () => {
  const home = isolatedHome();
  const runDir = (): string => join(home.path, 'run');

  /** The page of a run with these events. */
  async function report(events: readonly LoadEvent[], changed: Partial<LoadResult> = {}): Promise<string> {
    const record = loadRecord();
    const run = await runWith(runDir(), events, record);
    await run.close();
    const state = events.reduce(fold, NOTHING_YET);
    const result = loadResult({
      run,
      asked: loadAsked(record.asked),
      state,
      prepared: { externalId: 'Key__c', mapping: [] },
      ended: 'async',
      nowMs: Date.parse(STARTED_AT) + 90_000
    });
    const path = await writeLoadReport(record, run.directory, { ...result, files: {}, ...changed });
    expect(path).to.equal(join(run.directory, 'report.html'));
    return readFile(path, 'utf8');
  }

  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(home.path, name), text);
    return join(home.path, name);
  };

  it('says the outcome first, then the counts, the errors with what to do, the jobs and what it cost', async () => {
    const calls = { type: 'calls-counted', calls: 41, orgUsed: 1200, orgMax: 15_000 } as const;
    const html = await report([...HALF_A_LOAD, ...OTHER_HALF, calls], { status: 'PartialSuccess' });
    const told = [
      'The upsert of Contact is done, but some rows failed.',
      'me@example.com',
      '1 min 30 s',
      '2 × <code><bdi>STRING_TOO_LONG</bdi></code>',
      'Shorten the value to the length of the field.',
      'BULKOPS_STRAY_QUOTE',
      'aria-label="The jobs of the load over time"',
      '7501x0000000001AAA',
      '41 calls',
      '1,200 of 15,000; 13,800 remain',
      '/in/contacts.csv'
    ];
    let from = 0;
    for (const text of told) {
      expect(html.indexOf(text, from), text).to.be.greaterThan(-1);
      from = html.indexOf(text, from);
    }
  });

  it('lists the files with size and hash, and shows rows that failed', async () => {
    const failed =
      'sf__Id,sf__Error,bulkops__Row,Key__c,LastName\n' +
      `,"STRING_TOO_LONG:too long:LastName --",3,K3,"${HOSTILE.replaceAll('"', '""')}"\n`;
    const success = 'sf__Id,sf__Created,Key__c,LastName\n';
    const files = { failed: await file('failed.csv', failed), success: await file('success.csv', success) };
    const html = await report([...HALF_A_LOAD, ...OTHER_HALF], { files });
    for (const text of [failed, success]) expect(html).to.contain(createHash('sha256').update(text).digest('hex'));
    expect(html).to.contain('<a href="failed.csv">');
    expect(html).to.contain('<bdi>K3</bdi>');
    expect(html).to.contain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;␛[31m⟨U+202E⟩txt');
  });

  it('says of a file what it was when it was written', async () => {
    const files = { success: await file('success.csv', 'changed since') };
    const sums = { success: { bytes: 7, sha256: 'a1b2c3' } };
    const html = await report([...HALF_A_LOAD, { type: 'results-written', files, sums }], { files });
    expect(html).to.contain('a1b2c3').and.not.to.contain(createHash('sha256').update('changed since').digest('hex'));
  });

  it('holds text of the org as nothing but text', async () => {
    const hostile: LoadEvent[] = HALF_A_LOAD.map((event) =>
      event.type === 'part-settled'
        ? { ...event, errors: [{ code: HOSTILE, message: HOSTILE, count: 2, exampleRow: 3 }] }
        : event.type === 'job-state'
          ? { ...event, state: 'Failed', errorMessage: HOSTILE }
          : event
    );
    const replaced = { type: 'job-replaced', part: 2, reason: HOSTILE } as const;
    const warning = { type: 'warning', message: HOSTILE } as const;
    const html = await report([...hostile, replaced, warning]);
    expect(html.split('&lt;img')).to.have.length.greaterThan(6);
    expect(html).to.not.match(/<img|<script|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('covers all processes that worked on the run', async () => {
    const html = await report([
      ...HALF_A_LOAD,
      { type: 'calls-counted', calls: 30 },
      { type: 'load-resumed' },
      ...OTHER_HALF,
      { type: 'calls-counted', calls: 12 }
    ]);
    expect(html).to.contain('2 processes worked on this run');
    expect(html).to.contain('42 calls');
    expect(html).to.match(/part 1, 7501x0000000001AAA, sent in[^<]*JobComplete/);
    expect(html).to.match(/part 2, 7501x0000000002AAA, sent in[^<]*JobComplete/);
  });

  it('of a load that sent nothing has no chart', async () => {
    const html = await report(HALF_A_LOAD.slice(0, 3), { status: 'Checked' });
    expect(html).to.contain('is checked, nothing was sent.').and.not.contain('<h2>Jobs');
  });

  it('stays small for thousands of parts and hundreds of kinds of errors', async () => {
    const events: LoadEvent[] = [{ type: 'input-scanned', rows: 3000, rejected: 0, skipped: 0, bytes: 9, errors: [] }];
    for (let part = 1; part <= 3000; part += 1) {
      const jobId = `7501x${String(part).padStart(10, '0')}AAA` as JobId;
      const fates = { succeeded: 0, failed: 1, unaccounted: 0, toRetry: 0, created: 0 };
      const errors = [{ code: `CODE_${part}`, message: 'x'.repeat(2000), count: 1, exampleRow: part }];
      events.unshift({ type: 'part-cut', part, rows: 1, bytes: 3 });
      events.push(
        { type: 'job-creating', part },
        { type: 'job-created', part, jobId },
        { type: 'upload-completing', part },
        { type: 'upload-complete', part },
        { type: 'job-state', part, jobId, state: 'JobComplete', processed: 1, failed: 1 },
        { type: 'part-settled', part, jobId, ...fates, errors }
      );
    }
    const html = await report(events);
    expect(html.length).to.be.lessThan(600_000);
    expect(html).to.contain('and 2,800 more, in summary.json').and.contain('and 2,950 other kinds, in failed.csv');
  });
});
