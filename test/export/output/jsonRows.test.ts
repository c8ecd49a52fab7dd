import { expect } from 'chai';
import fc from 'fast-check';
import { JsonRows } from '../../../src/export/output/jsonRows.js';
import { scanRecords } from '../../../src/input/records.js';

const NAMES = ['Text__c', 'Owner."Name"', 'Number__c', 'Is__c'];
const COLUMNS = [
  { name: 'text__C', type: 'string', precision: 0, scale: 0 },
  { name: 'Number__c', type: 'double', precision: 18, scale: 2 },
  { name: 'Is__c', type: 'boolean', precision: 0, scale: 0 }
];

describe('export/output/jsonRows', () => {
  async function encoded(rows: ReadonlyArray<readonly string[]>, names = NAMES): Promise<string[]> {
    const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
    const csv = rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');
    const json = new JsonRows(names, COLUMNS);
    const lines: string[] = [];
    async function* bytes(): AsyncGenerator<Buffer> {
      yield Promise.resolve(Buffer.from(csv));
    }
    for await (const batch of scanRecords(bytes(), { delimiter: 'COMMA', columns: names.length }))
      lines.push(...json.encode(batch, 0, batch.count, Buffer.from('\0')).toString().split('\0'));
    return lines;
  }

  it('gives every text as JSON has it, and an empty one as null', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 6 }), async (rows) => {
        const lines = await encoded(rows, NAMES.slice(0, 2));
        const or = (value: string): string | null => (value === '' ? null : value);
        expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal(
          rows.map(([one, other]) => ({ Text__c: or(one), 'Owner."Name"': or(other) }))
        );
      }),
      { numRuns: 200 }
    );
  });

  const NUMBERS = ['0', '-0', '7', '-12.50', '0.1', '9.12260031E8', '1e-7', '1.0E+3', '12345678901234567890.123'];
  for (const number of NUMBERS)
    it(`keeps ${number} as the org wrote it`, async () => {
      expect(await encoded([['a', 'b', number, 'TRUE']])).to.deep.equal([
        `{"Text__c":"a","Owner.\\"Name\\"":"b","Number__c":${number},"Is__c":true}`
      ]);
      expect(() => JSON.parse(number) as unknown).to.not.throw();
    });

  for (const other of ['01', '.5', '5.', '+1', '1e', '1e+', '-', '1.2.3', '1 ', 'NaN', '0x1', '12"'])
    it(`keeps ${other}, which is no number of JSON, as text`, async () => {
      const [line = ''] = await encoded([['', '', other, 'truth']]);
      const nothing = { Text__c: null, 'Owner."Name"': null };
      expect(JSON.parse(line)).to.deep.equal({ ...nothing, Number__c: other, Is__c: 'truth' });
    });

  it('knows true and false in whatever case', async () => {
    const rows = ['true', 'False', 'TRUE', 'false'].map((is) => ['a', 'b', '1', is]);
    const lines = (await encoded(rows)).map((line) => (JSON.parse(line) as { Is__c: unknown }).Is__c);
    expect(lines).to.deep.equal([true, false, true, false]);
  });

  it('has room for a row of what becomes longest', async () => {
    const control = '\u0001'.repeat(200_000);
    const [line = ''] = await encoded([[control, control, control, control]]);
    expect((JSON.parse(line) as { Text__c: string }).Text__c).to.equal(control);
    expect(line.length).to.be.greaterThan(4 * 6 * 200_000);
  });
});
