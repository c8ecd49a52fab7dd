import { Readable } from 'node:stream';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { scanRecords } from '../../../src/input/records.js';
import { type SentColumn } from '../../../src/load/prepare/columns.js';
import { sentRecord } from '../../../src/load/prepare/sentRecord.js';
import { type MappedColumn } from '../../../src/schema/mapping.js';

const WIDTH = 5;

/** One column that is sent: the input's, at its place there, with other values for some of its own; or the same for every row. */
type Sent = { readonly index: number; readonly values?: ReadonlyMap<string, string>; readonly constant?: string };

const text = fc.oneof(
  fc.constantFrom('', 'a', 'yes', 'x'.repeat(50)),
  fc.string({ unit: fc.constantFrom('a', 'ü', '"', ',', '\n', ' ', '📦'), maxLength: 8 })
);
const sentColumn: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ index: fc.nat(WIDTH - 1) }) },
  fc.record({ index: fc.nat(WIDTH - 1), values: fc.constant(new Map([['yes', 'true, "sure"']])) }),
  fc.record({ index: fc.constant(-1), constant: text })
);

/** What the rows of a table become, as values. */
async function sentRows(rows: string[][], columns: readonly Sent[], emptyAsNull: boolean): Promise<string[][]> {
  const mapped = Array.from({ length: WIDTH }, (_, index): MappedColumn => ({ column: `c${index}`, index }));
  const sent = columns.map((column, at): SentColumn => ({ column: `s${at}`, field: `s${at}`, ...column }));
  const record = sentRecord({ mapped, sent }, { delimiter: 'COMMA', lineEnding: 'LF', emptyAsNull });
  const bytes = Buffer.from(stringify([mapped.map(({ column }) => column), ...rows], { quoted_match: /^$|[\n]/ }));
  const lines: string[] = [];
  for await (const batch of scanRecords(Readable.from([bytes]), { delimiter: 'COMMA' }))
    for (let i = 0; i < batch.count; i += 1)
      if (batch.firstNumber + i > 0) lines.push((record(batch, i) ?? batch.record(i)).toString());
  return lines.map((line) => parse(line, { relax_column_count: true })[0] as string[]);
}

describe('load/sentRecord', () => {
  it('has the values of its columns, wherever these lie and whatever is sent in their place', async () => {
    const table = fc.array(fc.array(text, { minLength: WIDTH, maxLength: WIDTH }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.array(sentColumn, { minLength: 1, maxLength: 7 }),
        fc.boolean(),
        async (rows, columns, emptyAsNull) => {
          const wanted = rows.map((row) =>
            columns.map(({ index, values, constant }) => {
              const value = constant ?? values?.get(row[index] ?? '') ?? row[index] ?? '';
              return emptyAsNull && value === '' ? '#N/A' : value;
            })
          );
          expect(await sentRows(rows, columns, emptyAsNull)).to.deep.equal(wanted);
        }
      ),
      { numRuns: 300 }
    );
  });
});
