import { expect } from 'chai';
import { parseSoql } from '../../../src/emulator/soql/parse.js';
import { planSoql } from '../../../src/emulator/soql/plan.js';
import { runSoql } from '../../../src/emulator/soql/evaluate.js';
import { NOW_MS, field, id, orgOf, rowsOf, sampleOrg } from './sampleOrg.js';

/** The first letters of the names of the contacts that a condition lets through. */
const letters = (where: string): string =>
  rowsOf(`SELECT Name FROM Contact WHERE ${where}`)
    .map(([name]) => String(name).charAt(0))
    .join('');

describe('SOQL: conditions', () => {
  const CASES: Array<[where: string, names: string]> = [
    ["Name = 'ADA'", 'A'],
    ["Name != 'ada'", 'bC'],
    ["name <> 'ada'", 'bC'],
    ["Name IN ('ADA', 'BOB')", 'Ab'],
    ["Name NOT IN ('ADA', 'BOB')", 'C'],
    ["Name > 'ada'", 'bC'],
    ["Name LIKE 'B%'", 'b'],
    ["Name LIKE '%D%'", 'A'],
    ["Name LIKE '_o_'", 'b'],
    ["Name LIKE 'cy\\_\\%'", 'C'],
    ["Name LIKE 'a\\%'", ''],
    ["NOT Name LIKE 'b%'", 'AC'],
    ['Score__c = null', 'C'],
    ['Score__c != null', 'Ab'],
    ['Score__c < 15', 'A'],
    ['Score__c != 10', 'bC'],
    ['Score__c >= 1e1', 'Ab'],
    ['NOT Score__c > 1', 'C'],
    ['Score__c IN (20.5, null)', 'bC'],
    ['IsDeleted = false', 'AbC'],
    ["AccountId = ''", 'C'],
    [`AccountId = '${id('001', 1)}'`, 'A'],
    [`AccountId = '${id('001', 1).slice(0, 15)}'`, 'A'],
    [`Id IN ('${id('003', 3).slice(0, 15)}', '${id('003', 1)}', '${id('003', 1)}')`, 'AC'],
    [`Id = '${id('003', 4)}'`, ''],
    [`Id = '${id('003', 1)}' AND Name = 'bob'`, ''],
    [`Id = '${id('003', 1)}' OR Name = 'bob'`, 'Ab'],
    ["Account.Name = 'acme'", 'A'],
    ['Account.Name = null', 'C'],
    ["Account.Parent.Name = 'Holding'", 'A'],
    ["Owner.Name IN ('Uma', 'Queue')", 'Ab'],
    ["AccountId IN (SELECT Id FROM Account WHERE Name = 'Acme')", 'A'],
    ['Id IN (SELECT ParentId FROM Account)', ''],
    ["AccountId NOT IN (SELECT ParentId FROM Account WHERE Name = 'acme')", 'AC'],
    ["Hobbies__c INCLUDES ('chess;go')", 'A'],
    ["Hobbies__c INCLUDES ('Go')", 'Ab'],
    ["Hobbies__c INCLUDES ('Chess', 'Ski')", 'A'],
    ["Hobbies__c EXCLUDES ('Chess')", 'bC'],
    ['CreatedDate = TODAY', 'A'],
    ['CreatedDate < TODAY', 'bC'],
    ['CreatedDate >= TODAY', 'A'],
    ['CreatedDate != TODAY', 'bC'],
    ['CreatedDate = YESTERDAY', 'b'],
    ['CreatedDate = LAST_N_DAYS:1', 'Ab'],
    ['CreatedDate = LAST_YEAR', 'C'],
    ['CreatedDate = THIS_MONTH', 'Ab'],
    ['Birthdate = TODAY', 'A'],
    ['Birthdate = LAST_N_DAYS:1', 'Ab'],
    ['Birthdate IN (TODAY, 2024-03-14)', 'Ab'],
    ['Birthdate > 2024-03-14', 'A'],
    ['CreatedDate = 2024-03-14T23:59:59Z', 'b'],
    ['CreatedDate = 2024-03-15T01:59:59+02:00', 'b'],
    ['CreatedDate <= 2024-03-14T18:59:59.000-0500', 'bC'],
    ['CALENDAR_YEAR(CreatedDate) = 2024', 'Ab'],
    ['calendar_month(CreatedDate) IN (3, 4)', 'Ab'],
    ['CALENDAR_MONTH(Birthdate) != 3', 'C'],
    ['CALENDAR_QUARTER(CreatedDate) = 4', 'C'],
    ['DAY_IN_MONTH(Birthdate) >= 15', 'A'],
    ['DAY_IN_WEEK(CreatedDate) = 6', 'A'],
    ['DAY_IN_WEEK(CreatedDate) = 1', 'C'],
    ['DAY_IN_YEAR(Birthdate) = 75', 'A'],
    ['DAY_IN_YEAR(CreatedDate) = 365', 'C'],
    ['DAY_ONLY(CreatedDate) = 2024-03-14', 'b'],
    ['DAY_ONLY(CreatedDate) >= YESTERDAY', 'Ab'],
    ['FISCAL_YEAR(CreatedDate) < 2024 AND FISCAL_QUARTER(CreatedDate) = 4 AND FISCAL_MONTH(CreatedDate) = 12', 'C'],
    ['HOUR_IN_DAY(CreatedDate) = 23', 'b'],
    ['HOUR_IN_DAY(convertTimezone(CreatedDate)) = 0', 'A'],
    ['WEEK_IN_MONTH(Birthdate) = 2', 'b'],
    ['WEEK_IN_MONTH(Birthdate) = 3', 'A'],
    ['WEEK_IN_YEAR(CreatedDate) = 53', 'C'],
    ['DAY_IN_WEEK(Birthdate) = null', 'C'],
    ['CALENDAR_YEAR(Account.CreatedDate) = 2020', 'A'],
    ["(Name = 'ada' OR Name = 'bob') AND Score__c > 15", 'b'],
    ["NOT (Name = 'ada' OR Name = 'bob')", 'C']
  ];
  for (const [where, names] of CASES) it(where, () => expect(letters(where)).to.equal(names));
});

