import { expect } from 'chai';
import { type LoadResult } from '../../src/load/loadResult.js';
import { loadSummary } from '../../src/report/loadSummary.js';
import { type RunId } from '../../src/run/runId.js';

const RESULT: LoadResult = {
  runId: '20260101-000000-upsert-Contact-0000' as RunId,
  runDir: '/runs/1',
  status: 'Checked',
  operation: 'upsert',
  sobject: 'Contact',
  externalId: 'Key__c',
  org: { id: '00D000000000001EAA', username: 'u' },
  rows: {
    ...{ read: 5, rejected: 2, submitted: 0, succeeded: 0, created: 0, updated: 0 },
    ...{ failed: 0, retried: 0, skipped: 0, unaccounted: 0 }
  },
  jobs: [],
  errors: [{ code: 'BULKOPS_BAD_DATE', message: 'x', count: 2, exampleRow: 4 }],
  problems: [
    { row: 2, column: 'Born', value: 'b', code: 'BULKOPS_BAD_DATE', reason: 'is no date' },
    { row: 4, value: 'c', code: 'BULKOPS_BAD_DATE', reason: 'is no date' }
  ],
  mapping: [
    { column: 'Key__c', field: 'Key__c' },
    { column: 'Mail', field: 'Email' },
    { column: 'Mail', field: 'Mail__c' },
    { column: 'Age', field: null }
  ],
  warnings: [],
  apiCalls: 1,
  durationMs: 1000,
  files: {}
};

describe('report/loadSummary', () => {
  it('tells where columns go, each field of those that go to several, and what every row has', () => {
    const constants = [
      { field: 'LeadSource', value: 'Web' },
      { field: 'Note__c', value: 'x'.repeat(50) }
    ];
    expect(loadSummary({ ...RESULT, constants })).to.contain(
      `  Columns: Mail → Email; Mail → Mail__c; "Web" → LeadSource; "${'x'.repeat(40)}…" → Note__c; 1 column by API name; not sent: Age\n`
    );
  });

  it('tells a row of several files by its number in its own, too', () => {
    const inputs = [
      { path: '/in/a.csv', firstRow: 1, rows: 3 },
      { path: '/in/none.csv', firstRow: 4, rows: 0 },
      { path: '-', firstRow: 4, rows: 2 }
    ];
    const text = loadSummary({ ...RESULT, inputs });
    expect(text).to.contain('  Rows 1 to 3: /in/a.csv\n  No rows: /in/none.csv\n  Rows 4 to 5: standard input\n');
    expect(text).to.contain('row 2 (row 2 of a.csv), Born: "b" is no date');
    expect(text).to.contain('row 4 (row 1 of standard input): "c" is no date');
    expect(text).to.contain('(for example row 4 (row 1 of standard input))');
  });

  it('names a few of many files', () => {
    const inputs = Array.from({ length: 30 }, (_, at) => ({ path: `/in/${at}.csv`, firstRow: at + 1, rows: 1 }));
    const text = loadSummary({ ...RESULT, inputs });
    expect(text).to.contain('  Rows 20 to 20: /in/19.csv\n  and 10 other files\n');
  });

  it('has one number for the rows of one file', () => {
    expect(loadSummary(RESULT)).to.contain('row 2, Born: "b" is no date').and.contain('(for example row 4)');
  });
});
