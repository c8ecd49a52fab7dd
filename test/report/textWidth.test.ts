import { expect } from 'chai';
import { cutToWidth, padToWidth, textWidth } from '../../src/report/textWidth.js';

describe('the width of text on a terminal', () => {
  const widths: ReadonlyArray<[text: string, cells: number]> = [
    ['', 0],
    ['plain', 5],
    ['東京', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['📦', 2],
    ['👩‍🚀', 2],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['‐ – …', 5],
    ['a\u200bb', 2]
  ];
  for (const [text, cells] of widths) it(`of "${text}" is ${cells}`, () => expect(textWidth(text)).to.equal(cells));

  const cuts: ReadonlyArray<[text: string, cells: number, is: string]> = [
    ['plain', 5, 'plain'],
    ['plain', 4, 'pla…'],
    ['東京都', 5, '東京…'],
    ['東京都', 4, '東…'],
    ['👩‍🚀👩‍🚀', 3, '👩‍🚀…']
  ];
  for (const [text, cells, is] of cuts)
    it(`of "${text}" is cut to ${cells}`, () => expect(cutToWidth(text, cells)).to.equal(is));

  it('is filled up on either side', () => {
    expect(padToWidth('東', 4)).to.equal('東  ');
    expect(padToWidth('東', 4, true)).to.equal('  東');
    expect(padToWidth('long', 2)).to.equal('long');
  });
});
