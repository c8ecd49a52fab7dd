import { expect } from 'chai';
import { suspicion, Suspects } from '../../../src/load/prepare/suspects.js';

const look = (value: string): string | undefined => {
  const bytes = Buffer.from(`x${value}x`);
  return suspicion(bytes, 1, bytes.length - 1);
};

describe('load/suspects', () => {
  const cases: ReadonlyArray<[what: string, kind: string, values: readonly string[]]> = [
    ['the null of Postgres, MySQL, Snowflake and SQL Server', 'nullWord', ['\\N', '\\\\N', 'NULL']],
    ['errors of spreadsheets', 'sheetError', ['#REF!', '#NAME?', '#VALUE!', '#DIV/0!', '#NUM!', '#NULL!']],
    ['long numbers that a spreadsheet has shortened', 'shortNumber', ['1.23457E+11', '1,2E+15', '4E+20']],
    ['formulas that keep leading zeros', 'sheetFormula', ['=""00123""', '="x"']]
  ];
  for (const [what, kind, values] of cases)
    it(`knows ${what}`, () => {
      for (const value of values) expect(look(value), value).to.equal(kind);
    });

  it('suspects nothing that people write', () => {
    for (const value of [
      '',
      'Null',
      'null',
      'NULLABLE',
      'N',
      '\\n',
      'N/A',
      '#N/A',
      '#1',
      '=',
      '= "a"',
      '123',
      'A+12',
      'CODE+12',
      '+49'
    ])
      expect(look(value), value).to.equal(undefined);
  });

  it('says of each kind how many there are and where the first is', () => {
    const suspects = new Suspects();
    expect(suspects.warnings()).to.deep.equal([]);
    suspects.add('nullWord', { row: 3, column: 'City', value: '\\N' });
    suspects.add('nullWord', { row: 4, column: 'Phone', value: 'NULL' });
    suspects.add('shortNumber', { row: 9, column: 'Key', value: '1.2E+11' });
    const [nulls, numbers] = suspects.warnings();
    expect(nulls).to.match(/null of a database.*: 2, the first in row 3, column City, "\\N"/);
    expect(numbers).to.match(/shortened.*: 1, the first in row 9, column Key, "1.2E\+11"/);
  });
});
