import { hash53 } from '../../input/hash53.js';
import { scanRecords } from '../../input/records.js';
import { type LandedPage, type PageNumber } from '../../run/exportEvents.js';
import { headerLine, type PageFile, rowBytes } from '../output/assemble.js';
import { type ExportTask } from '../exportRun.js';
import { headerNames } from './header.js';
import { type Misfit } from './misfits.js';

/** Hashes that are held at the same time: 32 MB. Of more rows than that, all Ids are read several times. */
const MOST_HASHES = 4_000_000;
/** Enough to name the pages; each is an Id that some page has without right. */
const MOST_REPEATED = 1000;

type Page = PageFile & Pick<LandedPage, 'ids'> & { readonly page: PageNumber };

/**
 * Pages of one range that have a record of another page, or one twice: a query gives each record once. Pages whose Ids ascend and lie apart
 * from those of all others are known to be none, which costs nothing; the Ids of the rest are read.
 */
export async function repeatedIds(
  pages: readonly Page[],
  asked: ExportTask,
  mostHashes = MOST_HASHES
): Promise<readonly Misfit[]> {
  const doubtful = overlapping(pages);
  if (doubtful.length === 0) return [];
  const names = headerNames(await headerLine(doubtful, { asked }), asked.delimiter);
  const reading: Reading = { pages: doubtful, names, asked };
  const rows = doubtful.reduce((sum, page) => sum + page.rows, 0);
  const rounds = Math.ceil(rows / mostHashes);
  const hashes = new Set<number>();
  for (let round = 0; round < rounds; round += 1)
    for (const hash of await equalHashes(reading, rows, { round, rounds })) hashes.add(hash);
  return hashes.size === 0 ? [] : pagesWith(hashes, reading);
}

type Reading = {
  readonly pages: readonly Page[];
  readonly names: readonly string[];
  readonly asked: ExportTask;
};

type Identified = Page & Required<Pick<Page, 'ids'>>;

/** Pages of which it can't be told without reading them whether an Id of theirs is anywhere else. */
function overlapping(pages: readonly Page[]): Page[] {
  const doubtful = new Set<Page>();
  const sorted = pages
    .filter((page): page is Identified => page.ids !== undefined)
    .sort((one, other) => (one.ids.low < other.ids.low ? -1 : 1));
  let highest: Identified | undefined;
  for (const page of sorted) {
    if (!page.ids.isAscending) doubtful.add(page);
    if (highest && page.ids.low <= highest.ids.high) doubtful.add(page).add(highest);
    if (!highest || page.ids.high > highest.ids.high) highest = page;
  }
  return [...doubtful];
}

/** Hashes that more than one Id of the round has: of the same Id, or, hardly ever, of two that are not. */
async function equalHashes(
  reading: Reading,
  rows: number,
  { round, rounds }: { readonly round: number; readonly rounds: number }
): Promise<readonly number[]> {
  let hashes = new Float64Array(Math.ceil(rows / rounds));
  let count = 0;
  await eachId(reading, (id) => {
    const hash = hash53(id);
    if (hash % rounds !== round) return;
    if (count === hashes.length) hashes = withRoom(hashes);
    hashes[count] = hash;
    count += 1;
  });
  const sorted = hashes.subarray(0, count).sort();
  const equal: number[] = [];
  for (let at = 1; at < count && equal.length < MOST_REPEATED; at += 1)
    if (sorted[at] === sorted[at - 1]) equal.push(sorted[at] ?? 0);
  return equal;
}

/** A round may have some more than its share. */
function withRoom(hashes: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.ceil(hashes.length * 1.1) + 1);
  larger.set(hashes);
  return larger;
}

async function pagesWith(hashes: ReadonlySet<number>, reading: Reading): Promise<readonly Misfit[]> {
  const seen = new Map<string, PageNumber>();
  const found = new Map<PageNumber, string>();
  await eachId(reading, (id, page) => {
    if (!hashes.has(hash53(id))) return;
    const before = seen.get(id);
    if (before === undefined) seen.set(id, page);
    else if (before === page) found.set(page, `it has the record ${id} twice`);
    else {
      found.set(page, `the record ${id} is also in page ${before}`);
      if (!found.has(before)) found.set(before, `the record ${id} is also in page ${page}`);
    }
  });
  return [...found].map(([page, reason]) => ({ page, reason }));
}

/** Without a generator in between, which would cost more than the reading. */
async function eachId({ pages, names, asked }: Reading, use: (id: string, page: PageNumber) => void): Promise<void> {
  const { delimiter } = asked;
  const column = names.findIndex((name) => name.toLowerCase() === 'id');
  for (const page of pages)
    for await (const batch of scanRecords(rowBytes(page, asked), { delimiter, columns: names.length }))
      for (let row = 0; row < batch.count; row += 1) use(batch.field(row, column), page.page);
}
