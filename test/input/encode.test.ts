import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { DELIMITERS, DELIMITER_NAMES } from '../../src/input/delimiters.js';
import { encodeField, encodeRecord } from '../../src/input/encode.js';
import { scanRecords } from '../../src/input/records.js';
import { chunksOf } from '../chunks.js';

describe('input/encode', () => {
  it('quotes a value only where it must be', () => {
    expect(['a', ' a ', '', 'a;b', 'a,b', 'a"b', 'a\nb', 'a\rb'].map((value) => encodeField(value, ','))).to.deep.equal(
      ['a', ' a ', '', 'a;b', '"a,b"', '"a""b"', '"a\nb"', '"a\rb"']
    );
  });

  it('quotes a lone empty value, which would be a blank line', () => {
    expect(encodeRecord([''], ',')).to.equal('""');
    expect(encodeRecord(['', ''], ',')).to.equal(',');
  });

  it('writes what our scanner and csv-parse both read as the same values', async () => {
    const values = fc.array(
      fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '|', '\t', '^', '`', '\r', '\n', 'ü') }),
      {
        minLength: 1,
        maxLength: 5
      }
    );
    await fc.assert(
      fc.asyncProperty(values, fc.constantFrom(...DELIMITER_NAMES), async (row, name) => {
        const csv = encodeRecord(row, DELIMITERS[name]);
        const oracle: unknown = parse(csv, { delimiter: DELIMITERS[name], record_delimiter: ['\r\n', '\n', '\r'] });
        expect(oracle).to.deep.equal([row]);
        for await (const batch of scanRecords(chunksOf(csv), { delimiter: name }))
          expect(batch.values(0)).to.deep.equal(row);
      })
    );
  });
});
