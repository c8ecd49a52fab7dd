import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'csv-stringify/sync';
import { PageScan, type PageBytes } from '../../src/export/pageScan.js';

function scanned(text: string | Buffer, chunkBytes = 7): PageBytes {
  const scan = new PageScan('COMMA');
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) scan.add(bytes.subarray(at, at + chunkBytes));
  return scan.end();
}

describe('export/pageScan', () => {
  const CASES: Array<[says: string, page: string, rows: number, problem: RegExp | undefined, isTerminated: boolean]> = [
    ['rows between quotes', '"Id","Name"\n"1","a"\n"2","b"\n', 2, undefined, true],
    ['rows without quotes', 'Id,Name\n1,a\n2,b\n', 2, undefined, true],
    ['CRLF as one line end', '"Id","Name"\r\n"1","a"\r\n"2",""\r\n', 2, undefined, true],
    ['line ends within quotes as text', '"Id","Name"\n"1","a\n\r\nb"\n', 1, undefined, true],
    ['doubled quotes and delimiters as text', '"Id","Name"\n"1","a ""x"", b"\n', 1, undefined, true],
    ['a header alone', '"Id","Name"\n', 0, undefined, true],
    ['a header without line end', '"Id"', 0, undefined, false],
    ['nothing', '', 0, undefined, true],
    ['a last row without line end', '"Id"\n"1"\n"2"', 2, undefined, false],
    ['an empty line as a row of one column', '"Name"\n""\n\n"x"\n', 3, undefined, true],
    ['an empty line as no row of two columns', '"Id","Name"\n"1","a"\n\n', 2, /row 2 has 1 values/, true],
    ['a page that breaks off within quotes', '"Id","Name"\n"1","a', 0, /breaks off/, false],
    ['a page that breaks off between fields', '"Id","Name"\n"1",', 1, undefined, false],
    ['a page that breaks off after a field', '"Id","Name"\n"1"', 1, /has 1 values/, false],
    ['a row with a field too many', '"Id","Name"\n"1","a","b"\n', 1, /has 3 values/, true],
    ['text behind a quote', '"Id","Name"\n"1","a"b\n', 1, /follows a closing quote/, true],
    ['a quote within a plain value', 'Id,Name\n1,a"b\n', 0, /within a value|breaks off/, false],
    ['HTML', '<html>\n<body>, no</body>\n', 1, /values/, true]
  ];
  for (const [says, page, rows, problem, isTerminated] of CASES)
    for (const chunkBytes of [1, 3, 1000])
      it(`counts ${says}, ${chunkBytes} bytes at a time`, () => {
        const found = scanned(page, chunkBytes);
        if (problem) expect(found.problem).to.match(problem);
        else expect(found.problem).to.equal(undefined);
        if (!problem?.test('breaks off')) expect(found.rows).to.equal(rows);
        expect(found.isTerminated).to.equal(isTerminated);
      });

  it('counts any values that CSV can hold, however they are cut into chunks', () => {
    const value = fc
      .array(fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'ü'), { maxLength: 6 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value, value), { maxLength: 20 }),
        fc.integer({ min: 1, max: 40 }),
        (rows, chunk) => {
          const text = `"A","B","C"\n${stringify(rows, { quoted: true, quoted_empty: true })}`;
          const found = scanned(text, chunk);
          expect(found.problem).to.equal(undefined);
          expect(found.rows).to.equal(rows.length);
          expect(found.header.toString()).to.equal('"A","B","C"\n');
        }
      )
    );
  });

  it('lets no page pass that was cut at any byte within its last row', () => {
    const page = '"Id","Name"\n"1","a"\n"2","b ""x"", c"\n';
    const from = page.indexOf('"2"') + 1;
    for (let bytes = from; bytes < page.length; bytes += 1) {
      const found = scanned(page.slice(0, bytes));
      // What looks whole lacks its line end, which is seen beside the other pages.
      expect(found.problem !== undefined || !found.isTerminated || found.rows !== 2, `cut at ${bytes}`).to.equal(true);
    }
  });
});
