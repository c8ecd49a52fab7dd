import { expect } from 'chai';
import fc from 'fast-check';
import { type CheckOptions } from '../../src/schema/checks/valueCheck.js';
import { type FieldDescribe } from '../../src/schema/describe.js';
import { FIELD_CHECKS, valueCheck } from '../../src/schema/fields.js';
import { field } from './objects.js';

const PICKLIST = {
  restrictedPicklist: true,
  picklistValues: [
    { value: 'In Transit', active: true },
    { value: 'Zurück', active: true },
    { value: 'Old', active: false }
  ]
};
const PREFIXES = new Map([
  ['Account', '001'],
  ['Group', '00G'],
  ['User', '005']
]);

function described(type: string, more: Record<string, unknown>): FieldDescribe {
  return field('X__c', { type, length: 0, ...more }) as FieldDescribe;
}

/** As a load asks: the bytes first, and the text only where they did not decide. */
function codeOf(value: string, type: string, more: Record<string, unknown>, isInsert = true): string | undefined {
  const check = valueCheck(described(type, more), { isInsert, keyPrefixes: PREFIXES });
  if (!check) return undefined;
  const bytes = Buffer.from(`x${value}x`);
  return check.fits(bytes, 1, bytes.length - 1) ? undefined : check.misfit(value)?.code;
}

type Case = readonly [
  type: string,
  more: Record<string, unknown>,
  fitting: readonly string[],
  code: string,
  misfits: readonly string[]
];

