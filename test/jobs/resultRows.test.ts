import { expect } from 'chai';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { ResultRows } from '../../src/jobs/resultRows.js';

function counted(text: string, pieceBytes = 3): ResultRows {
  const rows = new ResultRows();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) rows.add(bytes.subarray(at, at + pieceBytes));
  return rows;
}

describe('jobs/resultRows', () => {
  const CASES: ReadonlyArray<readonly [text: string, rows: number, headerBytes: number | undefined]> = [
    ['', 0, undefined],
    ['"Id"\n', 0, 5],
    ['"Id"', 0, undefined],
    ['"Id"\n"a"\n"b"\n', 2, 5],
    ['"Id"\r\n"a"\r\n"b"', 2, 6],
    ['"Id","N"\n"a","x\ny"\n"b","q""\n"""\n', 2, 9],
    ['"I\nd"\n"a"\n', 1, 6]
  ];
  for (const [text, rows, headerBytes] of CASES)
    it(`counts ${rows} in ${JSON.stringify(text)}`, () => {
      const found = counted(text);
      expect([found.rows, found.headerBytes]).to.deep.equal([rows, headerBytes]);
    });

  it('knows a body that ends within quotes, and one whose last row has no line end', () => {
    expect(counted('"Id"\n"a').isBrokenOff).to.equal(true);
    expect(counted('"Id"\n"a"\n').isBrokenOff).to.equal(false);
    expect(counted('"Id"\n"a"').endsWithLine).to.equal(false);
    expect(counted('"Id"\n"a"\r\n').endsWithLine).to.equal(true);
  });

  it('counts whatever a CSV writer writes, wherever the pieces end', () => {
    const table = fc.array(
      fc.tuple(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r\n', 'ä', 'x') })),
      { minLength: 1 }
    );
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), fc.constantFrom('\n', '\r\n'), (records, bytes, ending) => {
        const text = stringify(records, { quoted: true, record_delimiter: ending });
        const header = stringify(records.slice(0, 1), { quoted: true, record_delimiter: ending });
        const found = counted(text, bytes);
        expect(found.rows).to.equal(records.length - 1);
        expect(found.headerBytes).to.equal(Buffer.byteLength(header));
      })
    );
  });
});
