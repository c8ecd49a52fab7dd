import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { type ColumnMapping, type ConstantMapping } from '../../src/schema/columnMapping.js';
import { readMappingFile } from '../../src/schema/mappingFile.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

describe('schema/mappingFile', () => {
  const dir = tempDir();
  let files = 0;

  async function write(text: string | Buffer, extension: string): Promise<string> {
    const path = join(dir.path, `${(files += 1)}.${extension}`);
    await writeFile(path, text);
    return path;
  }
  const read = async (text: string | Buffer, extension: string): Promise<ColumnMapping[]> =>
    (await readMappingFile(await write(text, extension))).columns;
  const constants = async (text: string | Buffer, extension: string): Promise<ConstantMapping[]> =>
    (await readMappingFile(await write(text, extension))).constants;

  describe('in YAML', () => {
    it('has a field for each column, or none for one that is not sent', async () => {
      const text = '# ours\nStudent ID: Student_ID__c\n"Acct: No": Account.Account_No__c\nRemark:\nNote: ~\nAge: ""\n';
      expect(await read(text, 'yaml')).to.deep.equal([
        { column: 'Student ID', line: 2, field: 'Student_ID__c' },
        { column: 'Acct: No', line: 3, field: 'Account.Account_No__c' },
        { column: 'Remark', line: 4, field: null },
        { column: 'Note', line: 5, field: null },
        { column: 'Age', line: 6, field: null }
      ]);
    });

    it('has tables of values, in which everything is text as it is written', async () => {
      const text =
        '\ufeffStatus:\n  field: Status__c\n  values: { A: Active, yes: true, 007: 1.0, "": none, x: }\nKind:\n  values:\n    a: b\n';
      expect(await read(text, 'yml')).to.deep.equal([
        {
          column: 'Status',
          line: 1,
          field: 'Status__c',
          values: { A: 'Active', yes: 'true', '007': '1.0', '': 'none', x: '#N/A' }
        },
        { column: 'Kind', line: 4, values: { a: 'b' } }
      ]);
    });

    it('sends a column to several fields', async () => {
      expect(await read('A: [B, C.D__c]\nE:\n  field: [F, G]\n  values: { x: y }\nH: []\n', 'yaml')).to.deep.equal([
        { column: 'A', line: 1, field: 'B', also: ['C.D__c'] },
        { column: 'E', line: 2, field: 'F', also: ['G'], values: { x: 'y' } },
        { column: 'H', line: 5, field: null }
      ]);
    });

    it('has constants, by their field or under any name', async () => {
      const text =
        'LeadSource: { constant: Web }\nA: B\nboth:\n  field: [X__c, Y__c]\n  constant: 007\nGone__c: { constant: }\n';
      expect(await constants(text, 'yaml')).to.deep.equal([
        { column: 'LeadSource', field: 'LeadSource', value: 'Web', line: 1 },
        { column: 'both', field: 'X__c', value: '007', line: 3 },
        { column: 'both', field: 'Y__c', value: '007', line: 3 },
        { column: 'Gone__c', field: 'Gone__c', value: '#N/A', line: 6 }
      ]);
      expect(await read(text, 'yaml')).to.deep.equal([{ column: 'A', field: 'B', line: 2 }]);
    });

    it('may be JSON', async () => {
      expect(await read('{"A": "A__c", "B": null}', 'json')).to.deep.equal([
        { column: 'A', line: 1, field: 'A__c' },
        { column: 'B', line: 1, field: null }
      ]);
    });

    it('leaves columns that it does not name to their names', async () => {
      expect((await readMappingFile(await write('A: B\n', 'yaml'))).isWhole).to.equal(false);
    });
  });

  describe('of Data Loader', () => {
    it('has a line for each column, whatever the signs in it', async () => {
      const text = [
        '#Mapping values',
        '! another comment',
        '#Wed Nov 25 10:00:00 CET 2026',
        '',
        'Student\\ ID=Student_ID__c',
        '  Name : LastName',
        'City\\: = MailingCity',
        'Gr\\u00f6\\u00dfe\tSize__c',
        'Not\\ wanted=',
        'alone',
        'Long\\',
        '   Name=Note__c',
        'Account=Account\\:Account_No__c',
        'Owner=Owner\\:User-Email',
        'Path=Account.Account_No__c',
        'Caf\u00e9\u00a0No=Cafe_No__c',
        'a\\=b\\:c=A_B__c',
        'twice\\\\=Twice__c'
      ].join('\r\n');
      expect((await read(text, 'sdl')).map(({ column, field, line }) => [line, column, field])).to.deep.equal([
        [5, 'Student ID', 'Student_ID__c'],
        [6, 'Name', 'LastName'],
        [7, 'City:', 'MailingCity'],
        [8, 'Größe', 'Size__c'],
        [9, 'Not wanted', null],
        [10, 'alone', null],
        [11, 'LongName', 'Note__c'],
        [13, 'Account', 'Account.Account_No__c'],
        [14, 'Owner', 'User:Owner.Email'],
        [15, 'Path', 'Account.Account_No__c'],
        [16, 'Café\u00a0No', 'Cafe_No__c'],
        [17, 'a=b:c', 'A_B__c'],
        [18, 'twice\\', 'Twice__c']
      ]);
    });

    it('is Latin-1 where it is no UTF-8', async () => {
      expect((await read(Buffer.from('Gr\xf6\xdfe=Size__c', 'latin1'), 'SDL'))[0]?.column).to.equal('Größe');
      expect((await read('Größe=Size__c', 'sdl'))[0]?.column).to.equal('Größe');
    });

    it('has constants and columns that go to several fields', async () => {
      const text = [
        '#Mapping values',
        'Name=Name',
        '"Aerospace"=Industry',
        '"Some\\ De\\:scription\\=1"=Description',
        '\\"California\\" = BillingState, ShippingState,',
        '""=Site',
        'State=MailingState, Owner\\:User-Email'
      ].join('\n');
      expect(await constants(text, 'sdl')).to.deep.equal([
        { field: 'Industry', value: 'Aerospace', line: 3 },
        { field: 'Description', value: 'Some De:scription=1', line: 4 },
        { field: 'BillingState', value: 'California', line: 5 },
        { field: 'ShippingState', value: 'California', line: 5 },
        { field: 'Site', value: '', line: 6 }
      ]);
      expect(await read(text, 'sdl')).to.deep.equal([
        { column: 'Name', field: 'Name', line: 2 },
        { column: 'State', field: 'MailingState', also: ['User:Owner.Email'], line: 7 }
      ]);
    });

    it('does not mind a constant that goes nowhere', async () => {
      expect(await read('"Web"=\nA=B\n', 'sdl')).to.deep.equal([{ column: 'A', field: 'B', line: 2 }]);
    });

    it('leaves out columns that it does not name', async () => {
      expect((await readMappingFile(await write('A=B\n', 'sdl'))).isWhole).to.equal(true);
    });

    it('gives back any names that are escaped', async () => {
      const escaped = (text: string): string =>
        [...text]
          .map((one) => (/[a-z]/.test(one) ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`))
          .join('');
      const name = fc.string({
        unit: fc.constantFrom('a', 'z', ' ', '=', ':', '\\', '#', 'ü', '"', '\t'),
        minLength: 1,
        maxLength: 6
      });
      await fc.assert(
        fc.asyncProperty(
          name.filter((one) => !/^".*"$/.test(one)),
          async (column) => {
            expect((await read(`${escaped(column)}=X__c\n`, 'sdl'))[0]).to.deep.equal({
              column,
              field: 'X__c',
              line: 1
            });
          }
        ),
        { numRuns: 50 }
      );
    });
  });

  const broken: ReadonlyArray<[string, string, string, RegExp]> = [
    ['YAML that is none', 'A: B\nC: [\n', 'yaml', /line [23]: /],
    ['a tab in YAML', 'A: B\n\tC: D\n', 'yaml', /line 2: /],
    ['a list', '- A\n- B\n', 'yaml', /line 1: .*no list of columns/],
    ['nothing', '# nothing\n', 'yaml', /line 1: .*no list of columns/],
    ['a column twice', 'A: B\nC: D\nA: E\n', 'yaml', /line 3: /],
    ['a column twice in another case', 'A: B\nC: D\na: E\n', 'yaml', /line 3: .*line 1/],
    ['a list in a list of fields', 'A: B\nC: [D, [E]]\n', 'yaml', /line 2: .*text is missing/],
    ['a word that is not known', 'A:\n  field: B\n  vlaues: {}\n', 'yaml', /line 3: "vlaues" is none of/],
    ['a constant with values', 'A:\n  constant: B\n  values: {}\n', 'yaml', /line 1: a constant has a field/],
    ['a constant for nothing', 'A: B\nC: { constant: B, field: }\n', 'yaml', /line 2: a constant has a field/],
    ['two constants for a field', 'A: { constant: B }\nC: { constant: D, field: a }\n', 'yaml', /line 2: .*line 1/],
    ['values that are no table', 'A:\n  values: [a, b]\n', 'yaml', /line 2: values is no list/],
    ['an alias', 'A: &x B\nC: *x\n', 'yaml', /line 2: .*alias/],
    ['a constant whose space is not escaped', 'A=B\n"On the Web"=LeadSource\n', 'sdl', /line 2: within a constant/],
    ['two constants of Data Loader for a field', '"A"=B\n"C"=D,b\n', 'sdl', /line 2: the field b .*line 1/],
    ['a field without a column', 'A=B\n=C\n', 'sdl', /line 2: no column/],
    ['an escape that is none', 'A=B\nB\\u00g=C\n', 'sdl', /line 2: /],
    ['a column of Data Loader twice', 'A=B\nA=C\n', 'sdl', /line 2: .*line 1/]
  ];
  for (const [what, text, extension, message] of broken)
    it(`refuses ${what}, and says in which line`, async () => {
      const error = await sfRejection(read(text, extension));
      expect(error.name).to.equal('MappingBrokenError');
      expect(error.message).to.match(message);
    });

  it('says which file can not be read', async () => {
    const error = await sfRejection(readMappingFile(join(dir.path, 'none.yaml')));
    expect(error.name).to.equal('MappingUnreadableError');
    expect((await sfRejection(read(Buffer.from([0x41, 0xff]), 'yaml'))).message).to.match(/1?\.yaml .*UTF-8/);
  });
});
