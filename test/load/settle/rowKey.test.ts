import { expect } from 'chai';
import fc from 'fast-check';
import { encodeRecord } from '../../../src/input/encode.js';
import { scanRecords } from '../../../src/input/records.js';
import { keyForm, plainKeyForm, type Prepared } from '../../../src/load/prepare/prepared.js';
import { RowKey } from '../../../src/load/settle/rowKey.js';

const TYPES = ['string', 'email', 'id', 'reference', 'double', 'boolean', 'datetime', 'unknown'] as const;

function preparedFor(type: string, isKeyCaseSensitive: boolean): Prepared {
  const columns = [
    { name: 'Name', type: 'string' },
    { name: 'Key__c', type }
  ];
  const said = { version: 1 as const, inputHeader: 'Name,Key__c', mapping: [] };
  return { ...said, delimiter: 'COMMA', lineEnding: 'LF', columns, keyColumn: 1, isKeyCaseSensitive };
}

/** A key as it was read of a record, and of the same record's values. */
async function bothWays(key: string, prepared: Prepared): Promise<[string, string]> {
  const plainKey = plainKeyForm(prepared);
  const canonical = prepared.columns.map(({ type }) => keyForm(type, prepared));
  const [ofBytes, ofText] = [
    new RowKey({ keyColumn: 1, canonical, plainKey }),
    new RowKey({ keyColumn: 1, canonical })
  ];
  const text = (row: RowKey): string => `${row.hash} ${row.bytes.toString('utf8', 0, row.length)}`;
  for await (const batch of scanRecords(only(`a,b\n${encodeRecord(['x', key], ',')}\n`), { delimiter: 'COMMA' })) {
    if (batch.firstNumber === 0) continue;
    const valueOf = (column: number): string => batch.field(0, column);
    ofBytes.ofRecord(batch, 0, [0, 1], valueOf);
    ofText.ofValues(valueOf);
  }
  return [text(ofBytes), text(ofText)];
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
        const [ofBytes, ofText] = await bothWays(key, preparedFor(type, isCaseSensitive));
        expect(ofBytes).to.equal(ofText);
      }),
      { numRuns: 2000 }
    );
  });

  it('has the same bytes for what the org takes for the same', async () => {
    const ofKey = async (key: string, type: string, isCaseSensitive: boolean): Promise<string> =>
      (await bothWays(key, preparedFor(type, isCaseSensitive)))[0];
    expect(await ofKey('shp-1', 'string', false)).to.equal(await ofKey('SHP-1', 'string', false));
    expect(await ofKey('shp-1', 'string', true)).not.to.equal(await ofKey('SHP-1', 'string', true));
    expect(await ofKey('001000000000001AAA', 'id', true)).to.equal(await ofKey('001000000000001', 'id', true));
    expect(await ofKey('9.12260031E8', 'unknown', true)).to.equal(await ofKey('912260031', 'unknown', true));
  });

  it('grows with what it is to hold', async () => {
    const long = 'k'.repeat(5000);
    const [ofBytes, ofText] = await bothWays(long, preparedFor('string', true));
    expect(ofBytes).to.equal(ofText);
    expect(ofBytes).to.have.length.above(5000);
  });
});
