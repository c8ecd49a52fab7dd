import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SfError } from '@salesforce/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { type DelimiterName } from '../../src/input/delimiters.js';
import { encodeRecord } from '../../src/input/encode.js';
import { type Input, openInput } from '../../src/input/input.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

type Row = { readonly number: number; readonly values: string[]; readonly problem?: string };

async function rowsOf(input: Input): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of input.batches)
    for (let i = 0; i < batch.count; i += 1)
      rows.push({ number: batch.firstNumber + i, values: batch.values(i), problem: batch.problem(i) });
  return rows;
}

describe('input/input', () => {
  const dir = tempDir();
  let files = 0;

  async function opened(texts: ReadonlyArray<string | Buffer>, delimiter?: DelimiterName): Promise<Input> {
    const sources = [];
    for (const text of texts) {
      const path = join(dir.path, `${(files += 1)}.csv`);
      await writeFile(path, text);
      sources.push({ path });
    }
    return openInput(sources, delimiter);
  }

  async function failure(
    texts: ReadonlyArray<string | Buffer>
  ): Promise<{ name: string; message: string; actions: string }> {
    const { name, message, actions } = await sfRejection(opened(texts).then(rowsOf));
    return { name, message, actions: (actions ?? []).join('\n') };
  }

  it('gives the header and its bytes, then the rows numbered from 1', async () => {
    const input = await opened(['\ufeff"Name, City";"A ""b""";C \r\nx;y;z\r\n\r\n1;2;3']);
    expect(input.delimiter).to.equal('SEMICOLON');
    expect(input.header).to.deep.equal(['Name, City', 'A "b"', 'C ']);
    expect(input.headerRecord.toString()).to.equal('"Name, City";"A ""b""";C ');
    expect(await rowsOf(input)).to.deep.equal([
      { number: 1, values: ['x', 'y', 'z'], problem: undefined },
      { number: 2, values: ['1', '2', '3'], problem: undefined }
    ]);
  });

  it('joins several files into one input whose numbers go on', async () => {
    const input = await opened(['A,B\n1,2\n3,4', 'a,b\r\n5,6\r\n', 'A,B\n', '\ufeffA,b\n7,8\n']);
    expect(input.header).to.deep.equal(['A', 'B']);
    expect(await rowsOf(input)).to.deep.equal(
      ['1,2', '3,4', '5,6', '7,8'].map((row, at) => ({ number: at + 1, values: row.split(','), problem: undefined }))
    );
  });

  it('numbers rows on through files, malformed ones too, whatever the sizes', async () => {
    const file = fc.array(fc.constantFrom('1,2', 'x', '"l\nm",n', '1,2,3'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (contents) => {
        const rows = await rowsOf(await opened(contents.map((lines) => ['A,B', ...lines].join('\n'))));
        expect(rows.map(({ number }) => number)).to.deep.equal(rows.map((_, at) => at + 1));
        expect(rows.map(({ values }) => encodeRecord(values, ','))).to.deep.equal(contents.flat());
        expect(rows.map(({ problem }) => problem === undefined)).to.deep.equal(
          contents.flat().map((line) => line !== 'x' && line !== '1,2,3')
        );
      }),
      { numRuns: 40 }
    );
  });

  it('skips the line sep= of each file', async () => {
    const input = await opened(['sep=;\r\nA;B\r\n1;2\r\n', 'sep=;\r\nA;B\r\n3;4\r\n']);
    expect(input.header).to.deep.equal(['A', 'B']);
    expect((await rowsOf(input)).map(({ values }) => values.join(''))).to.deep.equal(['12', '34']);
  });

  it('lays the rows of files of another dialect as those of the first, since their results are one file', async () => {
    const input = await opened([
      'A;B\n1;2\n',
      'b,a\r\n"x;""y""",3;4\r\n',
      gzipSync(Buffer.from('\ufeffB\tA\n6\t\n', 'utf16le')),
      'A;B\n7;"8\n9"\n'
    ]);
    expect(input.header).to.deep.equal(['A', 'B']);
    const records: string[] = [];
    for await (const batch of input.batches)
      for (let i = 0; i < batch.count; i += 1)
        records.push(`${batch.firstNumber + i}: ${batch.record(i).toString()} ${batch.hasNewline(i)}`);
    expect(records).to.deep.equal(['1: 1;2 false', '2: "3;4";"x;""y""" false', '3: ;6 false', '4: 7;"8\n9" true']);
    expect(input.files.map(({ firstRow, rows }) => [firstRow, rows])).to.deep.equal([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1]
    ]);
  });

  it('reads no file with another delimiter than the one that was asked for', async () => {
    const sources = [];
    for (const [name, text] of [
      ['asked.csv', 'A,B\n1,2\n'],
      ['other.csv', 'A;B\n1;2\n']
    ] as const) {
      sources.push({ path: join(dir.path, name) });
      await writeFile(join(dir.path, name), text);
    }
    expect((await sfRejection(openInput(sources, 'COMMA'))).message).to.match(
      /other\.csv has other columns than .*asked\.csv: it lacks "A", "B", it has "A;B" beside/
    );
  });

  it('reads a file with the delimiter of the first where its header says so', async () => {
    const rows = await rowsOf(await opened(['A\tB;C\n1\t2\n', 'A\tB;C\n3;4\t5;6\n7;8\t9;0\n']));
    expect(rows.map(({ values }) => values)).to.deep.equal([
      ['1', '2'],
      ['3;4', '5;6'],
      ['7;8', '9;0']
    ]);
  });

  it('takes the delimiter that was asked for', async () => {
    const input = await opened(['A,B;C\n1,2;3\n'], 'COMMA');
    expect(input.header).to.deep.equal(['A', 'B;C']);
  });

  it('reads a file that is longer than the head by which it is detected', async () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => `${at},"x\n${at}"`);
    const rows = await rowsOf(await opened([['A,B', ...lines].join('\r\n')]));
    expect(rows.length).to.equal(60_000);
    expect(
      rows.every(({ number, values }) => values[0] === String(number - 1) && values[1] === `x\n${number - 1}`)
    ).to.equal(true);
  });

  const broken: ReadonlyArray<[string, string[], string, RegExp]> = [
    ['an empty file', [''], 'FileEmptyError', /\.csv is empty/],
    ['a file of blank lines', ['\n\r\n\n'], 'FileEmptyError', /\.csv is empty/],
    ['a BOM alone', ['\ufeff'], 'FileEmptyError', /\.csv is empty/],
    ['a second file that is empty', ['A\n1\n', ''], 'FileEmptyError', /\.csv is empty/],
    ['a column without a name', ['A,,C\n'], 'BlankColumnError', /Column 2 /],
    ['a column whose name is spaces', ['A,  ,C\n'], 'BlankColumnError', /Column 2 /],
    ['a header without any name', [';;;\r\n1;2;;\r\n'], 'NoNamesError', /names no column/],
    ['a header of spaces', ['  \nA,B\n'], 'NoNamesError', /names no column/],
    ['a header of marks that nobody sees', ['\u200b,\u2060\n'], 'NoNamesError', /names no column/],
    ['two columns of one name', ['A,B,A\n'], 'DuplicateColumnError', /"A" .* column 1 and as column 3/],
    ['two columns that look the same', ['A b,B,A\u00a0\u200bb\n'], 'DuplicateColumnError', /column 1 and as column 3/],
    ['two columns of one name in other case and with spaces', ['Name,B, NAME\n'], 'DuplicateColumnError', /" NAME"/],
    ['a header with a quote in the middle', ['A"x,B\n1,2\n'], 'HeaderBrokenError', /a quote stands within a name/],
    ['a header with a blank before a quote', ['"A", "B"\n1,2\n'], 'HeaderBrokenError', /a blank before the quote/],
    ['a header with a blank behind a quote', ['"A" ,"B"\n1,2\n'], 'HeaderBrokenError', /behind|after the quote/],
    ['a header whose quote is never closed', ['A,"B\n1,2\n'], 'HeaderBrokenError', /never closed/],
    ['a header without an end', [`A,${'x'.repeat(500_000)}\n`], 'HeaderBrokenError', /longer than a row/],
    [
      'more columns than the org takes',
      [Array.from({ length: 5001 }, (_, at) => `C${at}`).join(',')],
      'HeaderBrokenError',
      /5001 .* 5000/
    ],
    [
      'a second file with another column',
      ['A,B\n', 'A,C\n'],
      'HeadersDifferError',
      /it lacks "B", it has "C" beside\.$/
    ],
    [
      'a second file with a column less',
      ['A,B\n', 'A\n'],
      'HeadersDifferError',
      /\.csv has other .*\.csv: it lacks "B"\.$/
    ],
    ['a second file with a column more', ['A\n', 'A,B\n'], 'HeadersDifferError', /: it has "B" beside\.$/],
    [
      'a second file with many other columns',
      ['A\n', `A,${Array.from({ length: 30 }, (_, at) => `C${at}`).join(',')}`],
      'HeadersDifferError',
      /"C9", 20 more beside/
    ]
  ];
  for (const [name, texts, error, message] of broken)
    it(`refuses ${name}`, async () => {
      const found = await failure(texts);
      expect(found.name).to.equal(error);
      expect(found.message).to.match(message);
    });

  it('takes empty columns at the end, such as Excel writes, and rows with and without them', async () => {
    const input = await opened(['A;B;; \r\n1;2;;\r\n3;4\r\n5;6;\r\n7;8;;x\r\n']);
    expect(input.header).to.deep.equal(['A', 'B', '', ' ']);
    expect((await rowsOf(input)).map(({ problem }) => problem)).to.deep.equal([
      undefined,
      undefined,
      'too-few-fields',
      'nameless-value'
    ]);
  });

  it('joins files whose headers only look the same', async () => {
    const rows = await rowsOf(await opened(['First Name,B\n1,2\n', '\u200bfirst\u00a0 name,b\n3,4\n']));
    expect(rows.map(({ number }) => number)).to.deep.equal([1, 2]);
  });

  it('reads any bytes to their end, with a number for each row, or says in its own words why not', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'A,B',
        '"',
        '""',
        ',',
        ';',
        '\t',
        '\n',
        '\r',
        '\r\n',
        'x',
        'ü',
        ' ',
        '=',
        '\\',
        'sep=;',
        '\ufeff',
        '{',
        '[',
        '}'
      ),
      fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
    );
    const path = join(dir.path, 'any.csv');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.constantFrom('utf8', 'latin1', 'utf16le'),
        async (pieces, as) => {
          await writeFile(path, Buffer.from(pieces.join(''), as));
          let rows = 0;
          try {
            const input = await openInput([{ path }]);
            for await (const batch of input.batches) {
              expect(batch.firstNumber).to.equal(rows + 1);
              for (let i = 0; i < batch.count; i += 1)
                if (batch.problem(i) === undefined) expect(batch.fieldCount(i)).to.be.at.most(input.header.length);
              rows += batch.count;
            }
          } catch (error) {
            expect(error).to.be.instanceOf(SfError);
            expect((error as SfError).actions, (error as SfError).name).to.not.equal(undefined);
          }
        }
      ),
      { numRuns: 500 }
    );
  });

  it('knows before any row is read that the header of a later file is another one', async () => {
    const files = [];
    for (const [at, text] of ['A,B\n1,2\n', 'A,B\n', 'B,C\n'].entries()) {
      files.push({ path: join(dir.path, `h${at}.csv`) });
      await writeFile(join(dir.path, `h${at}.csv`), text);
    }
    expect((await sfRejection(openInput(files))).name).to.equal('HeadersDifferError');
  });

  it('takes as many columns as the org takes', async () => {
    const input = await opened([Array.from({ length: 5000 }, (_, at) => `C${at}`).join(',')]);
    expect(input.header.length).to.equal(5000);
  });

  it('says in which row of which file a quote is opened and never closed', async () => {
    const error = await failure(['A,B\n1,2\n', 'A,B\n3,4\n\n5,"6\n7,8\n9,10\n']);
    expect(error.name).to.equal('UnclosedQuoteError');
    expect(error.message).to.match(/in row 2 of .*\.csv \(row 3 of all files\) is never closed/);
    expect((await failure(['A,B\n1,2\n3,"4'])).message).to.match(/in row 2 of \S*\.csv is never closed/);
  });

  it('says in which row of which file the rows have no end', async () => {
    const error = await failure(['A,B\n1,2\n', `A,B\n3,4\n${'x'.repeat(9 * 1024 * 1024)},6\n7,8\n`]);
    expect(error.name).to.equal('NoRowEndError');
    expect(error.message).to.match(/^Row 2 of .*\.csv \(row 3 of all files\) goes on/);
  });

  it('gives the rows before an unclosed quote first', async () => {
    const input = await opened([`A,B\n${'1,2\n'.repeat(200_000)}3,"4\n5,6`]);
    let rows = 0;
    const reading = (async () => {
      for await (const batch of input.batches) rows += batch.count;
    })();
    expect((await sfRejection(reading)).message).to.contain('row 200001 ');
    expect(rows).to.be.within(1, 200_000);
  });
});
