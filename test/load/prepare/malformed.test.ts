import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { scanRecords } from '../../../src/input/records.js';
import { type Malformation, malformation } from '../../../src/load/prepare/malformed.js';
import { type MappedColumn } from '../../../src/schema/mapping.js';

/** Of the first row of a CSV, if there is something wrong with it. */
async function found(csv: string): Promise<Malformation | undefined> {
  let mapped: MappedColumn[] = [];
  for await (const batch of scanRecords(Readable.from([Buffer.from(csv)]), { delimiter: 'COMMA', hasNames: true }))
    for (let i = 0; i < batch.count; i += 1) {
      const problem = batch.problem(i);
      if (batch.firstNumber + i === 0) mapped = batch.values(i).map((column, index) => ({ column, index }));
      else return problem && malformation(problem, { batch, i, mapped });
    }
  return undefined;
}

describe('load/malformed', () => {
  const cases: ReadonlyArray<
    [what: string, row: string, column: string | undefined, value: string | undefined, RegExp]
  > = [
    ['a quote in a value', '1,a"b,3', 'B', 'a"b', /a quote stands within a value/],
    ['a formula of Excel', '="00123",2,3', 'A', '="00123"', /formula/],
    ['a formula that holds the delimiter', '1,="a,b",3', 'B', '="a', /formula/],
    ['a blank before a quote', '1, "b",3', 'B', ' "b"', /blank stands before/],
    ['a blank after a quote', '1,"b" ,3', 'B', '"b" ', /blank stands after/],
    ['text after a quote', '1,"b"c,3', 'B', '"b"c', /text stands after/],
    ['what MySQL writes', '1,"a \\"b\\" c",3', 'B', '"a \\"b\\" c"', /backslash/],
    ['JSON in a value', '1,2,{"a":1}', 'C', '{"a":1}', /a quote stands within a value/],
    ['a quote that is never closed', '1,"b,3', undefined, undefined, /never closed/],
    ['a value that is too long', `1,2,${'x'.repeat(131_073)}`, 'C', 'x'.repeat(131_073), /more than 131072/],
    ['a field less', '1,2', undefined, undefined, /2 fields and the header 3/],
    ['a field more', '1,2,3,4', undefined, undefined, /4 fields and the header 3/]
  ];
  for (const [what, row, column, value, reason] of cases)
    it(`tells the column and the value of ${what}`, async () => {
      const said = await found(`A,B,C\n${row}\n`);
      expect(said?.reason).to.match(reason);
      expect([said?.column, said?.value]).to.deep.equal([column, value]);
    });

  it('tells the place of a value in a column without a name', async () => {
    expect(await found('A,B,,\n1,2,,x\n')).to.deep.equal({
      code: 'BULKOPS_NAMELESS_VALUE',
      reason: 'a value stands in column 4, which has no name in the header',
      value: 'x'
    });
  });

  it('names the column of a stray quote in any row that has one', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ' ', '=', '\\'), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(text, text, async (one, other) => {
        const said = await found(`A,B,C\nx,${one},${other}\n`);
        if (said?.code !== 'BULKOPS_STRAY_QUOTE' || said.reason.includes('never closed')) return;
        expect(said.column).to.be.oneOf(['B', 'C']);
        expect(`x,${one},${other}`).to.contain(said.value).and.contain('"');
      })
    );
  });
});
