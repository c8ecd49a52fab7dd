import { expect } from 'chai';
import { refuseUnsupported } from '../../src/schema/bulkSoql.js';
import { nearMisses } from '../../src/schema/nearMiss.js';
import { SfError } from '@salesforce/core';
import { describing, exportableFields, queryColumns } from '../../src/schema/queryColumns.js';
import { fieldsUsed, readSoql } from '../../src/schema/soql.js';
import { rejection } from '../rejection.js';
import { CONTACT, field } from './objects.js';

function refusal(soql: string): SfError {
  try {
    refuseUnsupported(readSoql(soql));
  } catch (error) {
    if (error instanceof SfError) return error as SfError;
    throw error;
  }
  throw new Error(`${soql} was not refused`);
}

describe('schema/soql', () => {
  it('finds the clauses, whatever stands in texts and subqueries', () => {
    const query = readSoql(
      "select Id, a.Name\nFROM Account a WHERE Name = 'it''s FROM x WHERE (' AND Id IN (SELECT AccountId FROM Contact LIMIT 5) ORDER BY Name LIMIT 10".replace(
        "''",
        "\\'"
      )
    );
    expect(query.sobject).to.equal('Account');
    expect(query.select.map((item) => (item.kind === 'field' ? item.path : item.kind))).to.deep.equal(['Id', 'Name']);
    expect(query.clauses.map(({ name }) => name)).to.deep.equal(['WHERE', 'ORDER BY', 'LIMIT']);
  });

  it('names the fields that are compared and sorted by', () => {
    const query = readSoql(
      "SELECT Id FROM Contact WHERE NOT (Name LIKE 'a%' AND Account.Owner.Name NOT IN ('x')) AND CreatedDate > 2026-01-01T00:00:00Z AND Age__c >= -5 AND x__c = LAST_N_DAYS:3 ORDER BY LastName DESC NULLS LAST"
    );
    expect(fieldsUsed(query).map(({ path }) => path)).to.deep.equal([
      'Name',
      'Account.Owner.Name',
      'CreatedDate',
      'Age__c',
      'x__c',
      'LastName'
    ]);
  });

  const MALFORMED: Array<[soql: string, place: string, what: RegExp]> = [
    ['', 'row 1, column 1', /SELECT is expected/],
    ['UPDATE Account', 'row 1, column 1', /SELECT is expected/],
    ['SELECT Id', 'row 1, column 10', /FROM is missing/],
    ['SELECT Id, Form FORM Account', 'row 1, column 17', /FROM is expected/],
    ['SELECT Id,\n  , Name FROM Account', 'row 2, column 3', /a field is expected/],
    ['SELECT Id, FROM Account', 'row 1, column 11', /a field is expected/],
    ['SELECT Id Name FROM Account', 'row 1, column 11', /comma or FROM is expected/],
    ['SELECT Id FROM', 'row 1, column 15', /name of an object/],
    ['SELECT Id FROM Account WHERE', 'row 1, column 29', /expected after WHERE/],
    ["SELECT Id FROM Account WHERE Name = 'x", 'row 1, column 37', /text begins that does not end/],
    ['SELECT Id FROM Account WHERE Name = "x"', 'row 1, column 37', /single quotes/],
    ['SELECT Id FROM Account WHERE Name = ‘x’', 'row 1, column 37', /single quotes/],
    ['SELECT Id FROM Account WHERE (Name = 1', 'row 1, column 30', /not closed/],
    ['SELECT Id FROM Account)', 'row 1, column 23', /closes nothing/],
    ['SELECT Id -- the key\nFROM Account', 'row 1, column 11', /no comments/],
    ['SELECT Id /* the key */ FROM Account', 'row 1, column 11', /no comments/],
    ['SELECT Id FROM Account; DROP', 'row 1, column 23', /no meaning/],
    ['SELECT Id FROM Account a b', 'row 1, column 26', /b is not expected/]
  ];
  for (const [soql, place, what] of MALFORMED)
    it(`says where it stops being a query: ${JSON.stringify(soql)}`, async () => {
      const error = await rejection(Promise.resolve().then(() => readSoql(soql)));
      expect(error.name).to.equal('SoqlMalformedError');
      expect(error.message).to.contain(place).and.to.match(what);
    });

  const REFUSED: Array<[soql: string, names: string]> = [
    ['SELECT COUNT() FROM Account', 'COUNT()'],
    ['SELECT MAX(Name) FROM Account', 'MAX()'],
    ['SELECT Name FROM Account GROUP BY Name', 'GROUP BY'],
    ['SELECT Name FROM Account ORDER BY Name OFFSET 5', 'OFFSET'],
    ['SELECT TYPEOF What WHEN Account THEN Phone, Name ELSE Id END FROM Event', 'TYPEOF'],
    ['SELECT Id, (SELECT Id FROM Contacts) FROM Account', 'subquery'],
    ['SELECT FIELDS(ALL) FROM Account', 'FIELDS()'],
    ['SELECT Id FROM Account FOR VIEW', 'FOR VIEW'],
    ['SELECT Id FROM Account WHERE Id != null FOR UPDATE', 'FOR UPDATE'],
    ['SELECT Id FROM Account UPDATE TRACKING', 'UPDATE'],
    ['SELECT Id FROM Account ALL ROWS', 'ALL ROWS']
  ];
  for (const [soql, names] of REFUSED)
    it(`refuses ${names} and says the way out`, () => {
      const error = refusal(soql);
      expect(error.name).to.equal('SoqlUnsupportedError');
      expect(error.message)
        .to.contain(names)
        .and.to.match(/row 1, column \d+/);
      expect(error.actions?.[0]).to.have.length.greaterThan(20);
      expect(error.actions?.join()).to.not.contain('%s');
    });

  it('lets semi-joins, functions of labels and scopes pass', () => {
    for (const soql of [
      'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)',
      'SELECT toLabel(Industry) FROM Account USING SCOPE mine',
      'SELECT Id FROM Account WHERE CALENDAR_YEAR(CreatedDate) = 2026'
    ])
      refuseUnsupported(readSoql(soql));
  });

  it('suggests names that differ by letters, by an ending or by a part', () => {
    expect(nearMisses('Nmae', ['Id', 'Name', 'Industry'])).to.deep.equal(['Name']);
    expect(nearMisses('Student_ID', ['Student_ID__c', 'Id'])).to.deep.equal(['Student_ID__c']);
    expect(nearMisses('Revenue', ['AnnualRevenue', 'Phone'])).to.deep.equal(['AnnualRevenue']);
    expect(nearMisses('Xyzzy', ['Name', 'Id'])).to.deep.equal([]);
  });

  describe('against the org', () => {
    const ACCOUNT = {
      ...CONTACT,
      name: 'Account',
      fields: [
        field('Id', { type: 'id' }),
        field('Name'),
        field('BillingAddress', { type: 'address' }),
        field('BillingCity', { compoundFieldName: 'BillingAddress' }),
        field('Logo__c', { type: 'base64' }),
        field('Amount__c', { type: 'currency', precision: 18, scale: 2 }),
        field('OwnerId', { type: 'reference', referenceTo: ['Group', 'User'], relationshipName: 'Owner' })
      ]
    };
    let calls = 0;
    const describe = () =>
      describing({
        get: async (path) => {
          calls += 1;
          return Promise.resolve(/account/i.test(path) ? ACCOUNT : CONTACT);
        }
      });
    const columns = async (soql: string) => queryColumns(readSoql(soql), describe());

    it('tells the columns in the spelling of the service, with their types', async () => {
      expect(
        await columns('SELECT c.id, lastname, account.amount__C, Account.Owner.Name FROM Contact c')
      ).to.deep.equal({
        columns: [
          { name: 'Id', type: 'id', precision: 0, scale: 0 },
          { name: 'LastName', type: 'string', precision: 0, scale: 0 },
          { name: 'Account.Amount__c', type: 'currency', precision: 18, scale: 2 },
          { name: 'Account.Owner.Name', type: 'string', precision: 0, scale: 0 }
        ],
        hasOthers: false
      });
    });

    it('leaves columns of functions and joins to the org', async () => {
      expect(await columns('SELECT Id, toLabel(LastName) FROM Contact')).to.deep.equal({
        columns: [{ name: 'Id', type: 'id', precision: 0, scale: 0 }],
        hasOthers: true
      });
      const joined = await columns('SELECT c.Id, a.Name FROM Contact c, c.Account a');
      expect(joined).to.deep.equal({ columns: [], hasOthers: true });
    });

    it('refuses a field that is selected twice', async () => {
      const error = await rejection(columns('SELECT Id, name, Amount__c, Account.Name FROM Account'));
      expect(error.name).to.equal('FieldTwiceError');
      expect(error.message).to.contain('Name').and.contain('row 1, column 29');
    });

    it('asks for each object once', async () => {
      calls = 0;
      await columns('SELECT Id, Account.Name, Account.BillingCity FROM Contact WHERE Account.Name = null');
      expect(calls).to.equal(2);
    });

    const WRONG: Array<[soql: string, name: string, hint: RegExp]> = [
      ['SELECT Id, Emial FROM Contact', 'FieldUnknownError', /Email/],
      ['SELECT Id FROM Contact WHERE Student_ID = 1', 'FieldUnknownError', /Student_ID__c/],
      ['SELECT Id FROM Contact ORDER BY Zzzzzz', 'FieldUnknownError', /No field/],
      ['SELECT Acount.Name FROM Contact', 'FieldUnknownError', /Account/],
      ['SELECT BillingAddress FROM Account', 'SoqlUnsupportedError', /BillingCity/],
      ['SELECT Logo__c FROM Account', 'SoqlUnsupportedError', /Logo__c/]
    ];
    for (const [soql, name, hint] of WRONG)
      it(`${name}: ${soql}`, async () => {
        const error = (await rejection(columns(soql))) as SfError;
        expect(error.name).to.equal(name);
        expect(error.actions?.join()).to.match(hint);
      });

    it('takes no compound and no binary field for --fields', async () => {
      const object = await describe()('Account');
      expect(exportableFields(object, 'all')).to.not.include.members(['BillingAddress', 'Logo__c']);
      expect(exportableFields(object, 'custom')).to.deep.equal(['Id', 'Amount__c']);
    });
  });
});