const CASES: readonly Case[] = [
  [
    'string',
    { length: 5 },
    ['abcde', 'üüüüü', '東京東京東', '🚚🚚🚚🚚🚚', '  abcde  '],
    'BULKOPS_VALUE_TOO_LONG',
    ['abcdef']
  ],
  ['textarea', { length: 3 }, ['a\r\nb', 'a\nb'], 'BULKOPS_VALUE_TOO_LONG', ['a\r\nb\r\nc']],
  ['phone', { length: 40 }, ['call me maybe'], 'BULKOPS_VALUE_TOO_LONG', ['1'.repeat(41)]],
  ['url', { length: 10 }, ['not a url'], 'BULKOPS_VALUE_TOO_LONG', ['https://example.com']],
  ['combobox', { length: 3 }, ['abc'], 'BULKOPS_VALUE_TOO_LONG', ['abcd']],
  ['encryptedstring', { length: 3 }, ['abc'], 'BULKOPS_VALUE_TOO_LONG', ['abcd']],
  ['picklist', { length: 3 }, ['abc'], 'BULKOPS_VALUE_TOO_LONG', ['abcd']],
  [
    'picklist',
    PICKLIST,
    ['In Transit', 'Zurück', 'in transit', ' Zurück '],
    'BULKOPS_BAD_PICKLIST_VALUE',
    ['Old', 'Lost', 'In Transi']
  ],
  [
    'multipicklist',
    PICKLIST,
    ['In Transit', 'Zurück;In Transit', 'zurück; in transit', 'Zurück;'],
    'BULKOPS_BAD_PICKLIST_VALUE',
    ['Zurück;Old', 'In Transit,Zurück']
  ],
  [
    'boolean',
    {},
    ['true', 'false', '1', '0', 'TRUE', 'False', ' true'],
    'BULKOPS_BAD_BOOLEAN',
    ['yes', 'no', 't', 'on', '2', '-1']
  ],
  [
    'int',
    { digits: 4 },
    ['0', '9999', '-9999', '+12', '0012', '1e3', '5.0'],
    'BULKOPS_BAD_NUMBER',
    ['1.5', '1,000', 'x', '-', '0x10', '1 2', 'NaN']
  ],
  ['int', { digits: 4 }, ['00009999'], 'BULKOPS_NUMBER_TOO_LARGE', ['10000', '-10000', '1e4']],
  ['long', {}, ['123456789012345678'], 'BULKOPS_BAD_NUMBER', ['1.5']],
  [
    'double',
    { precision: 5, scale: 2 },
    ['999.99', '-999.99', '.5', '5.', '1E2', '9.12260031E-8', '999.98765', ' 1 ', '+1.5', '0000012'],
    'BULKOPS_BAD_NUMBER',
    ['heavy', '1,5', '1.2.3', '$5', '5%', '--5', '.', 'e5', 'Infinity', '1_000', '٣']
  ],
  ['double', { precision: 5, scale: 2 }, ['999.999'], 'BULKOPS_NUMBER_TOO_LARGE', ['1000', '-1000', '1E3', '1e400']],
  [
    'currency',
    { precision: 18, scale: 2 },
    ['9.12260031E8', '1234567890123456.78'],
    'BULKOPS_NUMBER_TOO_LARGE',
    ['12345678901234567']
  ],
  ['percent', { precision: 3, scale: 0 }, ['100'], 'BULKOPS_BAD_NUMBER', ['100%']],
  [
    'date',
    {},
    ['2024-01-31', '2024-02-29', '1940-06-07Z', '2024-01-31+01:00', '2024-01-31T12:00:00Z', '2024-1-5', '2000-02-29'],
    'BULKOPS_BAD_DATE',
    [
      '2026-02-30',
      '2023-02-29',
      '1900-02-29',
      '2024-13-01',
      '2024-00-10',
      '2024-01-00',
      '31.01.2024',
      '01/31/2024',
      '20240131',
      'today',
      '2024-01-311',
      '24-01-31'
    ]
  ],
  [
    'datetime',
    {},
    [
      '2024-01-31T12:00:00Z',
      '2024-01-31T12:00:00.000Z',
      '2024-01-31T12:00:00.123456+0530',
      '2024-01-31T12:00:00-08:00',
      '2024-01-31T12:00:00',
      '2024-01-31',
      '2024-01-31T24:00:00Z'
    ],
    'BULKOPS_BAD_DATE',
    [
      '2024-01-31 12:00:00',
      '2024-02-30T12:00:00Z',
      '2024-01-31T25:00:00Z',
      '2024-01-31T12:60:00Z',
      '31/01/2024 12:00',
      'now',
      '2024-01-31T12:00:00 Z'
    ]
  ],
  ['time', {}, ['12:00:00', '12:00:00.000Z', '9:30'], 'BULKOPS_BAD_DATE', ['25:00:00', 'noon', '12h']],
  [
    'email',
    { length: 20 },
    ['a@b.co', 'ä@ö.de', "o'neil@x-y.org", '"a@b"@c.de', ' a@b.co '],
    'BULKOPS_BAD_EMAIL',
    ['a', 'a@b', '@b.co', 'a@b.', 'a b@c.de', 'a@b@c.de', 'a@.']
  ],
  ['email', { length: 6 }, ['a@b.co'], 'BULKOPS_VALUE_TOO_LONG', ['ab@cd.com']],
  [
    'reference',
    { referenceTo: ['Account'] },
    ['001000000000001', '001000000000001AAA', '000000000000000AAA', '0013000000G1sZ9AAJ', ' 001000000000001AAA '],
    'BULKOPS_BAD_ID',
    [
      '003000000000001',
      '00100000000001',
      '0010000000000011',
      'Acme',
      '001-00000000001',
      '001000000000001AAB',
      '001000000000001aaa',
      '0013000000g1sz9aaj',
      '0013000000G1SZ9AAJ',
      '0013000000G1sZ9AAj'
    ]
  ],
  [
    'reference',
    { referenceTo: ['Group', 'User'] },
    ['00G000000000001', '005000000000001AAA'],
    'BULKOPS_BAD_ID',
    ['001000000000001']
  ],
  ['reference', { referenceTo: ['Account', 'Unknown__c'] }, ['a0X000000000001'], 'BULKOPS_BAD_ID', ['a0X']],
  ['id', { referenceTo: [] }, ['a0X000000000001'], 'BULKOPS_BAD_ID', ['1']]
];

