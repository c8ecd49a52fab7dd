import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalForm, looseForm } from '../../src/schema/canonical.js';

describe('schema/canonical', () => {
  /** What was sent, what the org makes of it, and whether these are the same value. */
  const pairs: ReadonlyArray<[string, string, string, boolean]> = [
    ['currency', '912260031', '9.12260031E8', true],
    ['double', '1.50', '1.5', true],
    ['double', '-0', '0', true],
    ['double', '+7', '7.0', true],
    ['double', '.5', '0.5', true],
    ['int', '007', '7', true],
    ['percent', '12', '12.5', false],
    ['double', 'abc', 'abc', true],
    ['double', '0', '', false],
    ['boolean', 'TRUE', 'true', true],
    ['boolean', '1', 'true', true],
    ['boolean', '0', 'false', true],
    ['boolean', '1', 'false', false],
    ['date', '1940-06-07Z', '1940-06-07', true],
    ['date', '1940-06-07', '1940-06-08', false],
    ['datetime', '2024-01-31T12:00:00Z', '2024-01-31T12:00:00.000Z', true],
    ['datetime', '2024-01-31T13:00:00+01:00', '2024-01-31T12:00:00.000Z', true],
    ['datetime', '2024-01-31T12:00:00.999Z', '2024-01-31T12:00:00.000Z', true],
    ['datetime', '2024-01-31T12:00:01Z', '2024-01-31T12:00:00.000Z', false],
    ['id', '001000000000001', '001000000000001AAA', true],
    ['reference', '001000000000001AAA', '001000000000002AAA', false],
    ['id', '001a00000000001', '001A00000000001', false],
    ['string', 'x', 'X', false],
    ['string', ' x ', 'x', true],
    ['string', '1.0', '1', false],
    ['string', '007', '7', false],
    ['textarea', 'a\r\nb\rc', 'a\nb\nc', true],
    ['string', '#N/A', '', true],
    ['string', '', '  ', true],
    ['unknown', '912260031', '9.12260031E8', true],
    ['unknown', '1.0', '1', true],
    ['unknown', '007', '7', false],
    ['datetime', '2026-01-31T10:00:00', '2026-01-31T10:00:00.000Z', true],
    ['datetime', '2026-01-31T10:00:00+01:00', '2026-01-31T09:00:00.000+0000', true],
    ['datetime', 'SHP-0001', 'SHP-1', false],
    ['unknown', 'x', 'X', false],
    ['a type that is new', 'x', 'x', true]
  ];
  for (const [type, sent, back, isSame] of pairs)
    it(`${type}: ${JSON.stringify(sent)} ${isSame ? 'is' : 'is not'} ${JSON.stringify(back)}`, () => {
      const form = canonicalForm(type);
      expect(form(sent) === form(back), `${form(sent)} and ${form(back)}`).to.equal(isSame);
    });

  const loosePairs: ReadonlyArray<[string, string, boolean]> = [
    ['00042', '4.2E1', true],
    ['.5', '0.5', true],
    ['5.', '5', true],
    ['TRUE', 'true', true],
    ['1940-06-07Z', '1940-06-07', true],
    ['2024-01-31T13:00:00+01:00', '2024-01-31T12:00:00.000Z', true],
    ['001000000000001', '001000000000001AAA', true],
    ['00042', '43', false],
    ['SHP-0042', 'SHP-42', false],
    ['0x2A', '42', false],
    ['x', 'X', false],
    ['', '0', false]
  ];
  for (const [sent, back, isSame] of loosePairs)
    it(`a field of any type: ${JSON.stringify(sent)} ${isSame ? 'may be' : 'is not'} ${JSON.stringify(back)}`, () => {
      const form = looseForm('unknown');
      expect(form(sent) === form(back), `${form(sent)} and ${form(back)}`).to.equal(isSame);
    });

  it('is no looser where the type is known', () => {
    expect(looseForm('string')('007')).to.equal('007');
    expect(looseForm('double')('007')).to.equal('7');
  });

  it('has a loose form that is the same wherever the strict one is', () => {
    const text = fc.oneof(fc.double().map(String), fc.stringMatching(/^[+-]?0{0,2}\d{1,3}(\.\d{0,2})?([eE]\d)?$/));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [strict, loose] = [canonicalForm('unknown'), looseForm('unknown')];
        if (strict(one) === strict(other)) expect(loose(one)).to.equal(loose(other));
        expect(loose(strict(one))).to.equal(loose(one));
      })
    );
  });

  const types = ['string', 'double', 'boolean', 'date', 'datetime', 'id', 'textarea', 'unknown'];
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double().map(String),
    fc.date().map((date) => (Number.isNaN(date.getTime()) ? '' : date.toISOString()))
  );

  it('is stable: the form of a form is itself, for all but instants, whose form is another notation', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types.filter((type) => type !== 'datetime')), value, (type, text) => {
        const form = canonicalForm(type);
        expect(form(form(text))).to.equal(form(text));
      })
    );
  });

  it('takes a number for itself in any of its notations', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const [form, unknown] = [canonicalForm('double'), canonicalForm('unknown')];
        expect(form(number.toExponential().toUpperCase())).to.equal(form(String(number)));
        expect(unknown(number.toExponential().toUpperCase())).to.equal(unknown(String(number)));
      })
    );
  });
});