describe('SOQL: rows', () => {
  it('has functions over a field under its name or an alias', () => {
    const query = 'SELECT toLabel(Name), format(Score__c) shown, FORMAT(convertCurrency(Score__c)) FROM Contact';
    const plan = planSoql(parseSoql(query), sampleOrg());
    expect(plan.columns).to.deep.equal(['Name', 'shown', 'Score__c']);
    expect(plan.types).to.deep.equal(['string', 'string', 'string']);
    expect(rowsOf(query).map(([, shown]) => shown)).to.deep.equal(['10', '20.5', null]);
  });

  it('names columns as the schema does, with their paths', () => {
    const query = 'select c.name, contact.Id, account.parent.NAME, Owner.Profile.Name from contact c';
    const plan = planSoql(parseSoql(query), sampleOrg());
    expect(plan.columns).to.deep.equal(['Name', 'Id', 'Account.Parent.Name', 'Owner.Profile.Name']);
    expect(plan.types).to.deep.equal(['string', 'id', 'string', 'string']);
    expect(rowsOf(query)[0]).to.deep.equal(['Ada', id('003', 1), 'Holding', 'Admin']);
    expect(rowsOf(query)[2]).to.deep.equal(['Cy_%', id('003', 3), null, null]);
  });

  it('leaves deleted records out unless they are asked for', () => {
    expect(rowsOf('SELECT Id FROM Contact')).to.have.length(3);
    expect(rowsOf('SELECT Id FROM Contact ALL ROWS')).to.have.length(4);
    expect(rowsOf('SELECT Id FROM Contact', sampleOrg(), true)).to.have.length(4);
    expect(rowsOf(`SELECT Id FROM Contact WHERE Id = '${id('003', 4)}'`, sampleOrg(), true)).to.have.length(1);
  });

  const ORDERS: Array<[order: string, names: string[]]> = [
    ['Name', ['Ada', 'bob', 'Cy_%']],
    ['Name DESC', ['Cy_%', 'bob', 'Ada']],
    ['Score__c', ['Cy_%', 'Ada', 'bob']],
    ['Score__c DESC', ['Cy_%', 'bob', 'Ada']],
    ['Score__c DESC NULLS LAST', ['bob', 'Ada', 'Cy_%']],
    ['Account.Name NULLS LAST, Name LIMIT 2', ['Ada', 'bob']],
    ['IsDeleted, Name DESC LIMIT 1 OFFSET 1', ['bob']],
    ['Name LIMIT 0', []]
  ];
  for (const [order, names] of ORDERS) {
    it(`ORDER BY ${order}`, () =>
      expect(rowsOf(`SELECT Name FROM Contact ORDER BY ${order}`).flat()).to.deep.equal(names));
  }

  it('finds the first of many in order without error when far more than the limit come', () => {
    const records = Array.from({ length: 5000 }, (_, number) => ({
      Id: id('00Q', number),
      Rank: (number * 7919) % 5000
    }));
    const org = orgOf({ Lead: { fields: [field('Id', 'id'), field('Rank', 'int')], records } });
    expect(rowsOf('SELECT Rank FROM Lead ORDER BY Rank DESC LIMIT 3 OFFSET 2', org).flat()).to.deep.equal([
      4997, 4996, 4995
    ]);
  });

  it('reads no more records than the rows that are pulled', () => {
    const org = sampleOrg();
    const plan = planSoql(parseSoql('SELECT Id FROM Contact'), org);
    const rows = runSoql(plan, org, { includeDeleted: false, nowMs: NOW_MS }).rows[Symbol.iterator]();
    rows.next();
    expect(org.reads).to.equal(1);
  });

  it('reads no table for records asked by Id', () => {
    const org = sampleOrg();
    expect(rowsOf(`SELECT Name FROM Contact WHERE Id = '${id('003', 2)}'`, org)).to.deep.equal([['bob']]);
    expect(org.reads).to.equal(0);
  });

  it('FIELDS(STANDARD), FIELDS(CUSTOM) and FIELDS(ALL) are the fields of the describe', () => {
    const columns = (group: string) =>
      planSoql(parseSoql(`SELECT FIELDS(${group}) FROM Contact LIMIT 200`), sampleOrg()).columns;
    expect(columns('CUSTOM')).to.deep.equal(['Score__c', 'Hobbies__c']);
    expect(columns('ALL')).to.have.length(10);
    expect(columns('STANDARD')).to.have.length(8);
  });
});

