import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeRecord } from '../../../src/input/encode.js';
import { RecordBatch } from '../../../src/input/recordBatch.js';
import { scanRecords } from '../../../src/input/records.js';
import { matchPlan, type Prepared } from '../../../src/load/prepare/prepared.js';
import { type KeyedRecord, RowKey } from '../../../src/load/settle/rowKey.js';

const TYPES = ['string', 'email', 'id', 'reference', 'double', 'boolean', 'datetime', 'unknown'] as const;

function preparedFor(type: string, isKeyCaseSensitive: boolean, keyColumn: number | undefined = 1): Prepared {
  const columns = [
    { name: 'Name', type: 'string' },
    { name: 'Key__c', type }
  ];
  const said = { version: 1 as const, inputHeader: 'Name,Key__c', mapping: [] };
  return { ...said, delimiter: 'COMMA', lineEnding: 'LF', columns, keyColumn, isKeyCaseSensitive };
}

type Shown = readonly [ofBytes: string, ofText: string];

/** What a row is known by, as it was read of its bytes and of its values' texts. */
async function bothWays(values: readonly string[], prepared: Prepared): Promise<Shown> {
  const { plain, ...plan } = matchPlan(prepared);
  const shown = (row: RowKey): string => `${row.hash} ${row.isKey} ${row.bytes.toString('utf8', 0, row.length)}`;
  const [ofBytes, ofText] = [new RowKey({ ...plan, plain }), new RowKey(plan)];
  const record: KeyedRecord = {
    batch: RecordBatch.NONE,
    at: 0,
    placeOf: values.map((_, column) => column),
    valueOf: (column) => record.batch.field(0, column)
  };
  for await (const batch of scanRecords(only(`a,b\n${encodeRecord([...values], ',')}\n`), { delimiter: 'COMMA' })) {
    if (batch.firstNumber === 0) continue;
    record.batch = batch;
    for (const key of [ofBytes, ofText]) key.ofRecord(record);
  }
  return [shown(ofBytes), shown(ofText)];
}

async function* only(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

describe('load/rowKey', () => {
  const anyKey = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.stringMatching(/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/),
    fc.double().map(String),
    fc.constantFrom('', '#N/A', ' a', 'a ', '"q"', 'TRUE', '007', '1e3', '+1', 'SHP-000000001', 'Ärger', 'a\nb')
  );

  it('of a record’s bytes is what it is of its values, whatever these are', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, fc.constantFrom(...TYPES), fc.boolean(), async (key, type, isCaseSensitive) => {
        const [ofBytes, ofText] = await bothWays(['x', key], preparedFor(type, isCaseSensitive));
        expect(ofBytes).to.equal(ofText);
      }),
      { numRuns: 2000 }
    );
  });

  it('has the same bytes for what the org takes for the same', async () => {
    const ofKey = async (key: string, type: string, isCaseSensitive: boolean): Promise<string> =>
      (await bothWays(['x', key], preparedFor(type, isCaseSensitive)))[0];
    expect(await ofKey('shp-1', 'string', false)).to.equal(await ofKey('SHP-1', 'string', false));
    expect(await ofKey('shp-1', 'string', true)).not.to.equal(await ofKey('SHP-1', 'string', true));
    expect(await ofKey('001000000000001AAA', 'id', true)).to.equal(await ofKey('001000000000001', 'id', true));
    expect(await ofKey('9.12260031E8', 'unknown', true)).to.equal(await ofKey('912260031', 'unknown', true));
  });

  it('is all values of a row without key, and of an insert', async () => {
    const insert = (type: string): Prepared => ({ ...preparedFor(type, true), keyColumn: undefined });
    await fc.assert(
      fc.asyncProperty(anyKey, anyKey, fc.constantFrom(...TYPES), async (name, value, type) => {
        const [ofBytes, ofText] = await bothWays([name, value], insert(type));
        expect(ofBytes).to.equal(ofText).and.to.contain(' false ');
      }),
      { numRuns: 1000 }
    );
    const of = async (values: readonly string[], prepared: Prepared): Promise<string> =>
      (await bothWays(values, prepared))[0];
    expect(await of(['a', ''], preparedFor('string', true))).to.equal(await of(['a', ''], insert('string')));
    expect(await of(['a', '1.0E2'], insert('double'))).to.equal(await of(['a', '100.00'], insert('double')));
    expect(await of(['ab', 'c'], insert('string'))).not.to.equal(await of(['a', 'bc'], insert('string')));
    expect(await of(['A', 'x'], insert('string'))).not.to.equal(await of(['a', 'x'], insert('string')));
  });

  it('has the hashes of its version: with others, raise it in keyHashes.ts', async () => {
    const values = [
      'SHP-0001',
      'Ärger, "groß"\r\n',
      '',
      '#N/A',
      '9.12E4',
      'TRUE',
      '001000000000001AAA',
      '2026-01-31T10:00:00+0100'
    ];
    const hashes: string[] = [];
    for (const type of TYPES)
      for (const value of values) hashes.push((await bothWays(['x', value], preparedFor(type, false)))[0]);
    expect(createHash('sha256').update(hashes.join('\n')).digest('hex')).to.equal(
      '7333b25dc0becd9339884d789fd417128514a52a7e1306c0bcffd8b2a970d6ee'
    );
  });

  it('grows with what it is to hold', async () => {
    const long = 'k'.repeat(5000);
    const [ofBytes, ofText] = await bothWays(['x', long], preparedFor('string', true));
    expect(ofBytes).to.equal(ofText);
    expect(ofBytes).to.have.length.above(5000);
  });
});
