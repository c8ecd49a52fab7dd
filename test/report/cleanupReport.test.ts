import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { cleanupTimeline } from '../../src/report/cleanupTimeline.js';
import { type CleanupEvent } from '../../src/run/cleanupEvents.js';
import { type JournalEntry } from '../../src/run/journal.js';
import { type LoadEvent } from '../../src/run/loadEvents.js';
import { isolatedHome } from '../isolatedHome.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { type DoubledOrg, doubledOrg } from './cleanupRuns.js';
import { JOB_A } from './runs.js';

const HOSTILE = '<img src=x onerror=alert(1)>"\'&\u202etxt';

function inOrder(html: string, told: readonly string[]): void {
  let from = 0;
  for (const text of told) {
    expect(html.indexOf(text, from), text).to.be.greaterThan(-1);
    from = html.indexOf(text, from);
  }
}

describe('report.html of a cleanup', () => {
  isolatedHome();
  const dir = tempDir();
  let doubled: DoubledOrg | undefined;
  afterEach(async () => doubled?.org.close());

  it('says what an apply has changed, what it left alone and why, what went wrong, and how it went', async () => {
    doubled = await doubledOrg(dir.path, 'must be in EUR');
    const applied = await doubled.apply();
    expect(applied.files.report).to.equal(join(dir.path, 'applied', 'report.html'));
    const html = await readFile(applied.files.report ?? '', 'utf8');
    inOrder(html, [
      'The cleanup of Contact is done, but some of it was left alone or refused.',
      'clusters planned</span><strong>4',
      'updated</span><strong>2',
      'children moved</span><strong>1',
      'duplicates removed</span><strong>2',
      'left alone</span><strong>4',
      'rows refused</span><strong>1',
      'cleanup undo --run',
      'Left alone, and why',
      'because something changed in the org between the plan and this run',
      'changed since the plan',
      'What went wrong',
      '1 × <code><bdi>FIELD_CUSTOM_VALIDATION_EXCEPTION</bdi></code>',
      'must be in EUR',
      'What to do:',
      'reparent-1-Case.ContactId</td>',
      'Contact.Email</td>',
      'href="skipped.csv"',
      'href="steps/update/failed.csv"',
      'href="backup/records.csv"',
      'aria-label="The steps of the cleanup and their jobs over time"',
      'backup: 8 records backed up',
      'JobComplete after',
      'check by query',
      'deleted, into the recycle bin'
    ]);
  });

  it('says what an undo has taken back and what it left as it was', async () => {
    doubled = await doubledOrg(dir.path, 'must be in EUR');
    const { runId } = await doubled.apply();
    const undone = await doubled.undo();
    const html = await readFile(undone.files.report ?? '', 'utf8');
    inOrder(html, [
      `The undo of ${runId} is done, but some of it was left alone or refused.`,
      'old values back</span><strong>1',
      'undeleted</span><strong>2',
      'children home</span><strong>1',
      'left alone</span><strong>1',
      'was edited since in Email',
      'home-reparent-1-Case.ContactId</td>',
      'href="skipped.csv"',
      'undelete: 2 records brought back',
      runId
    ]);
  });

  it('holds text of the org and of people as nothing but text', async () => {
    doubled = await doubledOrg(dir.path, HOSTILE);
    const applied = await doubled.apply();
    for (const { files } of [applied, await doubled.undo()]) {
      const html = await readFile(files.report ?? '', 'utf8');
      expect(html).to.not.contain('<img');
      expect(html).to.not.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    }
    expect(await readFile(applied.files.report ?? '', 'utf8')).to.contain(
      '&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;⟨U+202E⟩txt'
    );
  });

  it('is left by a cleanup that breaks off, and says how far it came', async () => {
    doubled = await doubledOrg(dir.path, 'must be in EUR');
    const onEvent = (event: CleanupEvent): void => {
      if (event.type === 'step-starting' && event.step === 'delete') throw new Error('broken off at delete');
    };
    expect((await rejection(doubled.apply({ onEvent }))).message).to.equal('broken off at delete');
    const html = await readFile(join(dir.path, 'applied', 'report.html'), 'utf8');
    inOrder(html, [
      'The cleanup of Contact is interrupted.',
      'updated</span><strong>2',
      'children moved</span><strong>1',
      'sf bulkops resume --run-id',
      'broken off at delete'
    ]);
  });
});

describe('the timeline of a cleanup', () => {
  const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
  const entries = <E>(events: ReadonlyArray<readonly [seconds: number, event: E]>): Array<JournalEntry<E>> =>
    events.map(([seconds, event], n) => ({ n: n + 1, at: at(seconds), event }));

  it('covers all processes, each as long as its steps have written something', () => {
    const events = entries<CleanupEvent>([
      [1, { type: 'plan-taken', clusters: 1, updates: 1, deletes: 1 }],
      [3, { type: 'backed-up', records: 2 }],
      [4, { type: 'step-starting', step: 'update', rows: 1 }],
      [100, { type: 'cleanup-resumed' }],
      [110, { type: 'step-finished', step: 'update', succeeded: 1, failed: 0 }],
      [120, { type: 'merging', batch: 1, losers: ['a'] }],
      [130, { type: 'merged', batch: 1, merged: ['a'], errors: [] }],
      [500, { type: 'undo-starting', by: 'another' }]
    ]);
    const update = entries<LoadEvent>([
      [5, { type: 'job-creating', part: 1 }],
      [9, { type: 'job-created', part: 1, jobId: JOB_A }],
      [105, { type: 'load-resumed' }]
    ]);
    const { processes, stages } = cleanupTimeline(events, new Map([['update', update]]), 0);
    expect(processes).to.deep.equal([
      { startMs: 0, endMs: 9000 },
      { startMs: 100_000, endMs: 130_000 }
    ]);
    expect(stages.map(({ name, startMs, endMs, jobs }) => [name, startMs, endMs, jobs.length])).to.deep.equal([
      ['backup', 1000, 3000, 0],
      ['update', 4000, 110_000, 1],
      ['merge', 120_000, 130_000, 0]
    ]);
  });
});
