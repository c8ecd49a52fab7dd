import { expect } from 'chai';
import { type LoadAsked } from '../../../src/load/asked.js';
import { type LoadColumns, loadColumns } from '../../../src/load/prepare/columns.js';
import { sfRejection } from '../../rejection.js';
import { CONTACT, field } from '../../schema/objects.js';
import { ASKED } from '../loadHarness.js';

const ACCOUNT = {
  ...CONTACT,
  name: 'Account',
  createable: false,
  updateable: false,
  deletable: false,
  fields: [
    field('Id', { type: 'id', createable: false, updateable: false }),
    field('Name', { nillable: false }),
    field('LastName'),
    field('Account_No__c', { externalId: true })
  ]
};
const OPEN_ACCOUNT = { ...ACCOUNT, createable: true, updateable: true };
const CHILD = {
  ...CONTACT,
  name: 'Child__c',
  fields: [
    field('Parent__c', { type: 'reference', nillable: false, referenceTo: ['Account'], relationshipName: 'Parent__r' }),
    field('Is_Big__c', { type: 'boolean', nillable: false }),
    field('Fixed__c', { createable: true, updateable: false }),
    field('Sum__c', { createable: false, updateable: false }),
    field('Key__c', { externalId: true })
  ]
};

describe('load/columns', () => {
  let asked: string[];

  async function columnsOf(
    header: string[],
    more: Partial<LoadAsked>,
    objects: ReadonlyArray<{ name: string }> = [CONTACT, ACCOUNT, CHILD],
    nulls?: ReadonlySet<string>
  ): Promise<LoadColumns> {
    asked = [];
    const org = {
      get: async (path: string) => {
        const [, name = ''] = /^\/sobjects\/(\w+)\/describe$/.exec(path) ?? [];
        asked.push(name);
        return Promise.resolve(objects.find((object) => object.name === name));
      }
    };
    return loadColumns({ header, nulls }, { ...ASKED, validate: 'full', ...more }, org);
  }

  it('leaves out a relationship that is null in every record, as a query writes it, and says so', async () => {
    const more = { operation: 'upsert', externalId: 'Key__c', sobject: 'Child__c' } as const;
    const nulls = new Set(['parent__r', 'is_big__c']);
    const { sent, warnings } = await columnsOf(['Key__c', 'Parent__r', 'Is_Big__c'], more, [CHILD], nulls);
    expect(sent.map(({ field: to }) => to)).to.deep.equal(['Key__c', 'Is_Big__c']);
    expect(warnings.join()).to.match(/null in every record.*Parent__r\.$/);
    const full = columnsOf(['Key__c', 'Parent__r'], more, [CHILD]);
    expect((await sfRejection(full)).name).to.equal('ColumnUnknownError');
    const unknown = columnsOf(['Key__c', 'No__r'], more, [CHILD], new Set(['no__r']));
    expect((await sfRejection(unknown)).name).to.equal('ColumnUnknownError');
  });

  it('refuses more names than the header of a job may hold', async () => {
    const names = Array.from({ length: 1000 }, (_, at) => `A_rather_long_name_of_a_field_${at}__c`);
    const wide = { ...CONTACT, fields: [...CONTACT.fields, ...names.map((name) => field(name))] };
    const error = await sfRejection(columnsOf(['Id', ...names], { operation: 'update' }, [wide]));
    expect(error.name).to.equal('HeaderTooLongError');
    const { sent } = await columnsOf(['Id', ...names.slice(0, 800)], { operation: 'update' }, [wide]);
    expect(sent).to.have.length(801);
  });

  it('does not mind that a mapping of Data Loader names columns that are not sent and not there', async () => {
    const mapping = { name: 'x.sdl', isWhole: true, columns: [{ column: 'Gone', field: null, line: 1 }] };
    const mapped = { column: 'Mail', field: 'Email', line: 2 };
    const named = { ...mapping, columns: [...mapping.columns, mapped] };
    const { sent } = await columnsOf(['Mail'], {
      operation: 'update',
      validate: 'none',
      mapping: named,
      map: [['Mail', 'Id']]
    });
    expect(sent.map(({ field: to }) => to)).to.deep.equal(['Id']);
    const missing = columnsOf(['Id'], { operation: 'update', mapping: named });
    expect((await sfRejection(missing)).message).to.match(/"Mail" \(x.sdl line 2\)/);
    const strict = columnsOf(['Id'], { operation: 'update', mapping: { ...mapping, isWhole: false } });
    expect((await sfRejection(strict)).name).to.equal('ColumnMissingError');
  });

  describe('constants', () => {
    const sentOf = ({ sent }: LoadColumns): unknown[] => sent.map(({ field: to, constant }) => [to, constant]);
    const file = { name: 'x.yaml', isWhole: false, columns: [] };

    it('are sent after the columns, those of flags in place of those of the mapping file', async () => {
      const columns = await columnsOf(['LastName'], {
        set: [
          ['email', 'x@y.zz'],
          ['Account.account_no__c', 'A-1']
        ],
        mapping: {
          ...file,
          constants: [
            { field: 'EMAIL', value: 'a@b.cc', line: 1 },
            { field: 'Note__c', value: 'n', line: 2 }
          ]
        }
      });
      expect(sentOf(columns)).to.deep.equal([
        ['LastName', undefined],
        ['Note__c', 'n'],
        ['Email', 'x@y.zz'],
        ['Account.Account_No__c', 'A-1']
      ]);
      expect(columns.mapped).to.have.length(1);
    });

    it('give a required field its value', async () => {
      expect(sentOf(await columnsOf(['Email'], { set: [['LastName', 'x']] }))).to.have.length(2);
    });

    it('stand in the place of the column whose name they have in the mapping file', async () => {
      const constants = [{ column: 'email', field: 'Email', value: 'x@y.zz', line: 1 }];
      const columns = await columnsOf(['LastName', 'Email'], { mapping: { ...file, constants } });
      expect(sentOf(columns)).to.deep.equal([
        ['LastName', undefined],
        ['Email', 'x@y.zz']
      ]);
      expect(columns.mapped.map(({ field: to }) => to)).to.deep.equal(['LastName', undefined]);
      const byFlag = await columnsOf(['LastName', 'Email'], {
        map: [['email', 'Email']],
        mapping: { ...file, constants }
      });
      expect(sentOf(byFlag)).to.deep.equal([
        ['LastName', undefined],
        ['Email', undefined]
      ]);
    });

    it('are no part of a delete', async () => {
      expect(sentOf(await columnsOf(['Id'], { operation: 'delete', set: [['Email', 'x']] }))).to.deep.equal([
        ['Id', undefined]
      ]);
    });

    it('can not be what rows are known by', async () => {
      const error = await sfRejection(
        columnsOf(['LastName'], { operation: 'upsert', externalId: 'Code__c', set: [['code__c', '1']] })
      );
      expect(error.name).to.equal('KeyConstantError');
      expect(error.message).to.match(/Code__c/);
    });

    it('can not go where the operation does not write', async () => {
      const error = await sfRejection(
        columnsOf(['Key__c'], { sobject: 'Child__c', operation: 'update', set: [['Sum__c', '1']] }, [
          { ...CHILD, fields: [...CHILD.fields, field('Id', { type: 'id' })] } as { name: string }
        ])
      );
      expect(error.name).to.equal('ColumnsNotWritableError');
      expect(error.actions?.join()).to.contain('no constant for Sum__c').and.not.contain('--skip-column');
    });

    it('are named with the line of the mapping file where their field is unknown', async () => {
      const constants = [{ field: 'Emial', value: 'x', line: 7 }];
      const error = await sfRejection(columnsOf(['LastName'], { mapping: { ...file, constants } }));
      expect(error.message).to.match(/"x" \(x\.yaml line 7\)/);
    });
  });

  it('sends a column that is mapped twice to both fields', async () => {
    const { sent, mapped } = await columnsOf(['A', 'LastName'], {
      map: [
        ['A', 'Email'],
        ['a', 'Note__c']
      ]
    });
    expect(sent.map(({ index, field: to }) => [index, to])).to.deep.equal([
      [0, 'Email'],
      [1, 'LastName'],
      [0, 'Note__c']
    ]);
    expect(mapped).to.have.length(2);
  });

  it('has nothing to hold against the org where the input has no columns, as JSON without records', async () => {
    const columns = await columnsOf([], { operation: 'upsert', externalId: 'Student_ID__c', skipColumns: ['X'] });
    expect([columns.sent, columns.mapped, columns.keyColumn]).to.deep.equal([[], [], undefined]);
    expect((await sfRejection(columnsOf([], { operation: 'upsert', externalId: 'No__c' }))).name).to.equal(
      'ExternalIdUnknownError'
    );
  });

  it('asks the org nothing where nothing is to be checked', async () => {
    const { sent, externalId } = await columnsOf(['X', 'Key'], {
      operation: 'upsert',
      externalId: 'Key',
      validate: 'none'
    });
    expect(sent.map((column) => column.field)).to.deep.equal(['X', 'Key']);
    expect(externalId).to.equal('Key');
    expect(asked).to.deep.equal([]);
  });

  it('describes each object that columns go to once', async () => {
    const { sent } = await columnsOf(['lastname', 'account.account_no__c', 'Account.Id'], { operation: 'insert' });
    expect(sent.map((column) => column.field)).to.deep.equal(['LastName', 'Account.Account_No__c', 'Account.Id']);
    expect(asked).to.deep.equal(['Contact', 'Account']);
  });

  it('sends nothing but the Id in a delete, whatever else is there, and says so', async () => {
    const columns = await columnsOf(['id', 'Email', 'What is this'], { operation: 'delete' });
    expect(columns.sent.map((column) => column.field)).to.deep.equal(['Id']);
    expect(columns.mapped.map((column) => column.field)).to.deep.equal(['Id', undefined, undefined]);
    expect(columns.warnings.join()).to.contain('ignored: Email');
    expect((await columnsOf(['Id', 'sf__Error'], { operation: 'hardDelete' })).warnings).to.deep.equal([]);
  });

  it('takes a required lookup for given by its relationship, and a boolean for given without a column', async () => {
    const { sent } = await columnsOf(['Parent__r.Account_No__c'], { sobject: 'Child__c', operation: 'insert' });
    expect(sent.map((column) => column.field)).to.deep.equal(['Parent__r.Account_No__c']);
  });

  it('takes a last name for the name of a person account', async () => {
    const { sent } = await columnsOf(['LastName'], { sobject: 'Account', operation: 'insert' }, [OPEN_ACCOUNT]);
    expect(sent).to.have.length(1);
  });

  it('lets an upsert write a field that may be written in one of its two ways', async () => {
    const { sent } = await columnsOf(['Key__c', 'Fixed__c'], {
      sobject: 'Child__c',
      operation: 'upsert',
      externalId: 'key__C'
    });
    expect(sent).to.have.length(2);
  });

  it('finds the column to group by under any of its names', async () => {
    const group = async (groupBy: string): Promise<number | undefined> =>
      (await columnsOf(['LastName', 'account.Account_No__c', 'Mail'], { map: [['Mail', 'Email']], groupBy }))
        .groupColumn;
    for (const name of ['AccountId', 'Account.Account_no__c', 'account.ACCOUNT_No__c'])
      expect(await group(name)).to.equal(1);
    for (const name of ['email', 'Mail']) expect(await group(name)).to.equal(2);
    const error = await sfRejection(group('Account__c'));
    expect(error.name).to.equal('GroupColumnMissingError');
    expect(error.actions?.join()).to.contain('LastName, Account.Account_No__c, Email');
  });

  const refused: ReadonlyArray<[string, string[], Partial<LoadAsked>, string, RegExp]> = [
    [
      'an insert that the user may not do',
      ['Name'],
      { sobject: 'Account', operation: 'insert' },
      'OperationNotAllowedError',
      /insert .*Account/
    ],
    [
      'an update that the user may not do',
      ['Id'],
      { sobject: 'Account', operation: 'update' },
      'OperationNotAllowedError',
      /update/
    ],
    [
      'a delete that the user may not do',
      ['Id'],
      { sobject: 'Account', operation: 'delete' },
      'OperationNotAllowedError',
      /delete/
    ],
    ['an Id in an insert', ['Id', 'LastName'], { operation: 'insert' }, 'ColumnsNotWritableError', /Id/],
    [
      'an Id beside an external ID',
      ['Id', 'Code__c'],
      { operation: 'upsert', externalId: 'Code__c' },
      'ColumnsNotWritableError',
      /Id/
    ],
    [
      'an insert without a required field',
      ['Email'],
      { operation: 'insert' },
      'RequiredColumnsMissingError',
      /LastName/
    ],
    ['an update without Id', ['Email'], { operation: 'update' }, 'KeyColumnMissingError', /Id/],
    ['a delete without Id', ['Email'], { operation: 'delete' }, 'KeyColumnMissingError', /Id/],
    [
      'an upsert without its key',
      ['LastName'],
      { operation: 'upsert', externalId: 'Code__c' },
      'KeyColumnMissingError',
      /Code__c/
    ],
    ['a key that is no field', ['X'], { operation: 'upsert', externalId: 'X' }, 'ExternalIdUnknownError', /X/],
    [
      'a key that is no external ID',
      ['Note__c'],
      { operation: 'upsert', externalId: 'Note__c' },
      'NotAnExternalIdError',
      /Note__c/
    ]
  ];
  for (const [what, header, more, name, message] of refused)
    it(`refuses ${what}`, async () => {
      const error = await sfRejection(columnsOf(header, more));
      expect(error.name).to.equal(name);
      expect(error.message).to.match(message);
    });

  it('names all columns that can not be written, and how to leave them out', async () => {
    const error = await sfRejection(
      columnsOf(['Id', 'Fixed__c', 'sum__c'], { sobject: 'Child__c', operation: 'update' }, [
        { ...CHILD, fields: [...CHILD.fields, field('Id', { type: 'id', createable: false, updateable: false })] } as {
          name: string;
        }
      ])
    );
    expect(error.message).to.match(/update of Child__c .*Fixed__c, Sum__c/);
    expect(error.actions?.join()).to.contain('--skip-column "Fixed__c" --skip-column "sum__c"');
  });

  it('suggests the fields that records can be matched on', async () => {
    const error = await sfRejection(columnsOf(['Note__c'], { operation: 'upsert', externalId: 'Note__c' }));
    expect(error.actions?.join()).to.contain('Student_ID__c, Code__c, Number__c');
  });
});
