import { expect } from 'chai';
import { type CleanupApplyResult } from '../../src/cleanup/apply/applyResult.js';
import { type CleanupUndoResult } from '../../src/cleanup/undo/undoResult.js';
import { cleanupSummary } from '../../src/report/cleanupSummary.js';
import { type RunId } from '../../src/run/runId.js';

const RUN = {
  runId: '20261129-045112-cleanup-apply-Account-4b27' as RunId,
  runDir: 'applied',
  status: 'Success',
  sobject: 'Account',
  org: { id: '00D000000000001EAA', username: 'admin@x.org' },
  warnings: [],
  durationMs: 1
} as const;
const NONE = { clusters: 0, clustersSkipped: 0, skipped: 0, failed: 0, wrong: 0 };

describe('report/cleanupSummary', () => {
  const firstLine = (result: CleanupApplyResult | CleanupUndoResult): string =>
    cleanupSummary(result).split('\n')[0] ?? '';

  for (const [counts, said] of [
    [{ updated: 1, reparented: 1, removed: 1 }, 'Success: 1 record updated, 1 child moved, 1 duplicate removed.'],
    [
      { updated: 1200, reparented: 0, removed: 2 },
      'Success: 1,200 records updated, 0 children moved, 2 duplicates removed.'
    ]
  ] as const)
    it(`says of an apply: ${said}`, () => {
      expect(firstLine({ ...RUN, counts: { ...NONE, ...counts }, files: { backup: 'b.csv' } })).to.equal(said);
    });

  it('says of the rows of a file, of which there is no backup, that they are there', () => {
    const counts = { ...NONE, updated: 2, reparented: 0, removed: 0 };
    expect(firstLine({ ...RUN, counts, files: {} })).to.equal('Success: 2 rows of the file are in the org.');
  });

  for (const [counts, said] of [
    [
      { restored: 1, undeleted: 1, recreated: 0, childrenMoved: 1, leftAlone: 0 },
      'Success: 1 record has its old values, 1 undeleted, 0 made anew, 1 child home.'
    ],
    [
      { restored: 0, undeleted: 3, recreated: 2, childrenMoved: 2000, leftAlone: 0 },
      'Success: 0 records have their old values, 3 undeleted, 2 made anew, 2,000 children home.'
    ]
  ] as const)
    it(`says of an undo: ${said}`, () => {
      expect(firstLine({ ...RUN, undoes: RUN.runId, counts, files: {} })).to.equal(said);
    });
});
