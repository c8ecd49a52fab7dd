import { expect } from 'chai';
import { fold, type LoadState, NOTHING_YET } from '../../src/load/state.js';
import { type Screen } from '../../src/report/liveLines.js';
import { LoadProgress } from '../../src/report/loadProgress.js';
import { textWidth } from '../../src/report/textWidth.js';
import { type LoadEvent } from '../../src/run/loadEvents.js';
import { type JobId } from '../../src/bulk/job.js';
import { HALF_A_LOAD, JOB_A, JOB_B, OTHER_HALF } from './runs.js';

const ESCAPE = /\u001b\[[0-9;]*[A-Za-z]/g;

/** A progress on a screen of ours, whose clock is moved by hand. */
class Watched {
  public written = '';
  public nowMs = Date.parse('2026-03-01T21:00:00Z');
  private state: LoadState = NOTHING_YET;
  private readonly progress: LoadProgress;

  public constructor(screen: Partial<Screen>) {
    const write = (text: string): void => void (this.written += text);
    this.progress = new LoadProgress({ screen: { isTTY: true, ...screen, write }, now: () => this.nowMs });
  }

  public show(events: readonly LoadEvent[], afterMs = 0): void {
    for (const event of events) {
      this.nowMs += afterMs;
      this.state = fold(this.state, event);
      this.progress.show(event, this.state);
    }
  }

  public tick(afterMs: number): void {
    this.nowMs += afterMs;
    this.progress.tick();
  }

  public end(): void {
    this.progress.end();
  }

  /** The lines of the last picture. */
  public get picture(): string[] {
    return (this.written.split('\u001b[0J').at(-1) ?? '').replace(ESCAPE, '').trimEnd().split('\n');
  }

  public get lines(): string[] {
    return this.written.trimEnd().split('\n');
  }
}

function cutInto(parts: number): LoadEvent[] {
  const cut = Array.from(
    { length: parts },
    (_, at) => ({ type: 'part-cut', part: at + 1, rows: 10, bytes: 100 }) as const
  );
  const rows = parts * 10;
  return [...cut, { type: 'input-scanned', rows, rejected: 0, skipped: 0, bytes: parts * 100, errors: [] }];
}

function job(part: number): LoadEvent[] {
  const jobId = `7501x${String(part).padStart(10, '0')}AAA` as JobId;
  return [
    { type: 'job-creating', part },
    { type: 'job-created', part, jobId },
    { type: 'upload-completing', part },
    { type: 'upload-complete', part }
  ];
}

describe('progress on a terminal', () => {
  it('shows how far the input is read', () => {
    const watched = new Watched({});
    watched.show([{ type: 'scanning', rows: 5000, bytes: 250_000, totalBytes: 1_000_000 }]);
    expect(watched.picture).to.deep.equal(['> Read   5,000 rows, 250 kB (25 %)']);
    watched.end();
  });

  it('shows the stages, and a line for each of a few jobs', () => {
    const watched = new Watched({ hasSigns: true, columns: 120 });
    watched.show(HALF_A_LOAD, 1000);
    expect(watched.picture).to.deep.equal([
      '✓ Read   30 rows, 3.0 kB, 2 parts, 1 rejected',
      '▸ Load   24 of 29 rows · 2 failed · 2 rows/s · 1 job in flight · about 2.7 s left',
      `    part 2: ${JOB_B} InProgress · 4 of 9 rows`
    ]);
    watched.show(OTHER_HALF, 1000);
    watched.end();
    expect(watched.picture[1]).to.match(/^✓ Load {3}29 of 29 rows · 2 failed/);
  });

  it('shows totals alone when jobs are many', () => {
    const watched = new Watched({});
    watched.show([...cutInto(30), ...Array.from({ length: 20 }, (_, at) => job(at + 1)).flat()], 10);
    watched.end();
    expect(watched.picture).to.have.length(2);
    expect(watched.picture[1]).to.contain('0 of 300 rows').and.contain('20 jobs in flight');
  });

  it('gives no time that is left while nothing is known, and says when nothing happens', () => {
    const watched = new Watched({});
    watched.show([...cutInto(2), ...job(1)]);
    watched.tick(60_000);
    expect(watched.picture[1]).to.not.contain('left');
    watched.tick(61_000);
    expect(watched.picture[1]).to.contain('nothing new for 2 min 1 s');
    watched.end();
  });

  it('fits a narrow window, with wide characters too', () => {
    const watched = new Watched({ columns: 80 });
    watched.show(HALF_A_LOAD, 1000);
    const errorMessage = '取引先が見つかりません'.repeat(9);
    const state = { type: 'job-state', part: 2, jobId: JOB_B, state: 'InProgress', processed: 5, failed: 0 } as const;
    watched.show([{ ...state, errorMessage }], 1000);
    watched.end();
    for (const line of watched.picture) expect(textWidth(line), line).to.be.lessThan(80);
    expect(watched.picture[2]).to.match(/取引先が.*…$/u);
  });

  it('takes a terminal that does not know its size for one of 80 columns', () => {
    const watched = new Watched({ columns: 0 });
    watched.show([...cutInto(2), ...job(1)]);
    watched.end();
    expect(watched.picture[2]).to.contain('UploadComplete · 0 of 10 rows');
  });

  it('has colours only where it is told so', () => {
    const [plain, coloured] = [false, true].map((hasColours) => {
      const watched = new Watched({ hasColours, columns: 120 });
      watched.show(HALF_A_LOAD, 1000);
      watched.end();
      return watched.written;
    });
    expect(plain).to.not.match(/\u001b\[\d+m/);
    expect(coloured).to.match(/\u001b\[31m2 failed\u001b\[39m/);
  });

  it('never lets text of the org move the cursor', () => {
    const hostile = '\u001b[2J\u001b]0;title\u0007\u009b1A\u202e';
    for (const isTTY of [true, false]) {
      const watched = new Watched({ isTTY, columns: 200 });
      const state = { type: 'job-state', part: 2, jobId: JOB_B, state: 'InProgress', processed: 5, failed: 0 } as const;
      watched.show(HALF_A_LOAD);
      watched.show([
        { ...state, errorMessage: hostile },
        { type: 'warning', message: hostile },
        { type: 'job-replaced', part: 2, jobId: JOB_A, reason: hostile },
        { type: 'load-stopping', reason: 'quota', message: hostile }
      ]);
      watched.end();
      const ours = watched.written.replace(/\u001b\[\d+A\u001b\[0J/g, '');
      expect(ours, String(isTTY)).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('progress in a log', () => {
  it('has a line with its time for each landmark', () => {
    const watched = new Watched({ isTTY: false });
    watched.show([...HALF_A_LOAD, ...OTHER_HALF], 1000);
    expect(watched.lines).to.deep.equal([
      '21:00:03 Read 30 rows (3.0 kB), 1 rejected',
      `21:00:05 Part 1: job ${JOB_A}`,
      `21:00:10 Part 2: job ${JOB_B}`,
      '21:00:16 Part 1: 18 succeeded, 2 failed',
      '21:00:19 Part 2: 9 succeeded, 0 failed'
    ]);
  });

  it('has totals every half minute where parts are many', () => {
    const watched = new Watched({ isTTY: false });
    watched.show(cutInto(100));
    for (let part = 1; part <= 40; part += 1) {
      watched.show(job(part));
      const jobId = `7501x${String(part).padStart(10, '0')}AAA` as JobId;
      const fates = { succeeded: 10, failed: 0, unaccounted: 0, toRetry: 0, created: 0, errors: [] };
      watched.show([{ type: 'part-settled', part, jobId, ...fates }], 2000);
    }
    expect(watched.lines).to.deep.equal([
      '21:00:00 Read 1,000 rows (10 kB)',
      '21:00:30 > Load   150 of 1,000 rows · 5 rows/s · about 2 min 50 s left',
      '21:01:00 > Load   300 of 1,000 rows · 5 rows/s · about 2 min 20 s left'
    ]);
  });

  it('has a line when nothing happens at all', () => {
    const watched = new Watched({ isTTY: false });
    watched.show([...cutInto(2), ...job(1)]);
    watched.tick(30_000);
    expect(watched.lines.at(-1)).to.equal('21:00:30 > Load   0 of 20 rows · 1 job in flight');
    watched.end();
  });
});
