import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { DELIMITER_NAMES, DELIMITERS, type DelimiterName } from '../../src/input/delimiters.js';
import { MOST_FIELD_CHARACTERS, MOST_RECORD_CHARACTERS } from '../../src/input/recordBatch.js';
import { scanRecords } from '../../src/input/records.js';
import { chunksOf } from '../chunks.js';

type Scanned = {
  readonly number: number;
  readonly values: string[];
  readonly problem?: string;
  readonly raw: string;
  readonly hasNewline: boolean;
};

async function scan(
  csv: string | Buffer,
  { delimiter = 'COMMA', cuts = [], columns }: { delimiter?: DelimiterName; cuts?: number[]; columns?: number } = {}
): Promise<Scanned[]> {
  const records: Scanned[] = [];
  for await (const batch of scanRecords(chunksOf(csv, cuts), { delimiter, columns }))
    for (let i = 0; i < batch.count; i += 1)
      records.push({
        number: batch.firstNumber + i,
        values: batch.values(i),
        problem: batch.problem(i),
        raw: batch.record(i).toString(),
        hasNewline: batch.hasNewline(i)
      });
  return records;
}

const problems = (records: Scanned[]): Array<string | undefined> => records.map(({ problem }) => problem);

/** Text that is as hard on a CSV reader as a few characters can be. */
const hardText = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', 'ü', '漢', '😀', '\t') })
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')) }
);
const rowEnd = fc.constantFrom('\n', '\r\n', '\r');
const cutsAnywhere = fc.array(fc.nat(), { maxLength: 12 });

type Written = { readonly csv: string; readonly rows: string[][] };

