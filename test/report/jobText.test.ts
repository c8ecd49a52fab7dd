import { expect } from 'chai';
import { type AnyJob } from '../../src/bulk/jobs.js';
import { endsText, jobTable, jobText, watchedText } from '../../src/report/jobText.js';
import { job } from '../jobs/fakeJobs.js';

describe('report/jobText', () => {
  const evil = { object: 'C\u001b[31m', errorMessage: 'Invalid\u001b]0;x\u0007Batch' };

  it('lists jobs with who made them', () => {
    const text = jobTable([{ ...job(1), createdBy: 'me@example.com' }, job(2, { kind: 'query' })]);
    expect(text.split('\n')).to.have.length(3);
    expect(text).to.contain('me@example.com').and.contain('005000000000001AAA').and.contain('2026-03-01 00:01:00Z');
  });

  it('lists jobs on a narrow terminal within its width, their ids whole', () => {
    const jobs = [{ ...job(1), createdBy: 'somebody.with.a.long.name@university.example.edu' }];
    for (const cells of [40, 60, 80]) {
      const lines = jobTable(jobs, cells).split('\n');
      expect(lines[0]).to.equal(job(1).id);
      for (const line of lines) expect(line.length).to.be.at.most(cells);
    }
  });

  const SHOWN: ReadonlyArray<readonly [what: string, of: AnyJob, contains: string[]]> = [
    [
      'a load with failed rows',
      job(1, { numberRecordsProcessed: 5000, numberRecordsFailed: 2 }),
      [
        '4,998 succeeded, 2 failed',
        `sf bulkops job results --job-id ${job(1).id} --result failed --output-file failed.csv`
      ]
    ],
    [
      'a load of which every row failed',
      job(1, { numberRecordsProcessed: 2, numberRecordsFailed: 2 }),
      ['Every row failed.']
    ],
    [
      'a load that was broken off, whose counters are no sum',
      job(1, { state: 'Failed', numberRecordsProcessed: 5, numberRecordsFailed: 2, errorMessage: 'InvalidBatch : x' }),
      ['5 processed, 2 of them failed', 'InvalidBatch : x', '--result unprocessed']
    ],
    ['a load at work', job(1, { state: 'InProgress' }), ['sf bulkops job watch', 'sf bulkops job abort']],
    [
      'a query',
      job(1, { kind: 'query', numberRecordsProcessed: 1 }),
      ['(query)', '1 row', `sf bulkops job results --job-id ${job(1).id}`]
    ]
  ];
  for (const [what, of, contains] of SHOWN)
    it(`shows ${what}`, () => {
      for (const text of contains) expect(jobText(of)).to.contain(text);
    });

  it('names the org in the commands that can be pasted', () => {
    expect(jobText(job(1, { state: 'InProgress' }), 'me@x.org')).to.contain(
      `sf bulkops job abort --job-id ${job(1).id} --target-org me@x.org`
    );
  });

  it('tells a change in one line, with the rate', () => {
    const one = job(1, { state: 'InProgress', numberRecordsProcessed: 5000, numberRecordsFailed: 1 });
    expect(watchedText(one, { sinceMs: 2000, total: 1 })).to.equal(
      `${one.id}: InProgress · 5,000 processed, 1 of them failed · 2,500 rows/s`
    );
    expect(watchedText(one, { sinceMs: 0, total: 2 })).to.contain(`${one.id} (upsert of Contact)`);
  });

  it('says what became of each job', () => {
    const { id, kind, state } = job(1);
    const text = endsText([{ id, kind, state, object: 'Contact', outcome: 'refused', reason: 'no rights' }]);
    expect(text).to.equal(`1 job\n  ${id} (Contact) refused: no rights`);
  });

  it('shows no escape sequence that the org sends along', () => {
    const one = job(1, { ...evil, state: 'Failed' });
    const end = {
      id: one.id,
      kind: one.kind,
      state: one.state,
      object: one.object,
      outcome: 'refused',
      reason: '\u001b[2J'
    } as const;
    const texts = [jobTable([one]), jobText(one), watchedText(one, { sinceMs: 1, total: 2 }), endsText([end])];
    for (const text of texts) expect(text).not.to.match(/[\u001b\u0007]/);
  });
});
