import { expect } from 'chai';
import fc from 'fast-check';
import { DELIMITER_NAMES, DELIMITERS } from '../../src/input/delimiters.js';
import { detectDialect } from '../../src/input/dialect.js';
import { encodeRecord } from '../../src/input/encode.js';

const detect = (head: string) => detectDialect(Buffer.from(head));

describe('input/dialect', () => {
  const cases: ReadonlyArray<[string, string, string]> = [
    ['a comma', 'A,B\n1,2\n', 'COMMA'],
    ['what German Excel writes', 'Name;Betrag\r\nMüller;1,50\r\nMaier;2,75\r\n', 'SEMICOLON'],
    ['tabs with commas in the values', 'Name\tCity\nA, B\tC\nD, E\tF\n', 'TAB'],
    ['a pipe', 'A|B|C\n1|2|3\n', 'PIPE'],
    ['a caret', 'A^B\n1^2\n', 'CARET'],
    ['a backquote', 'A`B\n1`2\n', 'BACKQUOTE'],
    ['a header of one column', 'Id\n001\n002\n', 'COMMA'],
    ['nothing at all', '', 'COMMA'],
    ['a header only', 'A;B;C', 'SEMICOLON'],
    ['a delimiter within the quotes of the header', '"A;B;C;D",E\n"1;2",3\n', 'COMMA'],
    ['a header whose names hold the other delimiter', 'Name (a,b,c);Betrag\nx;1\ny;2\n', 'SEMICOLON'],
    ['one odd row among many', `A;B\n${'1;2\n'.repeat(50)}1\n${'1;2\n'.repeat(50)}`, 'SEMICOLON'],
    ['line breaks within quotes', 'A;B\r\n"x\r\ny,z";2\r\n', 'SEMICOLON'],
    ['CR alone as row end', 'A;B\r1;2\r3;4\r', 'SEMICOLON']
  ];
  for (const [name, head, delimiter] of cases)
    it(`tells ${delimiter} from ${name}`, async () => {
      expect(await detect(head)).to.deep.equal({ delimiter, skip: 0 });
    });

  it('is not misled by a last row that is cut short', async () => {
    const whole = `A;B;C\n${'1,0;2;3\n'.repeat(20)}`;
    for (let end = 6; end <= whole.length; end += 1)
      expect((await detect(whole.slice(0, end))).delimiter, whole.slice(0, end)).to.equal('SEMICOLON');
  });

  it('skips the line sep= and takes its delimiter', async () => {
    expect(await detect('sep=;\r\nA;B\r\n')).to.deep.equal({ delimiter: 'SEMICOLON', skip: 7 });
    expect(await detect('SEP=|\nA|B,C\n')).to.deep.equal({ delimiter: 'PIPE', skip: 6 });
    expect(await detect('sep=\t\nA\tB\n')).to.deep.equal({ delimiter: 'TAB', skip: 6 });
    expect(await detect('sep=;\rA;B\r')).to.deep.equal({ delimiter: 'SEMICOLON', skip: 6 });
  });

  it('skips the line sep= as spreadsheets write it that took it for a value', async () => {
    expect(await detect('"sep=;"\r\nA;B\r\n')).to.deep.equal({ delimiter: 'SEMICOLON', skip: 9 });
    expect(await detect('"sep=,",,\nA,B,C\n')).to.deep.equal({ delimiter: 'COMMA', skip: 10 });
    expect(await detect('sep=;;;\nA;B;C\n')).to.deep.equal({ delimiter: 'SEMICOLON', skip: 8 });
  });

  it('takes a column whose name begins so for a column', async () => {
    expect(await detect('sep=x,B\n1,2\n')).to.deep.equal({ delimiter: 'COMMA', skip: 0 });
  });

  it('detects the delimiter by the rows when sep= names one that the org does not know', async () => {
    expect(await detect('sep=~\nA;B\n1;2\n')).to.deep.equal({ delimiter: 'SEMICOLON', skip: 6 });
  });

  it('believes the one that was asked for, and skips sep= all the same', async () => {
    expect(await detectDialect(Buffer.from('A;B\n'), 'TAB')).to.deep.equal({ delimiter: 'TAB', skip: 0 });
    expect(await detectDialect(Buffer.from('sep=;\nA;B\n'), 'TAB')).to.deep.equal({ delimiter: 'TAB', skip: 6 });
  });

  it('finds the delimiter of any file that is written with it, whatever the values hold', async () => {
    const value = fc.string({
      unit: fc.constantFrom('a', '1', ' ', '"', ',', ';', '\t', '|', '^', '`', '\n'),
      maxLength: 6
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...DELIMITER_NAMES),
        fc
          .integer({ min: 2, max: 5 })
          .chain((columns) => fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 20 })),
        async (delimiter, rows) => {
          const columns = rows[0]?.length ?? 2;
          const header = Array.from({ length: columns }, (_, at) => `Column ${at}`);
          // Excel quotes what holds any delimiter of its own; a bare one in a value would be a riddle without an answer.
          const lines = [header, ...rows].map((row) =>
            row.map((field) => (/^[a1 ]*$/.test(field) ? field : `"${field.replaceAll('"', '""')}"`))
          );
          const csv = lines.map((line) => line.join(DELIMITERS[delimiter])).join('\n');
          expect((await detect(csv)).delimiter).to.equal(delimiter);
        }
      )
    );
  });

  it('agrees with what encodeRecord writes', async () => {
    expect(
      (await detect(`${encodeRecord(['A', 'B'], ';')}\n${encodeRecord(['x,y', 'a;"b"'], ';')}\n`)).delimiter
    ).to.equal('SEMICOLON');
  });
});
