import { expect } from 'chai';
import { soqlInFile } from '../../../src/export/query/soqlText.js';

describe('export/soqlText', () => {
  const SOQL = "SELECT Id,\n  Name\nFROM Account\nWHERE Website = 'https://a;b'";
  for (const [says, text] of [
    ['alone', SOQL],
    ['behind a byte order mark', `\uFEFF${SOQL}`],
    ['behind comments and blank lines', `// all of them\r\n\n  // by name\n${SOQL}`],
    ['before a semicolon', `${SOQL} ;\r\n`]
  ])
    it(`is found ${says}`, () => expect(soqlInFile(text ?? '')).to.equal(SOQL));
});
