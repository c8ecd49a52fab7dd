import { expect } from 'chai';
import { parseSoql } from '../../../src/emulator/soql/parse.js';
import { planSoql } from '../../../src/emulator/soql/plan.js';
import { planBulkSoql } from '../../../src/emulator/soql/bulkQuery.js';
import { SoqlError } from '../../../src/emulator/soql/soqlError.js';
import { sampleOrg } from './sampleOrg.js';

function errorOf(make: () => unknown): SoqlError {
  try {
    make();
  } catch (error) {
    if (error instanceof SoqlError) return error;
    throw error;
  }
  throw new Error('No error');
}

const NO_COLUMN =
  "No such column 'Foo__c' on entity 'Contact'. If you are attempting to use a custom field, be sure to append the '__c' after " +
  'the custom field name. Please reference your WSDL or the describe call for the appropriate names.';

describe('SOQL: errors', () => {
  it('shows the line, a caret and the place', () => {
    const error = errorOf(() => planSoql(parseSoql('SELECT Foo__c FROM Contact'), sampleOrg()));
    expect(error.errorCode).to.equal('INVALID_FIELD');
    expect(error.message).to.equal(`\nSELECT Foo__c FROM Contact\n       ^\nERROR at Row:1:Column:8\n${NO_COLUMN}`);
  });

  it('shows the line of several that is wrong, and a piece of a long one', () => {
    const error = errorOf(() =>
      planSoql(parseSoql(`SELECT Id\nFROM Contact\nWHERE ${' '.repeat(200)}Foo__c = 1`), sampleOrg())
    );
    expect(error.message).to.equal(
      `\n${' '.repeat(60)}Foo__c = 1\n${' '.repeat(60)}^\nERROR at Row:3:Column:207\n${NO_COLUMN}`
    );
  });

  const CASES: Array<[query: string, code: string, message: string]> = [
    ['SELECT Id FROM Nothing', 'INVALID_TYPE', "Column:16\nsObject type 'Nothing' is not supported."],
    ['SELECT Boss.Name FROM Contact', 'INVALID_FIELD', "Didn't understand relationship 'Boss' in field path."],
    ['SELECT Account.Foo FROM Contact', 'INVALID_FIELD', "No such column 'Foo' on entity 'Account'."],
    ['SELECT Owner.Foo FROM Contact', 'INVALID_FIELD', "No such column 'Foo' on entity 'Group'."],
    ['SELECT Id FROM Contact ORDER BY Foo', 'INVALID_FIELD', "No such column 'Foo'"],
    [
      'SELECT Id FROM Contact WHERE AccountId IN (SELECT Foo FROM Account)',
      'INVALID_FIELD',
      "'Foo' on entity 'Account'"
    ],
    ['SELECT Id, Name, id FROM Contact', 'INVALID_FIELD', 'duplicate field selected: Id'],
    [
      "SELECT Id FROM Contact WHERE Score__c = '1'",
      'INVALID_FIELD',
      "'Score__c' must be of type double and should not be enclosed in quotes"
    ],
    [
      'SELECT Id FROM Contact WHERE Name = 1',
      'INVALID_FIELD',
      "'Name' must be of type string and should be enclosed in quotes"
    ],
    [
      'SELECT Id FROM Contact WHERE CreatedDate > 2024-01-01',
      'INVALID_FIELD',
      "'CreatedDate' must be of type dateTime"
    ],
    ['SELECT Id FROM Contact WHERE IsDeleted = TODAY', 'INVALID_FIELD', "'IsDeleted' must be of type boolean"],
    ["SELECT Id FROM Contact WHERE Id = 'x'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field: x'],
    ["SELECT Id FROM Contact WHERE Id LIKE '003%'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator on id field'],
    ['SELECT Id FROM Contact OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000'],
    ['SELECT FIELDS(ALL) FROM Contact', 'MALFORMED_QUERY', 'The SOQL FIELDS function must have a LIMIT of at most 200'],
    ['SELECT FIELDS(CUSTOM) FROM Contact LIMIT 201', 'MALFORMED_QUERY', 'LIMIT of at most 200'],
    ['SELECT Name n FROM Contact', 'MALFORMED_QUERY', 'only aggregate expressions use field aliasing'],
    ['SELECT Score__c, FORMAT(Score__c) FROM Contact', 'INVALID_FIELD', 'duplicate field selected: Score__c'],
    ['SELECT toLabel(Name FROM Contact', 'MALFORMED_QUERY', "unexpected token: 'FROM'"],
    [
      'SELECT CALENDAR_YEAR(CreatedDate) FROM Contact',
      'MALFORMED_QUERY',
      'Field must be grouped or aggregated: CALENDAR_YEAR(CreatedDate)'
    ],
    [
      'SELECT CALENDAR_YEAR(CreatedDate) FROM Contact GROUP BY CreatedDate',
      'MALFORMED_QUERY',
      'Field must be grouped or aggregated: CALENDAR_YEAR(CreatedDate)'
    ],
    ['SELECT Id FROM Contact ORDER BY DAY_ONLY(CreatedDate)', 'MALFORMED_QUERY', "unexpected token: 'DAY_ONLY'"],
    [
      'SELECT Id FROM Contact WHERE CALENDAR_YEAR(Name) = 1',
      'MALFORMED_QUERY',
      'field Name does not support the function CALENDAR_YEAR'
    ],
    [
      'SELECT Id FROM Contact WHERE HOUR_IN_DAY(Birthdate) = 1',
      'MALFORMED_QUERY',
      'Birthdate does not support the function HOUR_IN_DAY'
    ],
    [
      'SELECT Id FROM Contact WHERE DAY_ONLY(Birthdate) = TODAY',
      'MALFORMED_QUERY',
      'Birthdate does not support the function DAY_ONLY'
    ],
    [
      'SELECT Id FROM Contact WHERE DAY_IN_WEEK(convertTimezone(Birthdate)) = 1',
      'MALFORMED_QUERY',
      'Birthdate does not support the function convertTimezone'
    ],
    [
      'SELECT Id FROM Contact WHERE CALENDAR_YEAR(CreatedDate) = THIS_YEAR',
      'INVALID_FIELD',
      "'CALENDAR_YEAR(CreatedDate)' must be of type double"
    ],
    ['SELECT Id FROM Contact WHERE CALENDAR_YEAR(CreatedDate = 1', 'MALFORMED_QUERY', "unexpected token: '='"],
    ['SELECT Id FROM Contact WHERE MINUTE_IN_HOUR(CreatedDate) = 1', 'MALFORMED_QUERY', 'unexpected token'],
    ['SELECT Name, COUNT(Id) FROM Contact', 'MALFORMED_QUERY', 'Field must be grouped or aggregated: Name'],
    ['SELECT SUM(Name) FROM Contact', 'MALFORMED_QUERY', 'field Name does not support aggregate operator SUM'],
    ['SELECT count(), Name FROM Contact', 'MALFORMED_QUERY', 'Grouped query cannot use COUNT()'],
    ['', 'MALFORMED_QUERY', "unexpected token: '<EOF>'"],
    ['SELECT', 'MALFORMED_QUERY', "Column:7\nunexpected token: '<EOF>'"],
    ['SELECT Id FORM Contact', 'MALFORMED_QUERY', "unexpected token: 'Contact'"],
    ['SELECT Id FROM Contact WHERE', 'MALFORMED_QUERY', "unexpected token: '<EOF>'"],
    [
      "SELECT Id FROM Contact WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
      'MALFORMED_QUERY',
      "unexpected token: 'OR'"
    ],
    ["SELECT Id FROM Contact WHERE Name = 'a", 'MALFORMED_QUERY', "unexpected token: ''a'"],
    ["SELECT Id FROM Contact WHERE Name = 'a\\q'", 'MALFORMED_QUERY', "Illegal character sequence '\\q'"],
    ['SELECT Id FROM Contact WHERE Name = bob', 'MALFORMED_QUERY', "unexpected token: 'bob'"],
    ['SELECT Id FROM Contact WHERE Birthdate = LAST_N_DAYS', 'MALFORMED_QUERY', "unexpected token: 'LAST_N_DAYS'"],
    ['SELECT Id FROM Contact WHERE Birthdate = TODAY:1', 'MALFORMED_QUERY', "unexpected token: 'TODAY:1'"],
    ['SELECT Id FROM Contact LIMIT -1', 'MALFORMED_QUERY', "unexpected token: '-1'"],
    ['SELECT * FROM Contact', 'MALFORMED_QUERY', "Column:8\nunexpected token: '*'"],
    ['SELECT Id FROM Contact; DROP', 'MALFORMED_QUERY', "unexpected token: ';'"],
    ['SELECT Upper(Name) FROM Contact', 'MALFORMED_QUERY', "unexpected token: '('"]
  ];
  for (const [query, code, message] of CASES) {
    it(`${query} is ${code}`, () => {
      const error = errorOf(() => planSoql(parseSoql(query), sampleOrg()));
      expect(error.errorCode).to.equal(code);
      expect(error.message).to.contain(message);
    });
  }
});

describe('SOQL: what Bulk API 2.0 refuses', () => {
  const CASES: Array<[query: string, message: string]> = [
    [
      'SELECT Id, (SELECT Id FROM Contacts) FROM Account',
      'Aggregate Relationships not supported in Bulk V2 Query with CSV content type'
    ],
    ['SELECT TYPEOF Owner WHEN User THEN Id END FROM Contact', 'TypeOf not supported'],
    ['SELECT Name FROM Contact GROUP BY Name', 'Group By not supported'],
    ['SELECT CALENDAR_YEAR(CreatedDate) FROM Contact GROUP BY CALENDAR_YEAR(CreatedDate)', 'Group By not supported'],
    ['SELECT count() FROM Contact', 'Aggregate functions not supported'],
    ['SELECT MAX(Name) FROM Contact', 'Aggregate functions not supported'],
    ['SELECT Id FROM Contact LIMIT 5 OFFSET 5', 'Offset not supported'],
    ['SELECT MailingAddress FROM Contact', 'Selecting compound data not supported in Bulk Query']
  ];
  for (const [query, message] of CASES) {
    it(query, () => {
      const error = errorOf(() => planBulkSoql(parseSoql(query), sampleOrg()));
      expect(error.errorCode).to.equal('API_ERROR');
      expect(error.message).to.contain(message);
    });
  }

  it('lets a plain query with parents, date functions, ORDER BY, LIMIT and a semi-join through', () => {
    const query =
      'SELECT Id, Account.Name FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE DAY_IN_YEAR(CreatedDate) = 1) ORDER BY Name LIMIT 5';
    expect(planBulkSoql(parseSoql(query), sampleOrg()).columns).to.deep.equal(['Id', 'Account.Name']);
  });
});
