import { expect } from 'chai';
import { plainText, tableLines } from '../../src/report/table.js';

describe('report/table', () => {
  const columns = [
    { name: 'NAME', text: (row: { name: string; n?: number }) => row.name },
    { name: 'N', text: ({ n }: { n?: number }) => String(n ?? ''), isNumber: true },
    { name: 'EMPTY', text: () => '' }
  ];

  it('aligns texts to the left and numbers to the right, and leaves empty columns out', () => {
    const rows = [{ name: 'a', n: 5 }, { name: 'longer', n: 12_345 }, { name: 'x' }];
    expect(tableLines(columns, rows)).to.deep.equal(['NAME        N', 'a           5', 'longer  12345', 'x']);
  });

  it('turns rows into blocks where the columns are wider than the terminal', () => {
    const rows = [{ name: 'a long name to copy', n: 5 }, { name: 'x' }];
    expect(tableLines(columns, rows, 20)).to.deep.equal(['a long name to copy', '  n 5', 'x']);
    expect(tableLines(columns, rows, 22)[0]).to.equal('NAME                 N');
  });

  it('sets as many cells of a block on a line as fit, and cuts one that is longer', () => {
    const wide = ['A', 'B', 'C'].map((name, at) => ({ name, text: (row: readonly string[]) => row[at + 1] ?? '' }));
    const lines = tableLines(
      [{ name: 'ID', text: ([id = '']) => id }, ...wide],
      [['id', 'one', 'two', 'x'.repeat(20)]],
      16
    );
    expect(lines).to.deep.equal(['id', '  a one · b two', '  c xxxxxxxxxxx…']);
  });

  const HOSTILE: Array<[what: string, text: string, shown: string]> = [
    ['a cursor movement', 'a\u001b[2Jb', 'a [2Jb'],
    ['a title of the window', 'a\u001b]0;evil\u0007b', 'a ]0;evil b'],
    ['C1 controls', 'a\u009b31mb', 'a 31mb'],
    ['line breaks', 'a\r\nb\u2028c', 'a b c'],
    ['text turned around', 'a\u202egpj.exe', 'a gpj.exe'],
    ['nothing wrong', 'Zoë 学生 👩‍🎓', 'Zoë 学生 👩‍🎓']
  ];
  for (const [what, text, shown] of HOSTILE)
    it(`makes ${what} harmless for a terminal`, () => expect(plainText(text)).to.equal(shown));
});