/** A well-formed CSV, with quotes where they must be and here and there where they need not, blank lines, and any kind of row end. */
function wellFormed(delimiter: string): fc.Arbitrary<Written> {
  const row = (columns: number) =>
    fc.record({
      fields: fc.array(fc.record({ value: hardText, isQuoted: fc.boolean() }), {
        minLength: columns,
        maxLength: columns
      }),
      end: rowEnd,
      blankLines: fc.array(rowEnd, { maxLength: 2 })
    });
  return fc
    .integer({ min: 1, max: 4 })
    .chain((columns) =>
      fc.record({ rows: fc.array(row(columns), { minLength: 1, maxLength: 8 }), endsWithRowEnd: fc.boolean() })
    )
    .map(({ rows, endsWithRowEnd }) => {
      const lines = rows.map(({ fields, end, blankLines }, at) => {
        const written = fields.map(({ value, isQuoted }) =>
          isQuoted || /["\n\r]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value
        );
        // A line with nothing on it is no record.
        const line = written.join(delimiter) || '""';
        return line + (at < rows.length - 1 || endsWithRowEnd ? end + blankLines.join('') : '');
      });
      return { csv: lines.join(''), rows: rows.map(({ fields }) => fields.map(({ value }) => value)) };
    });
}

describe('input/records', () => {
  it('gives the values that were written, wherever the chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom(...DELIMITER_NAMES)
          .chain((delimiter) => fc.tuple(fc.constant(delimiter), wellFormed(DELIMITERS[delimiter]))),
        cutsAnywhere,
        async ([delimiter, { csv, rows }], cuts) => {
          const records = await scan(csv, { delimiter, cuts });
          expect(records.map(({ values }) => values)).to.deep.equal(rows);
          expect(records.map(({ number }) => number)).to.deep.equal(rows.map((_, at) => at));
          expect(problems(records).every((problem) => problem === undefined)).to.equal(true);
        }
      ),
      { numRuns: 400 }
    );
  });

  it('agrees with csv-parse on what is well formed and what it says', async () => {
    const anything = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', '\n', '\r', 'é'), maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anything,
          wellFormed(',').map(({ csv }) => csv)
        ),
        cutsAnywhere,
        async (csv, cuts) => {
          const records = await scan(csv, { cuts });
          const oracle = oracleOf(csv);
          if (oracle) expect(records.map(({ values }) => values)).to.deep.equal(oracle);
          expect(problems(records).every((problem) => problem === undefined)).to.equal(oracle !== undefined);
        }
      ),
      { numRuns: 1500 }
    );
  });

  it('finds the same records however the chunks are cut, malformed ones too', async () => {
    const anything = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '😀'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(anything, cutsAnywhere, async (csv, cuts) => {
        expect(await scan(csv, { cuts })).to.deep.equal(await scan(csv));
      }),
      { numRuns: 1000 }
    );
  });

  it('says whether a row end stands within quotes', async () => {
    await fc.assert(
      fc.asyncProperty(wellFormed(','), cutsAnywhere, async ({ csv, rows }, cuts) => {
        const found = (await scan(csv, { cuts })).map(({ hasNewline }) => hasNewline);
        expect(found).to.deep.equal(rows.map((row) => row.some((value) => /[\r\n]/.test(value))));
      })
    );
  });

  it('keeps the bytes of a record as they are', async () => {
    const records = await scan('A,B\r\n"x ""y""", 1\r\n\r\n"l\r\n2",\r\n');
    expect(records.map(({ raw }) => raw)).to.deep.equal(['A,B', '"x ""y""", 1', '"l\r\n2",']);
  });

  const malformed: ReadonlyArray<[string, string, Array<string | undefined>]> = [
    ['a row with too few fields', 'A,B\n1\n2,3\n', [undefined, 'too-few-fields', undefined]],
    ['a row with too many fields', 'A,B\n1,2,3\n2,3\n', [undefined, 'too-many-fields', undefined]],
    ['a quote within an unquoted value', 'A,B\nx"y,2\n2,3\n', [undefined, 'stray-quote', undefined]],
    ['text after a closing quote', 'A,B\n"x"y,2\n2,3\n', [undefined, 'text-after-quote', undefined]],
    ['a space after a closing quote', 'A,B\n"x" ,2\n2,3\n', [undefined, 'text-after-quote', undefined]],
    ['a space before an opening quote', 'A,B\n "x",2\n2,3\n', [undefined, 'stray-quote', undefined]],
    ['a quote that is never closed', 'A,B\n2,3\n"x,2\n2,3\n', [undefined, undefined, 'unclosed-quote']],
    ['a quote that opens at the very end', 'A,B\n2,"', [undefined, 'unclosed-quote']]
  ];
  for (const [name, csv, expected] of malformed)
    it(`${name} is one record with that problem, and takes nothing of its neighbours`, async () => {
      for (let cut = 0; cut <= csv.length; cut += 1)
        expect(problems(await scan(csv, { cuts: [cut] }))).to.deep.equal(expected);
    });

  it('takes values and rows up to the limits of the service and not beyond', async () => {
    const field = (length: number): string => 'ü'.repeat(length);
    const filler = `,${field(MOST_FIELD_CHARACTERS)}`.repeat(3);
    const room = MOST_RECORD_CHARACTERS - filler.length;
    const csv = [
      'A,B,C,D',
      `${field(MOST_FIELD_CHARACTERS)},,,`,
      `${field(MOST_FIELD_CHARACTERS + 1)},,,`,
      `"${'""'.repeat(MOST_FIELD_CHARACTERS)}",,,`,
      `${field(room)}${filler}`,
      `${field(room + 1)}${filler}`,
      '1,2,3,4'
    ].join('\n');
    expect(problems(await scan(csv, { cuts: [1000, 300_000, 500_001] }))).to.deep.equal([
      undefined,
      undefined,
      'field-too-long',
      undefined,
      undefined,
      'record-too-long',
      undefined
    ]);
  });

  it('says that a record has no end instead of losing what follows one that is longer than all it keeps in memory', async () => {
    const long = 'x'.repeat(9 * 1024 * 1024);
    const cuts = Array.from({ length: 40 }, (_, at) => (at + 1) * 256 * 1024);
    for (const endless of [long, `"1"${long}`, `${long},"y"`])
      expect(problems(await scan(`A,B\n1,2\n${endless},2\n3,4\n`, { cuts }))).to.deep.equal([
        undefined,
        undefined,
        'no-row-end'
      ]);
  }).timeout(240_000);

  it('makes one last record of a quote that stays open for too long', async () => {
    const rows = 'x,y\n'.repeat(3 * 1024 * 1024);
    const cuts = Array.from({ length: 50 }, (_, at) => (at + 1) * 256 * 1024);
    const records = await scan(`A,B\n1,2\n"open,2\n${rows}`, { cuts });
    expect(problems(records)).to.deep.equal([undefined, undefined, 'unclosed-quote']);
  });

  it('grows with the number of records and fields', async () => {
    for (let columns = 1; columns <= 8; columns += 1) {
      const rows = Array.from({ length: 5000 }, (_, at) =>
        [String(at), 'b', '', 'd', 'e', 'f', 'g', 'h'].slice(0, columns)
      );
      const records = await scan(rows.map((row) => row.join(',')).join('\n'));
      expect(records.map(({ values }) => values)).to.deep.equal(rows);
    }
  });

  it('checks no number of fields when it is told so, and another one when it is told that', async () => {
    expect(problems(await scan('A\n1,2\n', { columns: 0 }))).to.deep.equal([undefined, undefined]);
    expect(problems(await scan('A\n1,2\n', { columns: 2 }))).to.deep.equal(['too-few-fields', undefined]);
  });

  it('has nothing to say of an empty text', async () => {
    expect(await scan('')).to.deep.equal([]);
    expect(await scan('\n\r\n\r')).to.deep.equal([]);
  });
});

/** What csv-parse makes of the text; undefined where it calls it malformed. */
function oracleOf(csv: string): string[][] | undefined {
  try {
    return parse(csv, { record_delimiter: ['\r\n', '\n', '\r'], skip_empty_lines: true });
  } catch {
    return undefined;
  }
}
