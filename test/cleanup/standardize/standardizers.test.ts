import { expect } from 'chai';
import fc from 'fast-check';
import { definitionSchema, type WrittenStep } from '../../../src/cleanup/definition/schema.js';
import { standardizer, standardizerOf, STANDARDIZERS } from '../../../src/cleanup/standardize/standardizers.js';

const none = (): string => '';

function step(written: unknown): WrittenStep {
  const { standardize } = definitionSchema.parse({ sobject: 'X', standardize: { F: [written] } });
  return [standardize['F'] ?? []].flat()[0] as WrittenStep;
}

/** [step, what stands there, what shall stand there; undefined for what can't be standardised] */
const CASES: Array<[step: unknown, value: string, expected: string | undefined]> = [
  ['trim', ' \u00a0 Ann  Lee\u200b', 'Ann  Lee'],
  ['collapse-spaces', ' Ann \t\n Lee ', 'Ann Lee'],
  [{ case: 'lower' }, 'ÄNN', 'änn'],
  [{ case: 'upper' }, 'straße', 'STRASSE'],
  [{ case: 'title' }, 'the OLD man’s sea', 'The Old Man’s Sea'],
  [{ case: 'name' }, 'MCDONALD', 'McDonald'],
  [{ case: 'name' }, "o'brien-smith", "O'Brien-Smith"],
  [{ case: 'name' }, 'VAN DER BERG', 'van der Berg'],
  [{ case: 'name' }, 'DeShawn', 'DeShawn'],
  [{ case: 'name' }, "O'NEIL", "O'Neil"],
  [{ case: 'name' }, 'jean-luc', 'Jean-Luc'],
  [{ case: 'name' }, 'MÜLLER', 'Müller'],
  [{ case: 'name' }, 'MÜLLER-LÜDENSCHEIDT', 'Müller-Lüdenscheidt'],
  [{ case: 'name' }, 'DE LA CRUZ', 'de la Cruz'],
  [{ case: 'name' }, 'D’ANGELO', 'D’Angelo'],
  [{ case: 'name' }, 'van', 'Van'],
  [{ case: 'name' }, '李明', '李明'],
  [{ case: 'name' }, 'john smith iii', 'John Smith III'],
  ['email', ' Ann Lee <Ann.Lee@Example.COM> ', 'ann.lee@example.com'],
  ['email', 'mailto:a@b.co', 'a@b.co'],
  ['email', 'ann.lee.example.com', undefined],
  ['email', 'a@b@c.com', undefined],
  [{ phone: 'US' }, '(415) 555-2671', '+14155552671'],
  [{ phone: 'US' }, '415.555.2671', '+14155552671'],
  [{ phone: 'US' }, '1-415-555-2671', '+14155552671'],
  [{ phone: 'US' }, '+49 30 901820', '+4930901820'],
  [{ phone: 'US' }, '415 555 2671 ext. 12', '+14155552671 ext. 12'],
  [{ phone: 'US' }, '555-2671', undefined],
  [{ phone: 'US' }, 'call me', undefined],
  [{ phone: { country: 'US', format: 'national' } }, '+14155552671', '(415) 555-2671'],
  [{ phone: { country: 'US', format: 'national' } }, '+49 30 901820', '+49 30 901820'],
  [{ phone: { country: 'DE', format: 'international' } }, '030 901820', '+49 30 901820'],
  [{ 'postal-code': 'US' }, '2139', '02139'],
  [{ 'postal-code': 'US' }, '94103 - 1234', '94103-1234'],
  [{ 'postal-code': 'US' }, 'K1A 0B1', undefined],
  [{ 'postal-code': 'CA' }, 'k1a0b1', 'K1A 0B1'],
  [{ 'postal-code': 'GB' }, 'sw1a1aa', 'SW1A 1AA'],
  ['postal-code', ' ab  12 ', 'AB 12'],
  [{ state: 'US' }, 'california', 'CA'],
  [{ state: { country: 'US', to: 'name' } }, 'ca', 'California'],
  [{ state: { country: 'AU', to: 'code' } }, 'New South Wales', 'NSW'],
  [{ state: 'US' }, 'Bavaria', undefined],
  [{ country: 'code' }, 'U.S.A.', 'US'],
  [{ country: 'name' }, 'Deutschland', 'Germany'],
  [{ country: 'code' }, 'the Netherlands', 'NL'],
  [{ country: 'code' }, 'Atlantis', undefined],
  ['url', 'WWW.Example.com/', 'https://www.example.com'],
  ['url', 'http://example.com/A?b=C', 'http://example.com/A?b=C'],
  ['url', 'not a url', undefined],
  ['url', 'javascript:alert(1)', undefined],
  [{ map: { 'In progress': 'Enrolled', Enrolled: 'Active' } }, ' in PROGRESS', 'Active'],
  [{ 'null-if': ['n/a', '-'] }, ' N/A ', '']
];

