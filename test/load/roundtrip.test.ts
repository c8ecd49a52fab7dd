import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { encodeRecord } from '../../src/input/encode.js';
import { openInput } from '../../src/input/input.js';
import { tempDir } from '../tempDir.js';
import { FakeOrg, type Row } from './fakeOrg.js';
import { LoadHarness } from './loadHarness.js';

type Table = readonly string[][];

/** How people's programs write a table; the first row is the header. */
const WRITERS: Readonly<Record<string, (table: Table) => string | Buffer>> = {
  ours: (table) => table.map((row) => encodeRecord(row, ',')).join('\n'),
  'ours with CR row ends': (table) => table.map((row) => encodeRecord(row, '|')).join('\r') + '\r',
  'csv-stringify': (table) => stringify([...table], { quoted_empty: true }),
  'csv-stringify, all quoted, for Windows': (table) =>
    stringify([...table], { quoted: true, quoted_empty: true, record_delimiter: 'windows', bom: true, delimiter: ';' }),
  'Excel, "CSV UTF-8"': (table) => `\ufeff${excel(table, ',')}`,
  'Excel with a list separator of semicolons': (table) => `\ufeff${excel(table, ';')}\r\n\r\n`,
  'Excel with a first line sep=': (table) => `sep=;\r\n${excel(table, ';')}`,
  'Excel, "Unicode Text"': (table) => Buffer.from(`\ufeff${excel(table, '\t')}`, 'utf16le'),
  // COPY … (FORMAT csv, HEADER) quotes the empty string and not NULL.
  Postgres: (table) =>
    table
      .map((row) => row.map((cell) => (cell === '' ? '""' : quoted(cell, ','))))
      .map((row) => `${row.join(',')}\n`)
      .join(''),
  // FIELD_OPTIONALLY_ENCLOSED_BY = '"'
  Snowflake: (table) => table.map((row) => `${row.map(allQuoted).join(',')}\n`).join(''),
  'Data Loader': (table) => table.map((row) => `${row.map(allQuoted).join(',')}\r\n`).join('')
};

/** In quotes where it must be; row ends within a cell are LF, those of rows CRLF. */
function excel(table: Table, delimiter: string): string {
  return table.map((row) => `${row.map((cell) => quoted(cell, delimiter)).join(delimiter)}\r\n`).join('');
}

function quoted(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/.test(cell) ? allQuoted(cell) : cell;
}

function allQuoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

const cell = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'b', '"', ',', ';', '\t', '|', '\n', '\r\n', ' ', 'ü', '📦', '#N/A', '='),
    maxLength: 6
  }),
  fc.constantFrom('', '007', '1E5', '-1', 'NULL', '\\N', "'", '""', 'x'.repeat(300)),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/\0|\p{Surrogate}/u.test(text))
);
const table = fc
  .record({ columns: fc.integer({ min: 1, max: 4 }), rows: fc.integer({ min: 0, max: 8 }) })
  .chain(({ columns, rows }) =>
    fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows })
  )
  // A header of one column does not tell the delimiter, and a comma is the likeliest.
  .map((rows) => rows.map((row) => (row.length === 1 ? row.map((text) => text.replaceAll(',', '')) : row)))
  // A row of one empty cell is a blank line in most programs, and no row.
  .map((rows) => rows.map((row) => (row.join('') === '' ? ['x', ...row.slice(1)] : row)));

/** As far as the org can tell rows apart: spaces around values and kinds of row ends are nothing to it. */
function isRefused(values: readonly string[]): boolean {
  const seen = values.map((value) => (value === '#N/A' ? '' : value.replace(/\r\n?/g, '\n').trim())).join('|');
  return [...seen].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % 2 === 0;
}

describe('load: any table comes back as it was', () => {
  const dir = tempDir();
  let runs = 0;

  async function loaded(text: string | Buffer, groupBy?: string): Promise<string> {
    const runDir = join(dir.path, String((runs += 1)));
    const file = `${runDir}.csv`;
    await writeFile(file, text);
    const org = new FakeOrg({
      refuses: (row: Row) => (isRefused(Object.values(row)) ? 'INVALID_FIELD:"no", it said:--' : undefined)
    });
    await new LoadHarness(runDir, org, { files: [file], delimiter: undefined, partBytes: 150, groupBy }).go();
    return runDir;
  }

  /** Row numbers and the input's own values, as whoever opens the file finds them. */
  async function read(path: string, leading: number): Promise<Array<{ number: string; values: string[] }>> {
    const rows: Array<{ number: string; values: string[] }> = [];
    for await (const batch of (await openInput([{ path }])).batches)
      for (let i = 0; i < batch.count; i += 1) {
        expect(batch.problem(i)).to.equal(undefined);
        const values = batch.values(i);
        rows.push({ number: values[2] ?? '', values: values.slice(leading) });
      }
    return rows;
  }

  for (const [name, write] of Object.entries(WRITERS))
    it(`written by ${name}: through parts, results, failed.csv and in again`, async () => {
      await fc.assert(
        fc.asyncProperty(table, fc.boolean(), async (rows, isGrouped) => {
          const header = (rows[0] ?? ['']).map((_, at) => `Col${at}__c`);
          const groupBy = isGrouped ? 'col0__c' : undefined;
          const runDir = await loaded(write([header, ...rows]), groupBy);
          const refused = rows.flatMap((values, at) => (isRefused(values) ? [{ number: String(at + 1), values }] : []));
          const taken = rows.filter((values) => !isRefused(values));
          expect(await read(join(runDir, 'failed.csv'), 3)).to.deep.equal(refused);
          expect((await read(join(runDir, 'success.csv'), 2)).map(({ values }) => values)).to.deep.equal(taken);
          const again = await loaded(await readFile(join(runDir, 'failed.csv')), groupBy);
          expect((await read(join(again, 'failed.csv'), 3)).map(({ values }) => values)).to.deep.equal(
            refused.map(({ values }) => values)
          );
        }),
        { numRuns: 4 } // each makes some thirty durable files
      );
    });
});
