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
