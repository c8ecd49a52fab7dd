import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { exampleRows } from '../../src/report/exampleRows.js';
import { tempDir } from '../tempDir.js';

describe('example rows', () => {
  const dir = tempDir();

  async function of(text: string, delimiter = ','): Promise<Array<[string, number[]]>> {
    const path = join(dir.path, 'failed.csv');
    await writeFile(path, text);
    return [...(await exampleRows(path, delimiter))].map(([code, rows]) => [code, rows.map(({ row }) => row)]);
  }

  const HEADER = 'sf__Id,sf__Error,bulkops__Row,Key__c,Name\n';

  it('are the first three of each code', async () => {
    const rows = [1, 2, 3, 4].map((row) => `,A:no:--,${row},K${row},n\n`).join('');
    expect(await of(`${HEADER}${rows},"B:a ""quoted"", one:--",9,K9,"two\nlines"\n`)).to.deep.equal([
      ['A', [1, 2, 3]],
      ['B', [9]]
    ]);
  });

  it('show what the error names first, then what has a value', async () => {
    const path = join(dir.path, 'failed.csv');
    await writeFile(path, 'sf__Id;sf__Error;bulkops__Row;Key__c;Empty;Name\n;A:no:name --;7;K;;N\n');
    const [example] = (await exampleRows(path, ';')).get('A') ?? [];
    expect(example).to.deep.equal({
      row: 7,
      message: 'no',
      values: [
        ['Name', 'N'],
        ['Key__c', 'K']
      ]
    });
  });

  it('come from the beginning of a file that is longer than is looked at, wherever that ends', async () => {
    const long = `,A:no:--,2,K,"${'line\n'.repeat(300_000)}"\n`;
    expect(await of(`${HEADER},A:no:--,1,K,é\n${long}`)).to.deep.equal([['A', [1]]]);
  });

  it('are none where there are no rows', async () => expect(await of(HEADER)).to.deep.equal([]));
});
