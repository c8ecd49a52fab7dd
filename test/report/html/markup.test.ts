import { expect } from 'chai';
import fc from 'fast-check';
import { datum, markup, visible } from '../../../src/report/html/markup.js';

const NASTY = ['<', '>', '"', "'", '&', '`', '/', '=', ' ', 'a', '\u0000', '\u001b', '\u202e', '\ud800', '\n', '😀'];

describe('markup', () => {
  const cases: ReadonlyArray<[what: string, made: { toString(): string }, is: string]> = [
    ['text as text', markup`<p>${'<b>&"\'`'}</p>`, '<p>&lt;b&gt;&amp;&quot;&#39;&#96;</p>'],
    ['markup as markup', markup`<p>${markup`<b>${'x'}</b>`}</p>`, '<p><b>x</b></p>'],
    ['pieces in order', markup`${[markup`<i>`, markup`</i>`]}`, '<i></i>'],
    ['nothing for undefined', markup`a${undefined}b`, 'ab'],
    ['numbers', markup`${0}`, '0'],
    ['no null character', markup`${'a\u0000b'}`, 'a␀b'],
    ['half a surrogate pair as what it is', markup`${'a\ud800b'}`, 'a\ufffdb']
  ];
  for (const [what, made, is] of cases) it(`puts in ${what}`, () => expect(made.toString()).to.equal(is));

  it('lets no text out of an element or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...NASTY) }), (text) => {
        const made = markup`<p title="${text}">${text}</p>`.toString();
        expect(made).to.match(/^<p title="[^"<>]*">[^<>]*<\/p>$/);
      })
    );
  });
});

describe('text of data', () => {
  const cases: ReadonlyArray<[what: string, text: string, shown: string]> = [
    ['newlines and tabs as signs', 'a\r\nb\nc\td', 'a↵b↵c⇥d'],
    ['escape sequences as signs', '\u001b[31mred\u0007', '␛[31mred␇'],
    ['C1 controls by number', '\u009bx\u007f', '⟨U+009B⟩x⟨U+007F⟩'],
    ['what turns text around by number', 'exe.\u202efdp\u2066x\u2069', 'exe.⟨U+202E⟩fdp⟨U+2066⟩x⟨U+2069⟩'],
    ['emoji, joined ones too, as they are', '👩‍🚀 東京 مرحبا', '👩‍🚀 東京 مرحبا'],
    ['half a surrogate pair', '\ud83d', '\ufffd']
  ];
  for (const [what, text, shown] of cases) it(`shows ${what}`, () => expect(visible(text)).to.equal(shown));
  it('is cut where it is long, and isolated', () => {
    expect(datum('x'.repeat(500), 10).toString()).to.equal('<bdi>xxxxxxxxx…</bdi>');
  });
});
