import { expect } from 'chai';
import { Database, quoted } from '../../../src/cleanup/database.js';
import { type ComparerName } from '../../../src/cleanup/match/comparerNames.js';
import { COMPARERS } from '../../../src/cleanup/match/comparers.js';
import { tempDir } from '../../tempDir.js';

/** [comparer, a, b, least likeness, greatest likeness; none for "can't be compared"] */
const CASES: Array<[compare: ComparerName, a: string, b: string, least: number | null, most?: number]> = [
  ['exact', 'Ann  Lee', 'ann lee', 1],
  ['exact', 'ﬁsh', 'FISH', 1],
  ['exact', 'Straße', 'STRASSE', 1],
  ['exact', 'Σας', 'ΣΑΣ', 1],
  ['exact', 'a-1', 'a1', 0, 0],
  ['exact', '', '', null],
  ['exact', '', 'x', null],
  ['exact', '  ', '\u00a0', null],
  ['jaro-winkler', 'José', 'JOSE', 1],
  ['jaro-winkler', "O'Brien", 'OBrien', 1],
  ['jaro-winkler', 'Martha', 'Marhta', 0.95, 0.99],
  ['jaro-winkler', 'Smith', 'Garcia', 0, 0.5],
  ['jaro-winkler', '-', 'x', null],
  ['levenshtein', 'abcd', 'abdc', 0.75, 0.75],
  ['levenshtein', '李明', '李明', 1],
  ['phonetic', 'Stephen', 'Steven', 0.95, 0.95],
  ['phonetic', 'Smith', 'Jones', 0, 0],
  ['nickname', 'Bill', 'William', 0.95, 0.95],
  ['nickname', 'Liz', 'Elisabeth', 0.95, 0.95],
  ['nickname', 'J.', 'John', 0.85, 0.85],
  ['nickname', 'Mary Ann', 'Mary', 0.95, 0.95],
  ['nickname', 'Anna', 'Otto', 0, 0.6],
  ['nickname', 'Anna', 'Hannah', 0, 0.75],
  ['nickname', 'Michael', 'Mitchell', 0, 0.75],
  ['nickname', 'Jordan', 'Jordna', 0.9, 0.99],
  ['nickname', 'Erica', 'Erika', 0.9, 0.9],
  ['tokens', '12 Main Street', '12 MAIN ST.', 1],
  ['tokens', 'Main Street 12', '12 Main St', 1],
  ['tokens', '12 Main Street', '98 Main Street', 0, 0.5],
  ['tokens', 'strathalan co mmunity', 'Strathalan Community', 1],
  ['tokens', 'aptmnt42', 'aptmnt 42', 1],
  ['tokens', '12 Main Street Apt 4', '12 Main Street', 0.7, 0.95],
  ['date', '1999-01-02', '1/2/1999', 1],
  ['date', '19990102', '1999-01-02T00:00:00Z', 1],
  ['date', '1999-01-02', '1999-02-01', 0.95, 0.95],
  ['date', '1999-01-02', '1999-01-03', 0.9, 0.9],
  ['date', '1999-01-02', '1998-01-02', 0.8, 0.8],
  ['date', '1999-01-02', '1969-01-02', 0.6, 0.6],
  ['date', '1999-01-02', '1999-01-28', 0.7, 0.7],
  ['date', '1999-01-02', '1999-11-02', 0.9, 0.9],
  ['date', '19990102', '199901o02', 0.9, 0.9],
  ['date', '1 9990102', '1999-01-02', 1],
  ['date', '1984', '1985', 0.8, 0.8],
  ['date', '1984', '1964', 0.6, 0.6],
  ['date', 'in May', 'in June', 0, 0],
  ['date', '1999-01-02', '1987-11-23', 0, 0],
  ['number', '1,000', '1000.0', 1],
  ['number', '100', '103', 0.95, 0.95],
  ['number', '100', '200', 0, 0],
  ['number', 'x', '200', null],
  ['digits', '(415) 555-2671', '415.555.2671', 1],
  ['digits', '00123', '123', 1],
  ['digits', '12345', '12354', 0.95, 0.95],
  ['digits', '12345', '12349', 0.9, 0.9],
  ['digits', '12345', '1345', 0.9, 0.9],
  ['digits', '12345', '54321', 0, 0],
  ['email', 'A@x.org', 'a@X.org', 1],
  ['email', 'annlee@x.org', 'annlee@y.com', 0.8, 0.8],
  ['email', 'info@x.org', 'info@y.com', 0, 0]
];

describe('comparers', () => {
  const dir = tempDir();

  it('know how alike two values are, in both directions', async () => {
    const db = await Database.open(`${dir.path}/db`, { memoryMb: 100, isInFile: false });
    try {
      for (const [compare, a, b, least, most = least ?? 1] of CASES)
        for (const [one, other] of [
          [a, b],
          [b, a]
        ] as const) {
          const { derive, likeness, parts } = COMPARERS[compare];
          const side = (alias: string): string[] => Array.from({ length: parts }, (_, i) => `${alias}.c${i}`);
          const table = (value: string): string =>
            `(SELECT ${derive(value)
              .map((text, i) => `nullif(${quoted(text)}, '') AS c${i}`)
              .join(', ')})`;
          const [x, y] = [side('x'), side('y')];
          const [[found] = []] = await db.rows(
            `SELECT CASE WHEN x.c0 IS NULL OR y.c0 IS NULL THEN NULL ELSE (${likeness(x, y, compare === 'number' ? 5 : 0)})::DOUBLE END
             FROM ${table(one)} x, ${table(other)} y`
          );
          const what = `${compare} of "${one}" and "${other}"`;
          if (least === null) expect(found, what).to.equal(null);
          else expect(found, what).to.be.within(least, most);
        }
    } finally {
      await db.close();
    }
  });
});
