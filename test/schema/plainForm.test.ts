import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalForm } from '../../src/schema/canonical.js';
import { MOST_ADDED, plainForm } from '../../src/schema/plainForm.js';

const TYPES = ['string', 'id', 'reference', 'date', 'boolean', 'double', 'currency', 'int', 'unknown'];

/** The form by bytes; undefined where these do not tell. */
function plain(type: string, value: string, isCaseSensitive = true): string | undefined {
  const bytes = Buffer.from(`,${value},`);
  const before = Buffer.from('before');
  const into = { bytes: Buffer.alloc(before.length + bytes.length + MOST_ADDED), length: before.length };
  before.copy(into.bytes);
  const isPlain = plainForm(type, isCaseSensitive)?.(bytes, 1, bytes.length - 1, into) ?? false;
  expect(into.bytes.toString('utf8', 0, before.length)).to.equal('before');
  if (!isPlain) expect(into.length, 'nothing is added').to.equal(before.length);
  return isPlain ? into.bytes.toString('utf8', before.length, into.length) : undefined;
}

/** As values stand in a file without their quotes: a quote in them is doubled there. */
function written(value: string): string {
  return value.replaceAll('"', '""');
}

describe('schema/plainForm', () => {
  const digits = fc.stringMatching(/^\d{0,18}$/);
  const decimal = fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      digits,
      fc.constantFrom('', '.'),
      digits,
      fc.constantFrom('', 'e', 'E', 'E-', 'e+'),
      fc.integer({ min: 0, max: 400 })
    )
    .map(([sign, whole, point, rest, e, exponent]) => `${sign}${whole}${point}${point && rest}${e}${e && exponent}`);
  const number = fc.oneof(
    decimal,
    fc.double().map(String),
    fc.double({ min: -1e9, max: 1e9 }).map((value) => value.toExponential().replace('e+', 'E').replace('e', 'E')),
    fc.integer().map((value) => String(value / 1000)),
    fc.constantFrom(
      '0',
      '-0',
      '0.0',
      '0.000001',
      '0.0000001',
      '1e20',
      '1e21',
      '10E-2',
      '007',
      '.5',
      '5.',
      '5.E3',
      '-',
      '1e',
      '0x10'
    )
  );
  const value = fc.oneof(
    number,
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.stringMatching(/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/),
    fc.stringMatching(/^20\d\d-[01]\d-[0-3]\d(T\d\d:\d\dZ)?$/),
    fc.constantFrom(
      '',
      '#N/A',
      '#1',
      ' a',
      'a ',
      'a\u00a0',
      '\u2003a',
      '"q"',
      'TRUE',
      'False',
      '1',
      '0',
      'a\nb',
      'a\r\nb',
      '\n'
    )
  );

  it('is the canonical form, whatever the value', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(...TYPES), fc.boolean(), (text, type, isCaseSensitive) => {
        const form = plain(type, written(text), isCaseSensitive);
        if (form === undefined) return;
        const canonical = canonicalForm(type)(text);
        expect(form).to.equal(isCaseSensitive ? canonical : canonical.toLowerCase());
      }),
      { numRuns: 20_000 }
    );
  });

  it('is told by the bytes of most values', () => {
    const told: ReadonlyArray<readonly [type: string, value: string, form: string]> = [
      ['string', 'Müller, Söhne & Co', 'Müller, Söhne & Co'],
      ['string', 'two\nlines', 'two\nlines'],
      ['string', '', ''],
      ['id', '001000000000001AAA', '001000000000001'],
      ['date', '2026-01-31', '2026-01-31'],
      ['boolean', '1', 'true'],
      ['boolean', 'FALSE', 'false'],
      ['double', '35.761', '35.761'],
      ['double', '-0.50', '-0.5'],
      ['double', '9.12260031E8', '912260031'],
      ['double', '1.5E-5', '0.000015'],
      ['currency', '1200.00', '1200'],
      ['unknown', '1.0E2', '100'],
      ['unknown', 'Text', 'Text']
    ];
    for (const [type, text, form] of told) expect(plain(type, text), `${type} ${text}`).to.equal(form);
    expect(plain('string', 'SHP-1', false)).to.equal('shp-1');
  });

  it('is left to the text where bytes do not tell', () => {
    const left: ReadonlyArray<readonly [type: string, value: string]> = [
      ['string', ' a'],
      ['string', '#N/A'],
      ['string', 'a""b'],
      ['string', 'a\rb'],
      ['double', '1234567890.1234567'],
      ['date', '2026-01-31T00:00:00Z'],
      ['double', '1E30'],
      ['unknown', '007'],
      ['datetime', '2026-01-31T00:00:00Z']
    ];
    for (const [type, text] of left) expect(plain(type, text), `${type} ${text}`).to.equal(undefined);
    expect(plain('string', 'Müller', false)).to.equal(undefined);
  });
});
