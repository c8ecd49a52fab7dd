import { expect } from 'chai';
import {
  nameSuspicion,
  numberSuspicion,
  type Suspecting,
  Suspects,
  textSuspicion
} from '../../../src/load/prepare/suspects.js';

const look = (value: string, suspecting: Suspecting = textSuspicion): string | undefined => {
  const bytes = Buffer.from(`x${value}x`);
  return suspecting(bytes, 1, bytes.length - 1);
};

describe('load/suspects', () => {
  const cases: ReadonlyArray<[what: string, kind: string, values: readonly string[]]> = [
    ['the null of Postgres, MySQL, Snowflake and SQL Server', 'nullWord', ['\\N', '\\\\N', 'NULL', '<NULL>', '(null)']],
    ['nothing as programs print it', 'nullWord', ['null', 'NaN', 'nan', 'undefined', '[object Object]']],
    ['errors of spreadsheets', 'sheetError', ['#REF!', '#NAME?', '#VALUE!', '#DIV/0!', '#NUM!', '#NULL!']],
    [
      'errors of spreadsheets in other languages',
      'sheetError',
      ['#NV', '#WERT!', '#BEZUG!', '#ZAHL!', '#VALEUR!', '#NOM?', '#¡VALOR!', '#¿NOMBRE?', '#¡DIV/0!', '#VÆRDI!']
    ],
    ['long numbers that a spreadsheet has shortened', 'shortNumber', ['1.23457E+11', '1,2E+15', '4E+20', '-4E+20']],
    ['formulas that keep leading zeros', 'sheetFormula', ['=""00123""', '="x"']],
    ['apostrophes that keep leading zeros, and harm away', 'sheetApostrophe', ["'00123", "'=1+1", "'+49 30", "'@x"]],
    [
      'marks that nobody sees at an end',
      'unseenMark',
      ['A-1\u200b', '\ufeffA-1', 'A\u00a0', '\u00a0A', 'ü\u200e', '\u2060ü', 'x\u202c', '\u00a0']
    ],
    ['quotes that are none to CSV', 'otherQuotes', ['“A-1”', '„A“', '”A”', '“ü”', "'A-1'", "'00123'"]],
    ['whole numbers that became decimal ones', 'floatNumber', ['912260031.0', '123.0', '-123.0']]
  ];
  for (const [what, kind, values] of cases)
    it(`knows ${what}`, () => {
      for (const value of values) expect(look(value), value).to.equal(kind);
    });

  it('knows numbers that a spreadsheet has shortened where numbers stand', () => {
    expect(look('1.23457E+11', numberSuspicion)).to.equal('shortNumber');
    for (const value of ['1E5', '123', '-1.5', '+49', '1.23E-11'])
      expect(look(value, numberSuspicion), value).to.equal(undefined);
  });

  it('knows the name of a sum in the place of a key', () => {
    for (const value of ['Total', 'TOTAL:', 'Grand Total', 'Subtotal', 'Summe', 'Gesamtergebnis', 'Total général'])
      expect(look(value, nameSuspicion), value).to.equal('totalsRow');
    for (const value of ['T-1', 'Total-7', 'Sumatra', 'S', '', 'Gesamt-Nr. 5', `Total${' '.repeat(40)}`])
      expect(look(value, nameSuspicion), value).to.equal(undefined);
  });

  it('suspects nothing that people write', () => {
    for (const value of [
      '',
      'Null',
      'None',
      'NULLABLE',
      'nano',
      "'s-Hertogenbosch",
      "'",
      "''",
      '1.0',
      '22.0',
      'v123.0',
      '10.0.0',
      'ü',
      'Müller',
      '漢字',
      '“quoted” here',
      '“',
      '😀',
      '#hashtag!',
      '#1!',
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
