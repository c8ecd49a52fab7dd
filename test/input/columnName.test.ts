import { expect } from 'chai';
import fc from 'fast-check';
import { columnKey, columnName } from '../../src/input/columnName.js';

describe('input/columnName', () => {
  const cases: ReadonlyArray<[what: string, name: string, shown: string]> = [
    ['spaces around it', '  Name ', 'Name'],
    ['a non-breaking space', '\u00a0First\u00a0Name', 'First Name'],
    ['a line break, as Excel wraps headers', 'First\nName', 'First Name'],
    ['zero-width spaces, joiners and marks of direction', '\u200bNa\u200dme\u200e\u2060', 'Name'],
    ['the BOM of a second file that was appended', '\ufeffName', 'Name'],
    ['a soft hyphen', 'Stra\u00adße', 'Straße'],
    ['letters and their marks apart, as macOS writes them', 'Gro\u0308\u00dfe', 'Größe']
  ];
  for (const [what, name, shown] of cases)
    it(`does not mind ${what}`, () => {
      expect(columnName(name)).to.equal(shown);
      expect(columnKey(name)).to.equal(shown.toLowerCase());
    });

  it('is the same once more, and has no space at its ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const shown = columnName(name);
        expect(columnName(shown)).to.equal(shown);
        expect(shown.trim()).to.equal(shown);
      })
    );
  });
});
