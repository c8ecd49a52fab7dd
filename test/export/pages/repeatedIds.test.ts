import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ExportTask } from '../../../src/export/exportRun.js';
import { PageScan } from '../../../src/export/pages/pageScan.js';
import { repeatedIds } from '../../../src/export/pages/repeatedIds.js';
import { tempDir } from '../../tempDir.js';

const ASKED: ExportTask = {
  soql: 'SELECT Name, Id FROM Account',
  operation: 'query',
  delimiter: 'COMMA',
  lineEnding: 'LF',
  concurrency: 1
};

type Pages = Parameters<typeof repeatedIds>[0];

describe('export/repeatedIds', () => {
  const dir = tempDir();

  const id = (n: number): string => `001xx${String(n).padStart(10, '0')}AAA`;

  async function pagesOf(all: readonly number[][], isOnDisk = true): Promise<Pages> {
    return Promise.all(
      all.map(async (ids, at) => {
        const bytes = Buffer.from(`"Name","Id"\n${ids.map((n) => `"a, ""b""\n","${id(n)}"\n`).join('')}`);
        const path = join(dir.path, `${at}.csv`);
        if (isOnDisk) await writeFile(path, bytes);
        const scan = new PageScan('COMMA');
        scan.add(bytes);
        const { rows, header, isTerminated, ids: found } = scan.end();
        return { page: at + 1, path, rows, headerBytes: header.length, isTerminated, ids: found };
      })
    );
  }

  const CASES: Array<[says: string, pages: number[][], wrong: Record<number, RegExp>]> = [
    ['pages in any order of their own', [[5, 1, 9], [4, 2, 8], [3]], {}],
    ['pages whose Ids lie among each other', [[1, 3, 5], [2, 4, 6], [7]], {}],
    [
      'a record in two pages',
      [
        [1, 2, 3],
        [4, 5],
        [2, 6]
      ],
      { 1: /0002AAA is also in page 3/, 3: /0002AAA is also in page 1/ }
    ],
    [
      'a record in two pages far apart',
      [
        [1, 90],
        [4, 5],
        [6, 7],
        [90, 95]
      ],
      { 1: /page 4/, 4: /page 1/ }
    ],
    [
      'a record twice in one page',
      [
        [1, 2],
        [3, 4, 4]
      ],
      { 2: /has the record .*0004AAA twice/ }
    ],
    [
      'the very same page twice',
      [
        [1, 2],
        [1, 2]
      ],
      { 1: /page 2/, 2: /page 1/ }
    ],
    ['a page without rows', [[1, 2], [], [2, 3]], { 1: /page 3/, 3: /page 1/ }]
  ];
  for (const [says, all, wrong] of CASES)
    for (const mostHashes of [1000, 2])
      it(`tells of ${says}, ${mostHashes} at a time`, async () => {
        const found = await repeatedIds(await pagesOf(all), ASKED, mostHashes);
        expect(found.map(({ page }) => page)).to.have.members(Object.keys(wrong).map(Number));
        for (const { page, reason } of found) expect(reason).to.match(wrong[page] ?? /^$/);
      });

  it('reads nothing of pages that ascend and lie apart, in whatever order they stand', async () => {
    expect(
      await repeatedIds(
        await pagesOf(
          [
            [4, 5],
            [1, 2, 3],
            [7, 9]
          ],
          false
        ),
        ASKED
      )
    ).to.deep.equal([]);
  });

  it('finds one among many, several rounds of them', async () => {
    const many = Array.from({ length: 30 }, (_, page) => Array.from({ length: 200 }, (__, row) => row * 30 + page));
    many[29]?.push(17);
    const found = await repeatedIds(await pagesOf(many), ASKED, 1500);
    expect(found.map(({ page }) => page)).to.have.members([18, 30]);
  });
});
