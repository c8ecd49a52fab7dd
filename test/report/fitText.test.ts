import { expect } from 'chai';
import { fitText } from '../../src/report/fitText.js';
import { textWidth } from '../../src/report/textWidth.js';

describe('report/fitText', () => {
  const COPIED = [
    'Run directory: /home/somebody/bulkops-runs/20261123-211500-upsert-Contact-7f3a',
    'Failed rows, to be mended and loaded again: C:\\Users\\somebody\\bulkops-runs\\failed.csv',
    'Continue with: sf bulkops resume --run-id 20261123-211500-upsert-Contact-7f3a'
  ];
  for (const line of COPIED)
    it(`leaves what is to be copied whole: ${line}`, () => expect(fitText(line, 40)).to.equal(line));

  it('breaks between words, and indents what goes on', () => {
    const text =
      'The upsert of Contact is done.\n  12 rows read, 10 succeeded (4 created, 6 updated), 2 failed, 0 rejected';
    expect(fitText(text, 40).split('\n')).to.deep.equal([
      'The upsert of Contact is done.',
      '  12 rows read, 10 succeeded (4 created,',
      '      6 updated), 2 failed, 0 rejected'
    ]);
    expect(fitText(text, 120)).to.equal(text);
  });

  it('counts cells, not characters', () => {
    const lines = fitText('学生 学生 学生 学生 学生 学生', 14).split('\n');
    for (const line of lines) expect(textWidth(line)).to.be.at.most(14);
    expect(lines.map((line) => line.trim()).join(' ')).to.equal('学生 学生 学生 学生 学生 学生');
  });

  it('leaves a word whole that is longer than the line', () => {
    expect(fitText(`a ${'x'.repeat(30)} b`, 20).split('\n')).to.deep.equal(['a', `    ${'x'.repeat(30)}`, '    b']);
  });
});
