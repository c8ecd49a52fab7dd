import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OrgReads } from '../../../src/bulk/orgReads.js';
import { expect } from 'chai';
import { restReader } from '../../../src/cleanup/org/orgReader.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

type Page = { totalSize: number; done: boolean; nextRecordsUrl?: string; records: Array<{ Id: string }> };
type Lie = (page: Page, at: number) => unknown;

const PAGES = 3;
const PAGE_ROWS = 4;

function honest(at: number): Page {
  const records = Array.from({ length: PAGE_ROWS }, (_, i) => ({ Id: `003-${at * PAGE_ROWS + i}` }));
  const done = at === PAGES - 1;
  return { totalSize: PAGES * PAGE_ROWS, done, ...(!done && { nextRecordsUrl: `/next/${at + 1}` }), records };
}

/** An org of three pages that lies about one of them in so many readings. */
function lyingOrg(about: number, lie: Lie, readings: number): { reads: OrgReads; calls: () => number } {
  let lies = 0;
  let calls = 0;
  const get = async (url: string): Promise<unknown> => {
    calls += 1;
    const at = Number(/\/next\/(\d+)/.exec(url)?.[1] ?? 0);
    if (at !== about || lies === readings) return Promise.resolve(honest(at));
    lies += 1;
    return Promise.resolve(lie(honest(at), at));
  };
  return { reads: { get }, calls: () => calls };
}

describe('cleanup/org/restQuery', () => {
  const dir = tempDir();
  const query = { sobject: 'Contact', fields: ['Id'] };
  const whole = ['Id', ...Array.from({ length: PAGES * PAGE_ROWS }, (_, i) => `003-${i}`), ''].join('\n');

  const LIES: Array<[what: string, about: number, lie: Lie, problem: string]> = [
    ['lacks a record', 1, (page) => ({ ...page, records: page.records.slice(1) }), 'it has 11 of the 12 records'],
    ['says that it is the last', 1, (page) => ({ ...page, done: true }), 'it has 8 of the 12 records'],
    ['leads nowhere', 0, (page) => ({ ...page, nextRecordsUrl: undefined }), 'it has 4 of the 12 records'],
    ['comes in the place of another', 2, () => honest(1), 'the record 003-4 is there twice'],
    ['leads to itself', 1, (page, at) => ({ ...page, nextRecordsUrl: `/next/${at}` }), 'is there twice'],
    ['has a record twice', 1, (page) => ({ ...page, records: page.records.concat(page.records[0] ?? []) }), 'twice'],
    [
      'has one of another query',
      2,
      (page) => ({ ...page, records: page.records.concat({ Id: '001-1' }) }),
      'it has more than the 12'
    ],
    ['is empty', 1, (page) => ({ ...page, records: [] }), 'a page of it is empty'],
    ['is HTML', 1, () => '<html><body>Sign in</body></html>', 'a page of it is none'],
    ['breaks off', 2, (page) => JSON.stringify(page).slice(0, 60), 'a page of it is none']
  ];
  for (const [what, about, lie, problem] of LIES)
    it(`reads all again where a page ${what}, and fails where it always does`, async () => {
      const path = join(dir.path, 'read.csv');
      const once = lyingOrg(about, lie, 1);
      expect(await restReader(once.reads)(query, path)).to.equal(PAGES * PAGE_ROWS);
      expect(await readFile(path, 'utf8')).to.equal(whole);
      const always = lyingOrg(about, lie, Infinity);
      const error = await rejection(restReader(always.reads)(query, path));
      expect(error).to.have.property('name', 'AnswerNotWholeError');
      expect(error.message).to.include(problem);
      expect(error.message).to.include('Contact');
      expect(always.calls()).to.be.below(20);
    });

  it('asks once where all is well', async () => {
    const { reads, calls } = lyingOrg(0, () => undefined, 0);
    await restReader(reads)(query, join(dir.path, 'read.csv'));
    expect(calls()).to.equal(PAGES);
  });
});