describe('schema/fields', () => {
  const written: ReadonlyArray<[type: string, value: string, said: RegExp]> = [
    ['double', '1,5', /1234\.56, with a decimal point/],
    ['double', '1.234,56', /decimal point/],
    ['currency', '€ 1.234,56', /decimal point/],
    ['currency', '1\u202f234,56\u00a0$', /decimal point/],
    ['percent', '12 %', /decimal point/],
    ['currency', '(5.00)', /decimal point/],
    ['int', '1,000', /whole number such as 1234, with digits alone/],
    ['double', 'heavy', /number$/],
    ['double', '1.5 kg', /number$/],
    ['int', '1.5', /whole number$/]
  ];
  for (const [type, value, said] of written)
    it(`says of "${value}" for ${type} how it is to be written, as far as that can be told`, () => {
      const check = valueCheck(described(type, {}), { isInsert: true, keyPrefixes: PREFIXES });
      expect(check?.misfit(value)?.reason).to.match(said);
    });

  for (const [type, more, fitting, code, misfits] of CASES) {
    it(`takes for ${type} what the service takes: ${fitting.join(' | ').slice(0, 60)}`, () => {
      for (const value of fitting) expect(codeOf(value, type, more), value).to.equal(undefined);
    });
    it(`refuses for ${type} what it is known to refuse, as ${code}: ${misfits.join(' | ').slice(0, 40)}`, () => {
      for (const value of misfits) expect(codeOf(value, type, more), value).to.equal(code);
    });
  }

  it('leaves a picklist value that is no longer active to the org where a record may have it', () => {
    expect(codeOf('Old', 'picklist', PICKLIST, false)).to.equal(undefined);
    expect(codeOf('Old;Zurück', 'multipicklist', PICKLIST, false)).to.equal(undefined);
    expect(codeOf('Lost', 'picklist', PICKLIST, false)).to.equal('BULKOPS_BAD_PICKLIST_VALUE');
  });

  it('takes anything where a picklist is not restricted, and where the type is none of its own', () => {
    expect(codeOf('Lost', 'picklist', { ...PICKLIST, restrictedPicklist: false, length: 255 })).to.equal(undefined);
    expect(valueCheck(described('base64', {}), { isInsert: true, keyPrefixes: PREFIXES })).to.equal(undefined);
    expect(valueCheck(described('constructor', {}), { isInsert: true, keyPrefixes: PREFIXES })).to.equal(undefined);
  });

  it('says what would fit', () => {
    const misfit = (type: string, more: Record<string, unknown>, value: string): string | undefined =>
      valueCheck(described(type, more), { isInsert: true, keyPrefixes: PREFIXES })?.misfit(value)?.reason;
    expect(misfit('string', { length: 3 }, 'abcd')).to.equal('has 4 characters, and the field takes 3');
    expect(misfit('picklist', PICKLIST, 'x')).to.contain('(In Transit, Zurück)');
    expect(misfit('multipicklist', PICKLIST, 'Zurück; x')).to.contain('holds "x"');
    expect(misfit('reference', { referenceTo: ['Group', 'User'] }, '001000000000001')).to.equal(
      'is no Id of Group or User, which begins with 00G or 005'
    );
  });

  it('never clears by its bytes what the text would refuse', () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789-+.:TZeE'), maxLength: 24 }),
      fc.string({ unit: fc.constantFrom('a', '@', '.', ' ', 'ü', '0'), maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
    );
    const options: CheckOptions = { isInsert: true, keyPrefixes: PREFIXES };
    const fields = Object.keys(FIELD_CHECKS).map((type) =>
      described(type, { ...PICKLIST, length: 8, digits: 4, precision: 6, scale: 2, referenceTo: ['Account'] })
    );
    fc.assert(
      fc.property(fc.constantFrom(...fields), value, (one, text) => {
        const check = valueCheck(one, options);
        const bytes = Buffer.from(`9${text}9`);
        if (text !== '' && check?.fits(bytes, 1, bytes.length - 1)) expect(check.misfit(text)).to.equal(undefined);
      }),
      { numRuns: 3000 }
    );
  });
});
