import { expect } from 'chai';
import { type VerifyResult } from '../../src/export/verify/verify.js';
import { verifyText } from '../../src/report/verifyText.js';

const RESULT: VerifyResult = {
  status: 'Success',
  manifest: '/a/tx.csv.manifest.json',
  runId: 'a-run',
  query: 'SELECT Id FROM Account',
  rows: 1200,
  files: [{ path: '/a/tx.csv', rows: 1200, bytes: 24_000, sha256: '', problems: [] }],
  problems: []
};

describe('report/verifyText', () => {
  it('says that the files fit, and of each what it has', () => {
    expect(verifyText(RESULT).split('\n')).to.deep.equal([
      'The files fit the manifest /a/tx.csv.manifest.json: 1,200 rows in 1 file.',
      '  ✓ /a/tx.csv: 1,200 rows, 24 kB'
    ]);
  });

  it('says that there is no file to check where the rows went to standard output', () => {
    expect(verifyText({ ...RESULT, files: [] })).to.equal(
      'The manifest /a/tx.csv.manifest.json adds up. Its 1,200 rows went to standard output, so there is no file to check.'
    );
  });

  it('says what does not fit, and what the org has now', () => {
    const text = verifyText({
      ...RESULT,
      status: 'Failed',
      files: [{ path: '/a/tx.csv', rows: 0, bytes: 0, sha256: '', problems: ['it is not there'] }],
      problems: ['tx-00009.csv lies beside the numbered files and is none of them'],
      ranges: [
        { covers: 'CreatedDate before 2026', rows: 5, orgRows: 6 },
        { covers: 'CreatedDate from 2026', rows: 5, orgRows: 5 },
        { covers: 'all', rows: 5 },
        { covers: 'more', rows: 5, refusal: 'The org refused: QUERY_TIMEOUT: too long.' }
      ]
    });
    expect(text.split('\n')).to.deep.equal([
      'The files do not fit the manifest /a/tx.csv.manifest.json.',
      '  ✗ tx-00009.csv lies beside the numbered files and is none of them',
      '  ✗ /a/tx.csv: it is not there',
      '  ≠ CreatedDate before 2026: 5 rows were exported, and the org has 6 now',
      '  ✓ CreatedDate from 2026: the org has 5 rows, too',
      "  – all: the org can't count it, since the query has a LIMIT",
      '  – more: not counted. The org refused: QUERY_TIMEOUT: too long.'
    ]);
  });
});
