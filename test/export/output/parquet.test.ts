import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { type ExportColumn } from '../../../src/export/asked.js';
import { type ParquetWritten, writeParquet } from '../../../src/export/output/parquet.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

const column = (type: string, precision = 0, scale = 0, name = type): ExportColumn => ({
  name,
  type,
  precision,
  scale
});

describe('export/output/parquet', () => {
  const dir = tempDir();
  const path = (file = 1): string => join(dir.path, `${file}.parquet`);

  /** Writes one file of each list of CSV rows. */
  async function write(columns: readonly ExportColumn[], ...files: ReadonlyArray<readonly string[]>) {
    const names = columns.map(({ name }) => name);
    const targets = [];
    for (const [index, rows] of files.entries()) {
      const csv = join(dir.path, `${index + 1}.csv`);
      await writeFile(csv, [names.join(','), ...rows, ''].join('\n'));
      targets.push({ path: path(index + 1), csvs: [csv], rows: rows.length });
    }
    return writeParquet({ delimiter: 'COMMA', names, columns, directory: join(dir.path, 'db') }, targets);
  }

  async function typesIn(file = 1): Promise<string[]> {
    const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(path(file)));
    return schema.slice(1).map(({ name, converted_type: converted, type, precision, scale }) => {
      const digits = converted === 'DECIMAL' ? `(${precision},${scale ?? 0})` : '';
      return `${name} ${converted ?? type}${digits}`;
    });
  }

  const read = async (): Promise<Array<Record<string, unknown>>> =>
    parquetReadObjects({ file: await asyncBufferFromFile(path()) });

  /** Decimals as text: another reader gives them as binary numbers. */
  async function exactly(name: string): Promise<unknown[]> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const result = await connection.runAndReadAll(`SELECT CAST("${name}" AS VARCHAR) FROM read_parquet('${path()}')`);
    connection.closeSync();
    return result.getRows().map(([value]) => value);
  }

  it('gives each type its own, with E-notation and nulls', async () => {
    const columns = [
      column('int'),
      column('currency', 18, 2),
      ...['date', 'datetime', 'boolean', 'string'].map((type) => column(type))
    ];
    const rows = ['7,"9.12260031E8",2026-01-31,2026-01-31T12:30:00.000Z,true,"a ""b"""', '"","","","","",""'];
    expect((await write(columns, rows)).warnings).to.deep.equal([]);
    expect(await read()).to.deep.equal([
      {
        int: 7n,
        currency: 912260031,
        date: new Date('2026-01-31'),
        datetime: new Date('2026-01-31T12:30:00Z'),
        boolean: true,
        string: 'a "b"'
      },
      { int: null, currency: null, date: null, datetime: null, boolean: null, string: null }
    ]);
  });

  const CASES: Array<[says: string, is: ExportColumn, values: string[], type: string, exact: string[]]> = [
    ['more digits behind the point', column('currency', 18, 2), ['1.005'], 'DECIMAL(19,3)', ['1.005']],
    ['more digits before the point', column('percent', 5, 2), ['12345.6'], 'DECIMAL(7,2)', ['12345.60']],
    ['hardly anything at all', column('double', 18, 2), ['1E-20'], 'DECIMAL(36,20)', ['0.00000000000000000001']],
    ['more digits than fit', column('double', 18, 2), ['1E30', '1.5E-20'], 'UTF8', ['1E30', '1.5E-20']],
    ['a part of a whole number', column('int'), ['5', '1.5'], 'DECIMAL(19,1)', ['5.0', '1.5']],
    [
      'more digits than a binary number keeps',
      column('double'),
      ['12345678901234567.89'],
      'DECIMAL(19,2)',
      ['12345678901234567.89']
    ]
  ];
  for (const [says, is, values, type, exact] of CASES)
    it(`makes the column of a value with ${says} wider and no other, and says so`, async () => {
      const other = column('currency', 18, 2, 'other');
      const { warnings } = await write(
        [is, other],
        values.map((value) => `${value},1.25`)
      );
      expect(await typesIn()).to.deep.equal([`${is.name} ${type}`, 'other DECIMAL(18,2)']);
      expect(await exactly(is.name)).to.deep.equal(exact);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.contain(is.name);
    });

  it('leaves a column as it is for zeros behind the digits, and large exponents of binary numbers', async () => {
    const columns = [column('currency', 18, 2), column('double', 0, 0)];
    const { warnings } = await write(columns, ['1.2500000000000000000000,1E300', '1.0E3,0.1', '-0,-1.5E-300']);
    expect(warnings).to.deep.equal([]);
    expect(await typesIn()).to.deep.equal(['currency DECIMAL(18,2)', 'double DOUBLE']);
    expect(await exactly('currency')).to.deep.equal(['1.25', '1000.00', '0.00']);
    expect((await read()).map(({ double }) => double)).to.deep.equal([1e300, 0.1, -1.5e-300]);
  });

  it('reads a number whose digits overflow before its exponent is seen', async () => {
    const { warnings } = await write(
      [column('currency', 5, 2)],
      ['24654E-2', '-98700000E-5', '0.0000000000123E12', '0E-9']
    );
    expect(warnings).to.deep.equal([]);
    expect(await exactly('currency')).to.deep.equal(['246.54', '-987.00', '12.30', '0.00']);
  });

  it('gives all files the same types', async () => {
    const written: ParquetWritten = await write([column('currency', 18, 2)], ['1.25'], ['1.005', '2']);
    expect(written.rows).to.deep.equal([1, 2]);
    expect(await typesIn(1)).to.deep.equal(['currency DECIMAL(19,3)']);
    expect(await typesIn(2)).to.deep.equal(['currency DECIMAL(19,3)']);
  });

  it('loses no digit of any number, however it is written', async () => {
    const digits = fc.stringMatching(/^[0-9]{1,12}$/);
    const number = fc
      .tuple(fc.constantFrom('', '-'), digits, fc.option(digits), fc.option(fc.integer({ min: -15, max: 15 })))
      .map(([sign, whole, part, e]) => `${sign}${whole}${part === null ? '' : `.${part}`}${e === null ? '' : `E${e}`}`);
    const type = fc.constantFrom(column('currency', 18, 2, 'n'), column('double', 0, 0, 'n'), column('int', 0, 0, 'n'));
    await fc.assert(
      fc.asyncProperty(type, fc.array(number, { minLength: 1, maxLength: 20 }), async (is, values) => {
        await write([is], values);
        expect((await exactly('n')).map((value) => plain(String(value)))).to.deep.equal(values.map(plain));
      }),
      { numRuns: 20, endOnFailure: true }
    );
  });

  it('has room for rows that are much longer than the others', async () => {
    const long = 'x'.repeat(131_072);
    const rows = [...Array.from({ length: 20_000 }, (_, n) => String(n)), ...Array.from({ length: 400 }, () => long)];
    const { rows: written } = await write([column('textarea')], rows);
    expect(written).to.deep.equal([20_400]);
    expect((await read()).at(-1)).to.deep.equal({ textarea: long });
  });

  it('says that there is no room for rows of such a length', async () => {
    const csv = join(dir.path, '1.csv');
    const rows = [
      ...Array.from({ length: 20_000 }, () => '1'),
      ...Array.from({ length: 400 }, () => 'x'.repeat(131_072))
    ];
    await writeFile(csv, ['n', ...rows, ''].join('\n'));
    const source = { delimiter: 'COMMA' as const, names: ['n'], directory: join(dir.path, 'db'), memoryMb: 30 };
    const error = await rejection(writeParquet(source, [{ path: path(), csvs: [csv], rows: rows.length }]));
    expect(error.name).to.equal('ParquetMemoryError');
  });

  it('has room for many columns', async () => {
    const columns = Array.from({ length: 500 }, (_, at) => column('string', 0, 0, `F${at}__c`));
    const row = columns.map((_, at) => `value ${at}`).join(',');
    expect(
      (
        await write(
          columns,
          Array.from({ length: 20_000 }, () => row)
        )
      ).rows
    ).to.deep.equal([20_000]);
  });

  it('says what is not of its type', async () => {
    for (const is of [column('int'), column('currency', 18, 2), column('boolean')]) {
      const error = await rejection(write([is], ['x']));
      expect([error.name, error.message.includes("'x'") || error.message.includes('"x"')]).to.deep.equal([
        'ParquetValueError',
        true
      ]);
    }
  });

  it('ends in the midst of a file when it is interrupted', async () => {
    const ending = new AbortController();
    const csv = join(dir.path, '1.csv');
    await writeFile(csv, `n\n${'12.5\n'.repeat(100_000)}`);
    const columns = [column('currency', 18, 2, 'n')];
    const source = { delimiter: 'COMMA' as const, names: ['n'], columns, directory: join(dir.path, 'db') };
    // It would take half a minute.
    const file = { path: path(), csvs: Array.from({ length: 500 }, () => csv), rows: 50_000_000 };
    setTimeout(() => ending.abort(new Error('enough')), 200);
    expect((await rejection(writeParquet({ ...source, signal: ending.signal }, [file]))).message).to.equal('enough');
  });
});

/** A number as digits and the power of the last of them. */
function plain(text: string): string {
  const [mantissa = '', e = '0'] = text.toLowerCase().split('e');
  const [whole = '', part = ''] = mantissa.replace('-', '').split('.');
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${text.startsWith('-') ? '-' : ''}${kept}e${Number(e) - part.length + digits.length - kept.length}`;
}
