import { expect } from 'chai';
import fc from 'fast-check';
import { remedyFor, ROW_ERRORS, rowError } from '../../src/bulk/rowError.js';

/** Texts that were seen in real orgs (BULK_API §4). */
const SEEN: ReadonlyArray<[string, Partial<ReturnType<typeof rowError>>]> = [
  [
    'REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --',
    {
      code: 'REQUIRED_FIELD_MISSING',
      message: 'Required fields are missing: [Name]',
      fields: ['Name'],
      class: 'permanent'
    }
  ],
  ['ENTITY_IS_DELETED:entity is deleted:--', { code: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] }],
  [
    'UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 200 records: 0015f00000AbcDe,0015f00000XyzWvAAB:--',
    { code: 'UNABLE_TO_LOCK_ROW', class: 'transient', lockedIds: ['0015f00000AbcDe', '0015f00000XyzWvAAB'], fields: [] }
  ],
  [
    'UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--',
    { code: 'UNABLE_TO_LOCK_ROW', class: 'transient', lockedIds: [] }
  ],
  [
    'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:T: execution of BeforeUpdate caused by: System.DmlException: Update failed. UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record: []:--',
    { code: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', class: 'transient' }
  ],
  [
    'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:T: execution of BeforeUpdate caused by: System.NullPointerException:--',
    { code: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', class: 'permanent' }
  ],
  [
    "INVALID_FIELD:Failed to deserialize field at col 3. Due to, 'x' is not a valid value for the type xsd:date:CloseDate --",
    { code: 'INVALID_FIELD', fields: ['CloseDate'], class: 'permanent' }
  ],
  ['DUPLICATE_VALUE:a:b:c:Ext__c,Name --', { code: 'DUPLICATE_VALUE', message: 'a:b:c', fields: ['Ext__c', 'Name'] }],
  ['INSUFFICIENT_ACCESS_OR_READONLY:insufficient access:--', { class: 'needs-a-person' }],
  [
    'FIELD_CUSTOM_VALIDATION_EXCEPTION:first line\nsecond: line:Name --',
    { message: 'first line\nsecond: line', fields: ['Name'] }
  ],
  ['SOMETHING_NEW:never heard of:--', { code: 'SOMETHING_NEW', message: 'never heard of', class: 'permanent' }],
  [
    'TooManyLockFailure : Too many lock failure 200 Trying again later.',
    { code: 'TooManyLockFailure', class: 'transient' }
  ],
  ['just a text', { code: 'just a text', message: '', fields: [], class: 'permanent' }],
  ['', { code: '', message: '', fields: [], class: 'permanent' }]
];

describe('bulk/rowError', () => {
  for (const [text, expected] of SEEN)
    it(`reads ${JSON.stringify(text.slice(0, 60))}`, () => {
      expect(rowError(text)).to.deep.include(expected);
    });

  const code = fc.constantFrom(...Object.keys(ROW_ERRORS), 'SOMETHING_ELSE');
  const message = fc
    .string({ unit: fc.constantFrom('a', ' ', ':', ',', '-', '\n', 'ü', '"', '[') })
    .map((text) => text.trim());
  const field = fc.stringMatching(/^[A-Za-z]\w{0,8}(?:__c)?$/);

  it('takes apart what the service puts together, whatever the message holds', () => {
    fc.assert(
      fc.property(
        code,
        message,
        fc.array(field, { maxLength: 3 }),
        fc.constantFrom('', ' '),
        (itsCode, itsMessage, fields, gap) => {
          const found = rowError(`${itsCode}:${itsMessage}:${fields.join(',')}${gap}--`);
          expect(found.code).to.equal(itsCode);
          expect(found.message).to.equal(itsMessage);
          expect(found.fields).to.deep.equal(fields);
        }
      )
    );
  });

  it('reads any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = rowError(text);
        expect(text.startsWith(found.code) || text.trim().startsWith(found.code)).to.equal(true);
        expect(['transient', 'permanent', 'needs-a-person']).to.include(found.class);
      })
    );
  });

  it('has a remedy for each code of the table and for no other', () => {
    for (const known of Object.keys(ROW_ERRORS)) expect(remedyFor(known)).to.match(/\.$/);
    for (const unknown of ['SOMETHING_NEW', 'toString', 'constructor', '__proto__', ''])
      expect(remedyFor(unknown)).to.equal(undefined);
  });

  it('takes no property of objects for a code', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(rowError(`${name}:x:--`).class).to.equal('permanent');
  });
});
