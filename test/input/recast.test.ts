import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { DELIMITER_NAMES, DELIMITERS, type DelimiterName } from '../../src/input/delimiters.js';
import { encodeRecord } from '../../src/input/encode.js';
import { isSameLayout, type Layout, Recast } from '../../src/input/recast.js';
import { type RecordBatch } from '../../src/input/recordBatch.js';
import { scanRecords } from '../../src/input/records.js';

type Row = { readonly record: string; readonly values: string[]; readonly problem?: string };

describe('input/recast', () => {
  /** The rows of a text as they lie in another file. */
  async function recast(text: string, from: DelimiterName, to: Layout): Promise<Row[]> {
    const rows: Row[] = [];
    let writer: Recast | undefined;
    for await (const batch of scanRecords(Readable.from([Buffer.from(text)]), { delimiter: from, hasNames: true })) {
      if (writer) rows.push(...rowsOf(writer.take(batch)));
      else writer = new Recast({ header: batch.values(0), delimiter: from }, to);
    }
    return rows;
  }

  function rowsOf(batch: RecordBatch): Row[] {
    return Array.from({ length: batch.count }, (_, i) => ({
      record: batch.record(i).toString(),
      values: batch.values(i),
      problem: batch.problem(i)
    }));
  }

  const to = (columns: string, delimiter: DelimiterName = 'COMMA'): Layout => ({
    header: columns.split(','),
    delimiter
  });

  it('gives every value to its own column, and writes rows that read back, whatever order and delimiters', async () => {
    const unit = fc.constantFrom('a', ',', ';', '\t', '|', '^', '`', '"', '\n', '\r', ' ', 'ü');
    const value = fc.string({ unit, maxLength: 5 });
    const table = fc.integer({ min: 1, max: 4 }).chain((columns) =>
      fc.record({
        rows: fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 6 }),
        order: fc.shuffledSubarray(
          Array.from({ length: columns }, (_, at) => at),
          { minLength: columns }
        )
      })
    );
    const delimiter = fc.constantFrom(...DELIMITER_NAMES);
    await fc.assert(
      fc.asyncProperty(table, delimiter, delimiter, async ({ rows, order }, from, other) => {
        const names = order.map((_, at) => `C${at}`);
        const layout = { header: order.map((at) => names[at] ?? ''), delimiter: other };
        const text = [names, ...rows].map((row) => `${encodeRecord(row, DELIMITERS[from])}\n`).join('');
        const now = await recast(text, from, layout);
        const wanted = rows.map((row) => order.map((at) => row[at] ?? ''));
        expect(now.map(({ values }) => values)).to.deep.equal(wanted);
        const written = Buffer.from(now.map(({ record }) => `${record}\n`).join(''));
        const read: string[][] = [];
        for await (const batch of scanRecords(Readable.from([written]), { delimiter: other, columns: order.length }))
          read.push(...rowsOf(batch).map(({ values }) => values));
        expect(read).to.deep.equal(wanted);
      })
    );
  });

  it('keeps the quotes of values, and adds them only where the new delimiter stands', async () => {
    const [row] = await recast('A;B\n"x";y,z\n', 'SEMICOLON', to('B,A'));
    expect(row?.record).to.equal('"y,z","x"');
  });

  it('keeps the text of a row whose fields can not be told', async () => {
    const rows = await recast('A;B;C\n1;2;3;4\nx"y;2;3\n"1"z;2;3\n', 'SEMICOLON', to('C,B,A'));
    expect(rows.map(({ record, problem }) => [record, problem])).to.deep.equal([
      ['1;2;3;4', 'too-many-fields'],
      ['x"y;2;3', 'stray-quote'],
      ['"1"z;2;3', 'text-after-quote']
    ]);
    expect(rows[0]?.values).to.deep.equal(['1', '2', '3', '4']);
  });

  it('leaves the values of a row with too few where they are, unless the order is another one', async () => {
    const text = 'A;B;C\n1;"2,"\n';
    expect(await recast(text, 'SEMICOLON', to('a,b,c'))).to.deep.equal([
      { record: '1,"2,"', values: ['1', '2,'], problem: 'too-few-fields' }
    ]);
    expect(await recast(text, 'SEMICOLON', to('C,B,A'))).to.deep.equal([
      { record: '"1;""2,""",', values: ['1;"2,"', ''], problem: 'too-few-fields' }
    ]);
  });

  it('keeps the columns without a name at the end, of either file', async () => {
    const wide: Layout = { header: ['B', 'A', '', ''], delimiter: 'COMMA' };
    expect(await recast('A;B\n1;2\n', 'SEMICOLON', wide)).to.deep.equal([
      { record: '2,1,,', values: ['2', '1', '', ''], problem: undefined }
    ]);
    const narrow = await recast('A;B;;\n1;2;;\n3;4\n5;6;;x\n', 'SEMICOLON', to('B,A'));
    expect(narrow.map(({ record, problem }) => [record, problem])).to.deep.equal([
      ['2,1', undefined],
      ['4,3', undefined],
      ['5;6;;x', 'nameless-value']
    ]);
    expect(await recast('A;B;;\n5;6;;x\n', 'SEMICOLON', wide)).to.deep.equal([
      { record: '6,5,,x', values: ['6', '5', '', 'x'], problem: 'nameless-value' }
    ]);
  });

  it('gives a row of one empty value quotes, as the bare line would be none', async () => {
    expect(await recast('A;\n;\n', 'SEMICOLON', to('a'))).to.deep.equal([
      { record: '""', values: [''], problem: undefined }
    ]);
  });

  it('says of a row that is too long that it is, and gives its values their columns where it has them', async () => {
    const long = 'x'.repeat(131_073);
    const rows = await recast(`A;B\n1;${long}\n${long}\n`, 'SEMICOLON', to('B,A'));
    expect(rows.map(({ problem, values }) => [problem, values.map(({ length }) => length)])).to.deep.equal([
      ['field-too-long', [131_073, 1]],
      ['field-too-long', [131_073]]
    ]);
  });

  it('knows what lies otherwise', () => {
    const layout = to('A,B');
    expect(isSameLayout(layout, to('a,B '))).to.equal(true);
    expect(isSameLayout(layout, to('B,A'))).to.equal(false);
    expect(isSameLayout(layout, to('A,B', 'TAB'))).to.equal(false);
    expect(isSameLayout(layout, { ...layout, header: ['A', 'B', ''] })).to.equal(false);
  });
});
