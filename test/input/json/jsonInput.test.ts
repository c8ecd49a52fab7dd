import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Input, openInput } from '../../../src/input/input.js';
import { type InputSource } from '../../../src/input/open.js';
import { sfRejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

/** A row: its values, or the text of a record that is none. */
type Row = { readonly number: number; readonly values: string[]; readonly problem?: string };

async function rowsOf(input: Input): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of input.batches)
    for (let i = 0; i < batch.count; i += 1) {
      const problem = batch.problem(i);
      const values = problem ? [batch.record(i).toString()] : batch.values(i);
      rows.push({ number: batch.firstNumber + i, values, problem });
    }
  return rows;
}

describe('input/json', () => {
  const dir = tempDir();
  let files = 0;

  async function source(text: string | Buffer, name = 'x.json'): Promise<InputSource> {
    const path = join(dir.path, `${(files += 1)}-${name}`);
    await writeFile(path, text);
    return { path };
  }

  async function table(text: string | Buffer, name?: string): Promise<{ header: readonly string[]; rows: string[][] }> {
    const input = await openInput([await source(text, name)]);
    const rows = await rowsOf(input);
    expect(rows.map(({ number }) => number)).to.deep.equal(rows.map((_, at) => at + 1));
    expect(rows.length).to.equal(input.rowCount);
    return { header: input.header, rows: rows.map(({ values }) => values) };
  }

  it('has the columns of all records, in the order in which they first come', async () => {
    expect(await table('[{"A":"1"},{"B":"2","a":"3"},{"C":true,"A":false}]')).to.deep.equal({
      header: ['A', 'B', 'C'],
      rows: [
        ['1', '', ''],
        ['3', '2', ''],
        ['false', '', 'true']
      ]
    });
  });

  it('tells null, which empties a field, from nothing, which leaves it alone', async () => {
    expect((await table('[{"A":null,"B":""},{"B":"x"}]')).rows).to.deep.equal([
      ['#N/A', ''],
      ['', 'x']
    ]);
  });

  it('makes columns of relationships, and takes null for all of them', async () => {
    const text = `[{"Account":null,"Name":"a"},
      {"Account":{"attributes":{"type":"Account"},"Ext__c":"A1","Owner":{"Alias":"x"}}},{"account":{"EXT__C":"A2"}}]`;
    expect(await table(text)).to.deep.equal({
      header: ['Name', 'Account.Ext__c', 'Account.Owner.Alias'],
      rows: [
        ['a', '#N/A', '#N/A'],
        ['', 'A1', 'x'],
        ['', 'A2', '']
      ]
    });
  });

  it('reads what sf data query --json writes, as it is', async () => {
    const answer = {
      status: 0,
      result: {
        totalSize: 2,
        done: true,
        records: [
          { attributes: { type: 'Contact', url: '/x' }, LastName: 'a', Account: { attributes: {}, Name: 'b' } },
          { attributes: { type: 'Contact', url: '/y' }, LastName: 'c "d"\n[e], {f}', Account: null }
        ]
      },
      warnings: ['records: [1]']
    };
    for (const indent of [0, 2])
      expect(await table(JSON.stringify(answer, undefined, indent))).to.deep.equal({
        header: ['LastName', 'Account.Name'],
        rows: [
          ['a', 'b'],
          ['c "d"\n[e], {f}', '#N/A']
        ]
      });
  });

  it('reads the answer of the REST API, and a result that is itself the list', async () => {
    for (const text of ['{"totalSize":1,"done":true,"records":[{"A":"1"}]}', '{"status":0,"result":[{"A":"1"}]}'])
      expect(await table(text)).to.deep.equal({ header: ['A'], rows: [['1']] });
  });

  it('reads a record a line, whatever the row ends, blank lines and BOM', async () => {
    const text = '\ufeff{"A":"1"}\r\n\n  {"B":"\\n"}  \n{"A":"ü"}';
    for (const name of ['x.ndjson', 'x.jsonl', 'X.NDJSON'])
      expect(await table(text, name)).to.deep.equal({
        header: ['A', 'B'],
        rows: [
          ['1', ''],
          ['', '\n'],
          ['ü', '']
        ]
      });
  });

  it('reads packed and UTF-16 files', async () => {
    expect((await table(gzipSync('[{"A":"1"}]'), 'x.json.gz')).rows).to.deep.equal([['1']]);
    expect((await table(gzipSync('{"A":"1"}\n'), 'x.ndjson.gz')).rows).to.deep.equal([['1']]);
    expect((await table(Buffer.from('\ufeff[{"A":"ü"}]', 'utf16le'))).rows).to.deep.equal([['ü']]);
  });

  it('is told what it reads where the name does not say it', async () => {
    const { path } = await source('{"A":"1"}\n{"A":"2"}\n', 'x.txt');
    expect(await rowsOf(await openInput([{ path, format: 'ndjson' }]))).to.have.length(2);
  });

  it('keeps all digits of a number, and writes it as it was', async () => {
    const text =
      '[{"A":12345678901234567890,"B":0.12345678901234567890,"C":1e400,"D":1.50,"E":-0,"F":9007199254740993}]';
    expect((await table(text)).rows).to.deep.equal([
      ['12345678901234567890', '0.12345678901234567890', '1e400', '1.50', '-0', '9007199254740993']
    ]);
    expect((await table('[{"A":1.5,"B":100}]')).rows).to.deep.equal([['1.5', '100']]);
  });

  it('joins a list of plain values, and keeps children of a record as their text', async () => {
    expect(await table('[{"A":["x","y"],"B":[],"Contacts":{"totalSize":1,"records":[{"C":1}]}}]')).to.deep.equal({
      header: ['A', 'B', 'Contacts'],
      rows: [['x;y', '', '{"totalSize":1,"records":[{"C":1}]}']]
    });
  });

  it('joins several files into one, whose columns are those of all', async () => {
    const input = await openInput([await source('[{"A":"1"}]'), await source('{"B":"2"}\n{"A":"3"}', 'y.ndjson')]);
    expect(input.header).to.deep.equal(['A', 'B']);
    expect((await rowsOf(input)).map(({ number, values }) => [number, ...values])).to.deep.equal([
      [1, '1', ''],
      [2, '', '2'],
      [3, '3', '']
    ]);
  });

  it('rejects a record that is none with its number, and shifts nothing', async () => {
    const broken = ['{"A":1,}', '{"A":"1" "B":2}', '5', '"text"', 'null', '[1]', '{"A":"\\ud800"}', '{"A":"\\u0000"}'];
    broken.push('{"A":1,"a":2}', '{"A":tru}', "{'A':1}", '{"A":NaN}', '{"A":-Infinity}');
    const others: Readonly<Record<string, string>> = {
      [broken[6] ?? '']: 'unsendable-text',
      [broken[7] ?? '']: 'unsendable-text',
      [broken[8] ?? '']: 'name-twice'
    };
    const good = (at: number): string => `{"A":"${at}"}`;
    const list = broken.flatMap((text, at) => [good(at), text]);
    for (const [text, name] of [
      [`[${list.join(',\n')}]`, 'x.json'],
      [list.join('\n'), 'x.ndjson']
    ] as const) {
      const rows = await rowsOf(await openInput([await source(text, name)]));
      expect(rows.map(({ number }) => number)).to.deep.equal(list.map((_, at) => at + 1));
      expect(rows.map(({ values }) => values[0])).to.deep.equal(broken.flatMap((one, at) => [String(at), one]));
      expect(rows.map(({ problem }) => problem)).to.deep.equal(
        broken.flatMap((one) => [undefined, others[one] ?? 'no-record'])
      );
    }
  });

  it('gives back any records, however the bytes are cut', async () => {
    const value = fc.oneof(
      fc.string({
        unit: fc.constantFrom('a', '"', '\\', ',', '{', '}', '[', ']', '\n', '\r\n', 'ü', '📦'),
        maxLength: 6
      }),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null)
    );
    const record = fc.record({ A: value, B: value, Rel: fc.record({ C: value }) }, { requiredKeys: [] });
    const text = (one: string | number | boolean | null | undefined): string =>
      one === undefined ? '' : one === null ? '#N/A' : Object.is(one, -0) ? '0' : String(one);
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(record, { minLength: 1, maxLength: 8 })
          .filter((records) => records.some((one) => Object.keys(one).length > 0)),
        fc.constantFrom('json', 'ndjson', 'query'),
        fc.constantFrom(undefined, 2),
        async (records, shape, indent) => {
          const written =
            shape === 'json'
              ? JSON.stringify(records, undefined, indent)
              : shape === 'query'
                ? JSON.stringify({ result: { records, done: true } }, undefined, indent)
                : records.map((one) => JSON.stringify(one)).join('\n');
          const input = await openInput([await source(written, shape === 'ndjson' ? 'x.ndjson' : 'x.json')]);
          const rows = await rowsOf(input);
          expect(rows).to.have.length(records.length);
          for (const [at, one] of records.entries())
            for (const [place, column] of input.header.entries()) {
              const value = column === 'Rel.C' ? one.Rel?.C : column === 'A' ? one.A : one.B;
              expect(rows[at]?.values[place], `${at} ${column}`).to.equal(text(value));
            }
        }
      ),
      { numRuns: 100 }
    );
  });

  it('reads a file of many batches', async () => {
    const lines = Array.from({ length: 30_000 }, (_, at) => JSON.stringify({ A: at, B: `x\n"${at}"` }));
    const { rows } = await table(`[${lines.join(',')}]`);
    expect(rows).to.have.length(30_000);
    expect(rows.every(([a, b], at) => a === String(at) && b === `x\n"${at}"`)).to.equal(true);
  });

  it('takes a record that is larger than a batch', async () => {
    const rows = await rowsOf(await openInput([await source(`[{"A":"1"},{"A":"${'x'.repeat(900_000)}"},{"A":"2"}]`)]));
    expect(rows.map(({ problem, values }) => problem ?? values[0])).to.deep.equal(['1', 'record-too-long', '2']);
  });

  it('has no columns and no rows where there are no records', async () => {
    const empty: ReadonlyArray<[string, string]> = [
      ['[]', 'x.json'],
      ['{"status":0,"result":{"totalSize":0,"done":true,"records":[]}}', 'x.json'],
      ['', 'x.ndjson'],
      ['\n\n', 'x.ndjson']
    ];
    for (const [text, name] of empty) {
      const input = await openInput([await source(text, name)]);
      expect(input.header, text).to.deep.equal([]);
      expect(await rowsOf(input)).to.deep.equal([]);
    }
  });

  it('rejects a record that has a name twice, at any depth, and no other', async () => {
    const good = '{"A":"\\":{\\\\","B":[{"x":1},{"x":"a:b"}],"C":{"D":{"E":1}}}';
    const bad = ['{"A":1,"A":1}', '{"A":1,"\\u0041":2}', '{"C":{"D":1,"D":2}}', '{"B":[{"x":1,"x":2}]}'];
    const rows = await rowsOf(await openInput([await source([good, ...bad].join('\n'), 'x.ndjson')]));
    expect(rows.map(({ problem }) => problem)).to.deep.equal([undefined, ...bad.map(() => 'name-twice')]);
  });

  const refused: ReadonlyArray<[string, string, string, string, RegExp]> = [
    ['an empty file', '', 'x.json', 'JsonEmptyError', /empty/],
    ['a list of lists', '[["A","B"],[1,2]]', 'x.json', 'JsonNothingError', /2 of them.*no JSON object/],
    ['a list of empty records', '[{},{}]', 'x.json', 'JsonNothingError', /no members/],
    ['records with NaN alone', '{"A":NaN}\n', 'x.ndjson', 'JsonNothingError', /1 of them.*no JSON object/],
    ['a record with a name twice alone', '[{"A":1,"A":2}]', 'x.json', 'JsonNothingError', /a name twice/],
    ['a member without a name', '[{"A":1,"":2}]', 'x.json', 'BlankColumnError', /Column 2/],
    ['a list where lines should be', '[\n{"A":1},\n{"A":2}\n]\n', 'x.ndjson', 'ListInLinesError', /one list/],
    ['a list in one line where lines should be', '[{"A":1}]', 'x.jsonl', 'ListInLinesError', /one list/],
    ['a document that is no list', '{"A":{"B":1}}', 'x.json', 'JsonNoRecordsError', /no list/],
    [
      'the error of a command',
      '{"status":1,"name":"X","message":"y","stack":["z"]}',
      'x.json',
      'JsonNoRecordsError',
      /no list/
    ],
    ['lines where a document should be', '{"A":1}\n{"A":2}\n', 'x.json', 'JsonBrokenError', /byte 8/],
    ['text after the list', '[{"A":1}] x', 'x.json', 'JsonBrokenError', /byte 10/],
    ['CSV', 'A,B\n1,2\n', 'x.json', 'JsonBrokenError', /byte 0/],
    ['a list that is cut short', '[{"A":1},{"A":', 'x.json', 'JsonUnclosedError', /byte 9/],
    ['a list that is cut short between records', '[{"A":1},', 'x.json', 'JsonUnclosedError', /byte 9/],
    ['an answer that is cut short', '{"result":{"records":[{"A":1}]', 'x.json', 'JsonUnclosedError', /cut short/],
    ['one page of an answer', '{"done":false,"records":[{"A":1}]}', 'x.json', 'JsonIncompleteError', /more records/],
    [
      'one page of an answer that says it last',
      '{"records":[{"A":1}],"done": false}',
      'x.json',
      'JsonIncompleteError',
      /more/
    ],
    ['JSON under the name of a CSV', '[{"A":1}]', 'x.csv', 'LooksLikeJsonError', /CSV/],
    ['lines of JSON under the name of a CSV', '{"A":1}\n{"A":2}', 'x.txt', 'LooksLikeJsonError', /CSV/],
    ['a record without end', `[{"A":"${'x'.repeat(9_000_000)}`, 'x.json', 'NoRowEndError', /Row 1/],
    ['a line without end', `{"A":1}\n{"A":"${'x'.repeat(9_000_000)}`, 'x.ndjson', 'NoRowEndError', /Row 2/]
  ];
  for (const [what, text, name, error, message] of refused)
    it(`refuses ${what}`, async () => {
      const found = await sfRejection(openInput([await source(text, name)]).then(rowsOf));
      expect(found.name).to.equal(error);
      expect(found.message).to.match(message);
    });

  it('refuses to join CSV and JSON', async () => {
    const found = await sfRejection(openInput([await source('A\n1\n', 'x.csv'), await source('[{"A":1}]')]));
    expect(found.name).to.equal('FormatsDifferError');
  });

  it('says so when a file has other columns at the second reading', async () => {
    const one = await source('{"A":1}\n', 'x.ndjson');
    const input = await openInput([one]);
    await writeFile(one.path, '{"B":1}\n');
    expect((await sfRejection(rowsOf(input))).name).to.equal('InputChangedError');
  });
});