const TOLD: readonly unknown[] = [
  'trim',
  'collapse-spaces',
  ...['lower', 'upper', 'title', 'name'].map((name) => ({ case: name })),
  'email',
  'url',
  { phone: 'US' },
  { phone: 'DE' },
  { phone: { country: 'US', format: 'national' } },
  { phone: { country: 'DE', format: 'international' } },
  ...['US', 'CA', 'GB', 'NL', 'SE', 'AU', 'DE', 'BR', 'JP', 'PL'].map((code) => ({ 'postal-code': code })),
  'postal-code',
  { state: 'US' },
  { state: { country: 'CA', to: 'name' } },
  { country: 'code' },
  { country: 'name' },
  { map: { a: 'b', b: 'c', n: ' A ' } },
  { 'null-if': ['none', '-'] }
];

/** Texts of all sorts, and such as come near to what a standardiser knows. */
const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[ +()\-.\dx]{0,18}$/),
  fc.stringMatching(/^\+?1?[ (]{0,2}[2-9]\d\d[) .-]{0,2}[2-9]\d\d[ .-]?\d{4}( ?x ?\d{1,4})?$/),
  fc.stringMatching(/^[A-Za-z]{0,3}[- ]?\d{1,5}[- ]?[A-Za-z\d]{0,4}$/),
  fc.emailAddress(),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constantFrom(...CASES.map(([, value]) => value), 'ß', 'ŉ', 'ﬁ', 'İ', 'ǆ', 'Σας', 'a', ' A ', 'n')
);

describe('standardisers', () => {
  for (const [written, value, expected] of CASES)
    it(`${JSON.stringify(written)}: "${value}" ${expected === undefined ? 'can’t be' : `becomes "${expected}"`}`, async () => {
      const result = (await standardizer(step(written)))(value, none);
      expect('value' in result ? result.value : undefined).to.equal(expected);
    });

  for (const written of TOLD)
    it(`${JSON.stringify(written)} is idempotent, never throws and never makes nothing of something`, async () => {
      const write = await standardizer(step(written));
      const mayBlank = typeof written === 'object' && written !== null && 'null-if' in written;
      fc.assert(
        fc.property(texts, (value) => {
          const once = write(value, none);
          if ('problem' in once) return;
          if (!mayBlank && value.replace(/[\s\u200b\u200c\u2060\ufeff]/gu, '') !== '')
            expect(once.value).not.to.equal('');
          if (once.value !== '') expect(write(once.value, none)).to.deep.equal(once);
        }),
        { numRuns: 400 }
      );
    });

  it('are all tested', () => {
    const tested = new Set(TOLD.map((one) => (typeof one === 'string' ? one : Object.keys(one as object)[0])));
    expect([...tested].sort()).to.deep.equal(Object.keys(STANDARDIZERS).sort());
  });

  it("take the record's own country where there is one", async () => {
    const write = await standardizer(step({ phone: { country: 'US', 'country-field': 'Country' } }));
    expect(write('030 901820', () => 'Germany')).to.deep.equal({ value: '+4930901820' });
    expect(write('415 555 2671', none)).to.deep.equal({ value: '+14155552671' });
    expect(write('415 555 2671', () => ' Atlantis ')).to.have.property('problem');
    expect(write('+1 415 555 2671', () => 'Atlantis')).to.deep.equal({ value: '+14155552671' });
    const postal = await standardizer(step({ 'postal-code': { country: 'US', 'country-field': 'Country' } }));
    expect(postal('k1a0b1', () => 'Canada')).to.deep.equal({ value: 'K1A 0B1' });
  });

  it('are idempotent one after another, too', async () => {
    const some = fc.uniqueArray(fc.constantFrom(...TOLD), { minLength: 2, maxLength: 4 });
    const values = fc.array(texts, { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(some, values, async (written, all) => {
        const write = await standardizerOf(written.map(step));
        for (const value of all) {
          const once = write(value, none);
          if ('value' in once && once.value !== '') expect(write(once.value, none)).to.deep.equal(once);
        }
      }),
      { numRuns: 150 }
    );
  });

  it('leave a value as it was that their steps would write another way each time', async () => {
    const circling = [step({ state: { country: 'US', to: 'name' } }), step({ map: { California: 'TX', Texas: 'CA' } })];
    expect((await standardizerOf(circling))('ca', none)).to.deep.equal({ problem: 'is written another way each time' });
    const settling = await standardizerOf([step({ case: 'lower' }), step({ map: { x: 'Y', y: 'Z' } })]);
    expect(settling('X', none)).to.deep.equal({ value: 'z' });
  });

  it('leave a value wholly as it was when one of several steps can’t be done', async () => {
    const write = await standardizerOf([step('trim'), step({ case: 'lower' }), step('email')]);
    expect(write(' ANN ', none)).to.deep.equal({ problem: 'is no e-mail address' });
  });
});