describe('SOQL: aggregates', () => {
  const CASES: Array<[query: string, rows: unknown[][]]> = [
    ['SELECT count() FROM Contact', [[3]]],
    ["SELECT COUNT() FROM Contact WHERE Name = 'nobody'", [[0]]],
    [
      'SELECT COUNT(Score__c), MIN(Score__c), MAX(Score__c), SUM(Score__c), AVG(Score__c) FROM Contact',
      [[2, 10, 20.5, 30.5, 15.25]]
    ],
    [
      "SELECT COUNT(Id), SUM(Score__c), AVG(Score__c), MAX(Name) FROM Contact WHERE Name = 'nobody'",
      [[0, null, null, null]]
    ],
    ['SELECT COUNT_DISTINCT(AccountId) FROM Contact', [[2]]],
    ['SELECT MIN(CreatedDate) first FROM Contact', [['2023-12-31T10:00:00.000Z']]],
    ['SELECT MAX(Name) FROM Contact', [['Cy_%']]],
    [
      'SELECT Account.Name, COUNT(Id) FROM Contact GROUP BY Account.Name ORDER BY Account.Name NULLS LAST',
      [
        ['Acme', 1],
        ['Holding', 1],
        [null, 1]
      ]
    ],
    ['SELECT IsDeleted, COUNT(Id) n FROM Contact GROUP BY IsDeleted HAVING COUNT(Id) > 3', []],
    ['SELECT IsDeleted FROM Contact GROUP BY IsDeleted HAVING COUNT(Id) = 3 AND IsDeleted = false', [[false]]],
    [
      'SELECT CALENDAR_YEAR(CreatedDate) y, COUNT(Id) FROM Contact GROUP BY CALENDAR_YEAR(CreatedDate) ORDER BY CALENDAR_YEAR(CreatedDate)',
      [
        [2023, 1],
        [2024, 2]
      ]
    ],
    [
      'SELECT DAY_ONLY(convertTimezone(CreatedDate)) FROM Contact GROUP BY DAY_ONLY(convertTimezone(CreatedDate)) HAVING DAY_ONLY(CreatedDate) = TODAY',
      [['2024-03-15']]
    ],
    ['SELECT CALENDAR_MONTH(Birthdate) FROM Contact GROUP BY Birthdate ORDER BY Birthdate', [[null], [3], [3]]],
    ['SELECT Name FROM Contact GROUP BY Name ORDER BY MAX(Score__c) DESC NULLS LAST LIMIT 1', [['bob']]]
  ];
  for (const [query, rows] of CASES) it(query, () => expect(rowsOf(query)).to.deep.equal(rows));

  it('numbers the aggregates that have no alias', () => {
    const query = 'SELECT Account.Name, COUNT(Id), MAX(Name) last, MIN(Name) FROM Contact GROUP BY Account.Name';
    expect(planSoql(parseSoql(query), sampleOrg()).columns).to.deep.equal(['Name', 'expr0', 'last', 'expr1']);
    const byDay = 'SELECT COUNT(Id), DAY_ONLY(CreatedDate) FROM Contact GROUP BY DAY_ONLY(CreatedDate)';
    expect(planSoql(parseSoql(byDay), sampleOrg())).to.deep.include({
      columns: ['expr0', 'expr1'],
      types: ['int', 'date']
    });
  });

  it('tells count() from the aggregates with rows', () => {
    expect(planSoql(parseSoql('SELECT count() FROM Contact'), sampleOrg()).kind).to.equal('count');
    expect(planSoql(parseSoql('SELECT count(Id) FROM Contact'), sampleOrg()).kind).to.equal('aggregate');
  });
});
