import { expect } from 'chai';
import fc from 'fast-check';
import { describeObject, type ObjectDescribe } from '../../src/schema/describe.js';
import { type ConstantAsked, mapColumns, type MappedColumn, type Mapping } from '../../src/schema/mapping.js';
import { sfRejection } from '../rejection.js';
import { CONTACT } from './objects.js';

describe('schema/mapping', () => {
  let contact: ObjectDescribe;
  before(async () => {
    contact = await describeObject({ get: async () => Promise.resolve(CONTACT) }, 'Contact');
  });

  type Asked = {
    map?: ReadonlyArray<[column: string, ...fields: string[]]>;
    skip?: string[];
    constants?: ConstantAsked[];
    isBlind?: boolean;
  };

  function mapping(header: string[], { map: lists = [], skip = [], constants, isBlind = false }: Asked = {}): Mapping {
    const map = new Map(lists.map(([column, ...fields]) => [column, fields]));
    return mapColumns(header, { map, skipColumns: skip, constants }, isBlind ? undefined : contact);
  }
  const map = (header: string[], asked?: Asked): readonly MappedColumn[] => mapping(header, asked).columns;
  const fields = (header: string[], asked?: Asked): Array<string | undefined> =>
    map(header, asked).map(({ field }) => field);

  it('goes by API name whatever its case, and writes it as the org does', () => {
    expect(fields(['lastname', 'STUDENT_ID__C', ' Email '])).to.deep.equal(['LastName', 'Student_ID__c', 'Email']);
    expect(map(['EMAIL'])[0]?.describe?.type).to.equal('email');
  });

  it('goes by a label that only one field has', () => {
    expect(fields(['last name', 'Student ID'])).to.deep.equal(['LastName', 'Student_ID__c']);
  });

  it('does not mind marks that nobody sees and other spaces, which copied headers have', () => {
    expect(fields(['Last\u00a0Name', 'Student_ID__c\u200b', '\ufeffEmail'])).to.deep.equal([
      'LastName',
      'Student_ID__c',
      'Email'
    ]);
    expect(fields(['Last\nName'], { map: [['last name', 'LastName']], isBlind: true })).to.deep.equal(['LastName']);
    expect(fields(['LastName\u200b'], { isBlind: true })).to.deep.equal(['LastName']);
  });

  it('sends no column without a name', () => {
    expect(fields(['Email', '', ' '])).to.deep.equal(['Email', undefined, undefined]);
    expect(fields(['Email', ''], { isBlind: true })).to.deep.equal(['Email', undefined]);
  });

  it('names a few of a thousand unknown columns, and how many there are', async () => {
    const header = Array.from({ length: 1000 }, (_, at) => `Column ${at}`);
    const error = await sfRejection((async () => Promise.resolve(map(header)))());
    expect(error.message.length).to.be.below(1000);
    expect(error.message).to.contain('"Column 0"').and.contain('(1000 in all)');
    expect(error.actions?.join().length).to.be.below(3000);
  });

  it('says that one column may be many whose delimiter was taken for another one', async () => {
    const actions = async (header: string[]): Promise<string> =>
      (await sfRejection((async () => Promise.resolve(map(header)))())).actions?.join() ?? '';
    expect(await actions(['Email;LastName'])).to.match(/read as one column.*--column-delimiter/);
    expect(await actions(['Email~LastName'])).to.match(/read as one column/);
    expect(await actions(['What is this?'])).to.not.match(/one column/);
    expect(await actions(['Email', 'a;b'])).to.not.match(/one column/);
  });

  it('says that a title may stand above the header where no column is known', async () => {
    const actions = async (header: string[]): Promise<string> =>
      (await sfRejection((async () => Promise.resolve(map(header)))())).actions?.join() ?? '';
    expect(await actions(['Contacts of November', '', ''])).to.match(/delete a title that stands above/);
    expect(await actions(['Contacts of November', '2026'])).to.match(/delete a title/);
    expect(await actions(['Emial', 'LastName'])).to.not.match(/title/);
  });

  it('prefers an API name to a label', () => {
    expect(fields(['Email'])).to.deep.equal(['Email']);
  });

  it('passes relationships on as they are', () => {
    expect(map(['Account.Account_No__c', 'User:Owner.Email'])).to.deep.equal([
      { column: 'Account.Account_No__c', index: 0, field: 'Account.Account_No__c' },
      { column: 'User:Owner.Email', index: 1, field: 'User:Owner.Email' }
    ]);
  });

  it('does as it was asked first', () => {
    expect(
      fields(['Key', 'Email'], {
        map: [
          ['key', 'student_id__c'],
          ['EMAIL', 'Note__c']
        ]
      })
    ).to.deep.equal(['Student_ID__c', 'Note__c']);
  });

  it('sends a column to several fields, and constants beside all columns', () => {
    const { columns, beside } = mapping(['A', 'Code__c'], {
      map: [['A', 'email', 'note__c', 'Account.Account_No__c']],
      constants: [{ field: 'LASTNAME', value: 'x' }]
    });
    expect(columns.map(({ index, field }) => [index, field])).to.deep.equal([
      [0, 'Email'],
      [1, 'Code__c']
    ]);
    expect(beside.map(({ index, field, constant }) => [index, field, constant])).to.deep.equal([
      [0, 'Note__c', undefined],
      [0, 'Account.Account_No__c', undefined],
      [-1, 'LastName', 'x']
    ]);
    expect(beside[2]?.describe?.name).to.equal('LastName');
    const blind = mapping(['A'], { isBlind: true, constants: [{ field: 'any__c', value: '' }] });
    expect(blind.beside.map(({ field, constant }) => [field, constant])).to.deep.equal([['any__c', '']]);
  });

  it('suggests fields for a constant that goes to none', async () => {
    const asked = { constants: [{ field: 'LastNam', value: 'x' }] };
    const found = await sfRejection(Promise.resolve().then(() => mapping(['Email'], asked)));
    expect(found.actions?.join()).to.contain('LastName');
  });

  it('leaves out what it was told to leave out, and keeps its place', () => {
    expect(map(['A', 'Email', 'b '], { skip: ['a', 'B'] }).map(({ index, field }) => [index, field])).to.deep.equal([
      [0, undefined],
      [1, 'Email'],
      [2, undefined]
    ]);
  });

  it('ignores the columns of our result files, so that a corrected failed.csv is loaded as it is', () => {
    expect(fields(['sf__Id', 'sf__Error', 'bulkops__Row', 'sf__Created', 'Email'])).to.deep.equal([
      undefined,
      undefined,
      undefined,
      undefined,
      'Email'
    ]);
    expect(fields(['sf__Id', 'Email'], { map: [['sf__Id', 'Id']] })).to.deep.equal(['Id', 'Email']);
  });

  it('takes names as they are where the org was not asked', () => {
    expect(fields(['Anything', ' x__c '], { isBlind: true })).to.deep.equal(['Anything', 'x__c']);
    expect(fields(['Key'], { isBlind: true, map: [['Key', 'Y__c']] })).to.deep.equal(['Y__c']);
  });

  const refused: ReadonlyArray<[string, string[], Asked, string, RegExp]> = [
    ['a column that is no field', ['Emial'], {}, 'ColumnUnknownError', /"Emial"/],
    ['a label that two fields have', ['Amount'], {}, 'ColumnUnknownError', /"Amount"/],
    ['a map to no field', ['A'], { map: [['A', 'Emial']] }, 'ColumnUnknownError', /"A", which is sent to Emial/],
    ['all columns that are no field at once', ['X', 'Email', 'Y'], {}, 'ColumnUnknownError', /"X"; "Y"/],
    ['a map to a label', ['A'], { map: [['A', 'Last Name']] }, 'ColumnUnknownError', /"A"/],
    ['a map of a column that is not there', ['Email'], { map: [['Mail', 'Email']] }, 'ColumnMissingError', /"Mail"/],
    ['a skip of a column that is not there', ['Email'], { skip: ['Mail'] }, 'ColumnMissingError', /"Mail"/],
    [
      'two columns for one field',
      ['Email', 'Mail'],
      { map: [['Mail', 'email']] },
      'FieldTwiceError',
      /the column "Email" and the column "Mail" go to the field Email/
    ],
    [
      'two columns for one field, by name and label',
      ['LastName', 'Last Name'],
      {},
      'FieldTwiceError',
      /the column "LastName" and the column "Last Name"/
    ],
    [
      'a second field that another column goes to',
      ['Email', 'A'],
      { map: [['A', 'Note__c', 'email']] },
      'FieldTwiceError',
      /the column "Email" and the column "A"/
    ],
    [
      'a second field that is none',
      ['A'],
      { map: [['A', 'Email', 'Emial']] },
      'ColumnUnknownError',
      /"A", which is sent to Emial/
    ],
    [
      'a constant for a field that a column goes to',
      ['Email'],
      { constants: [{ field: 'email', value: 'x@y.zz' }] },
      'FieldTwiceError',
      /the column "Email" and the constant "x@y.zz" go to the field Email/
    ],
    [
      'a constant for no field',
      ['Email'],
      { constants: [{ field: 'Last Name', value: 'x', where: 'x.sdl line 3' }] },
      'ConstantUnknownError',
      /Contact has no field Last Name .*"x" \(x\.sdl line 3\)/
    ]
  ];
  for (const [name, header, asked, error, message] of refused)
    it(`refuses ${name}`, async () => {
      const found = await sfRejection(Promise.resolve().then(() => map(header, asked)));
      expect(found.name).to.equal(error);
      expect(found.message).to.match(message);
    });

  it('suggests fields that look like the one that was not found', async () => {
    for (const [wrong, meant] of [
      ['Student_Id', 'Student_ID__c'],
      ['Emial', 'Email'],
      ['Frist Name', 'FirstName'],
      ['Acount ID', 'AccountId']
    ]) {
      const found = await sfRejection(Promise.resolve().then(() => map([wrong ?? ''])));
      expect(found.actions?.join('\n'), wrong).to.contain(`${wrong} → ${meant}`).and.contain('--skip-column');
    }
  });

  it('gives one column for each of the header, in its order, and never a field twice', () => {
    const names = CONTACT.fields.map(({ name }) => String(name));
    fc.assert(
      fc.property(fc.shuffledSubarray(names), fc.func(fc.boolean()), (chosen, isLower) => {
        const header = chosen.map((name) => (isLower(name) ? name.toLowerCase() : name));
        const mapped = map(header);
        expect(mapped.map(({ column }) => column)).to.deep.equal(header);
        expect(mapped.map(({ index }) => index)).to.deep.equal(header.map((_, at) => at));
        expect(mapped.map(({ field }) => field)).to.deep.equal(chosen);
      })
    );
  });
});
