import { expect } from 'chai';
import { type JobId } from '../../src/bulk/job.js';
import { fold, NOTHING_YET } from '../../src/export/state.js';
import { ExportProgress } from '../../src/report/exportProgress.js';
import { type Screen } from '../../src/report/liveLines.js';
import { textWidth } from '../../src/report/textWidth.js';
import { type ExportEvent } from '../../src/run/exportEvents.js';

const JOB = '7501x00000000aEAAQ' as JobId;

const QUERIED: readonly ExportEvent[] = [
  { type: 'ranges-planned', ranges: [{ range: 1, soql: 'SELECT Id FROM Contact' }] },
  { type: 'query-creating', range: 1 },
  { type: 'query-created', range: 1, jobId: JOB },
  { type: 'query-state', range: 1, jobId: JOB, state: 'JobComplete', processed: 100 },
  {
    type: 'pages-listed',
    range: 1,
    pages: [
      { page: 1, path: '/1' },
      { page: 2, path: '/2' }
    ],
    isLast: true
  }
];
const LANDED = { bytes: 5000, headerBytes: 3, crc: 7, isTerminated: true, isCounted: true };
const HALF: readonly ExportEvent[] = [
  { type: 'downloading', bytes: 2500 },
  { type: 'downloading', bytes: 2500 },
  { type: 'page-landed', range: 1, page: 1, rows: 50, ...LANDED }
];

/** What a screen of ours gets to see, a second after each event. */
function watched(screen: Partial<Screen>, events: readonly ExportEvent[], ticksAfterMs: readonly number[] = []) {
  let written = '';
  let nowMs = Date.parse('2026-03-01T21:00:00Z');
  const write = (text: string): void => void (written += text);
  const progress = new ExportProgress({ screen: { isTTY: true, ...screen, write }, now: () => nowMs });
  let state = NOTHING_YET;
  for (const event of events) {
    nowMs += 1000;
    state = fold(state, event);
    progress.show(event, state);
  }
  for (const ms of ticksAfterMs) {
    nowMs += ms;
    progress.tick();
  }
  progress.end();
  return { written, picture: (written.split('\u001b[0J').at(-1) ?? '').trimEnd().split('\n') };
}

describe('progress of an export', () => {
  it('shows its stages with what is fetched, the rate and the time left', () => {
    expect(watched({ hasSigns: true, columns: 120 }, [...QUERIED, ...HALF]).picture).to.deep.equal([
      '✓ Query  1 of 1 job done, 100 rows',
      '▸ Fetch  50 of 100 rows · 1 page · 5.0 kB · 5.0 kB/s · about 1.0 s left'
    ]);
  });

  it('uses no sign and no colour that the terminal has not', () => {
    const plain = watched({ columns: 120 }, [...QUERIED, ...HALF]).written.replaceAll(/\u001b\[\d+A\u001b\[0J/g, '');
    expect(plain).to.match(/^[ -~\n·]+$/u);
    expect(watched({ hasColours: true }, QUERIED).written).to.contain('\u001b[32mok\u001b[39m Query');
  });

  it('fits a narrow window', () => {
    for (const line of watched({ columns: 40 }, [...QUERIED, ...HALF]).picture)
      expect(textWidth(line), line).to.be.lessThan(40);
  });

  it('gives a log its landmarks, and a line each half minute in which nothing comes', () => {
    const { written } = watched({ isTTY: false }, QUERIED, [29_000, 1000, 30_000]);
    expect(written.trimEnd().split('\n')).to.deep.equal([
      `21:00:03 Query 1: job ${JOB}`,
      `21:00:04 Job ${JOB} has 100 rows`,
      '21:00:34 > Fetch  0 of 100 rows · 0 pages',
      '21:01:05 > Fetch  0 of 100 rows · 0 pages'
    ]);
  });

  it('never lets text of the org move the cursor', () => {
    const hostile = '\u001b[2J\u001b]0;title\u0007\u009b1A\u202e\n';
    const told: ExportEvent[] = [
      { type: 'page-refused', range: 1, page: 1, reason: hostile, tries: 1 },
      { type: 'pages-relisted', range: 1, reason: hostile },
      { type: 'warning', message: hostile }
    ];
    const { written } = watched({ isTTY: false }, [...QUERIED, ...told]);
    expect(written.split('\n')).to.have.length(6);
    expect(written).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
