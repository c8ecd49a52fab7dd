import { isBulkError } from '../../bulk/bulkError.js';
import { FIRST_VERSION_WITH_PAGES, listResultPages, locatorIn, type PageList, pagePath } from '../../bulk/query.js';
import { type LandedPage, type PageNumber, type RangeNumber } from '../../run/exportEvents.js';
import { type ExportRun, type ExportTools } from '../exportRun.js';
import { landPage } from './landPage.js';
import { landedPages } from '../state.js';

/** Lists that tell of no new page, one after another, before the list is taken to be over: the count of rows decides then. */
const MOST_IDLE_LISTS = 3;

/** Whether the org tells the addresses of all pages, so that they can be fetched side by side; pages of one's own size come one by one. */
export function canList(run: ExportRun, { apiVersion }: ExportTools): boolean {
  return apiVersion >= FIRST_VERSION_WITH_PAGES && run.asked.maxRecords === undefined;
}

/**
 * Yields the pages of a range that are still to be fetched, as the org tells of them. 1 API call for five pages.
 * @returns false when the org can't tell of pages after all
 */
export async function* listedPages(
  range: RangeNumber,
  run: ExportRun,
  tools: ExportTools
): AsyncGenerator<PageNumber, boolean> {
  for (const [page, { at }] of run.fetching(range).pages) if (at === 'listed') yield page;
  for (let idle = 0; !run.fetching(range).listing.isDone;) {
    const { jobId, listing, pages } = run.fetching(range);
    const list = await pageList(() => listResultPages(tools.transport, jobId, listing.next));
    if (!list) return false;
    const known = new Set([...pages.values()].map(({ path }) => path));
    const fresh = [...new Set(list.pages)].filter((path) => !known.has(path));
    idle = fresh.length === 0 ? idle + 1 : 0;
    const isLast = list.next === undefined || idle === MOST_IDLE_LISTS;
    // A result without rows may have no page at all; its header is wanted nonetheless.
    if (isLast && pages.size + fresh.length === 0) fresh.push(pagePath(jobId, undefined, undefined));
    const added = fresh.map((path, at) => ({ page: pages.size + at + 1, path }));
    await run.emitDurably({ type: 'pages-listed', range, pages: added, next: list.next, isLast });
    for (const { page } of added) yield page;
  }
  return true;
}

/** undefined when the org knows the job and not this way to its result. */
async function pageList(read: () => Promise<PageList>): Promise<PageList | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isBulkError(error) && (error.httpStatus === 404 || error.httpStatus === 405)) return undefined;
    throw error;
  }
}

/** Fetches the pages of a range one after another, each by the locator that came with the one before. */
export async function landByLocator(range: RangeNumber, run: ExportRun, tools: ExportTools): Promise<void> {
  for (let page = 1; ; page += 1) {
    const { pages, jobId } = run.fetching(range);
    const known = pages.get(page);
    if (!known) {
      const path = pagePath(jobId, nextOf(run, range, page - 1), run.asked.maxRecords);
      await run.emit({ type: 'pages-listed', range, pages: [{ page, path }], isLast: false });
    }
    if (known?.at !== 'landed')
      await landPage({ range, page }, run, tools, (landed) => strange(landed, { range, page, run }));
    if (nextOf(run, range, page) === undefined) break;
  }
  const { listing } = run.fetching(range);
  if (!listing.isDone) await run.emitDurably({ type: 'pages-listed', range, pages: [], isLast: true });
}

function nextOf(run: ExportRun, range: RangeNumber, page: PageNumber): string | undefined {
  const landed = run.fetching(range).pages.get(page);
  return landed?.at === 'landed' ? landed.next : undefined;
}

/** A page that ends too early or leads back would end the chain, or never end it. */
function strange(
  { rows, next }: LandedPage,
  { range, page, run }: { readonly range: RangeNumber; readonly page: PageNumber; readonly run: ExportRun }
): string | undefined {
  const whole = run.fetching(range);
  const earlier = landedPages(whole).filter(([number]) => number < page);
  const sum = earlier.reduce((total, [, landed]) => total + landed.rows, rows);
  const { processed } = whole.job;
  if (next === undefined)
    return sum < processed ? `it says that it is the last one, at row ${sum} of ${processed}` : undefined;
  if (earlier.some(([, { path }]) => locatorIn(path) === next)) return 'it leads back to an earlier page';
  // An empty page may stand at the end of a result, and no row can follow it.
  if (rows === 0 && sum < processed) return `it is empty, at row ${sum} of ${processed}`;
  return sum > processed || (rows === 0 && earlier.at(-1)?.[1].rows === 0)
    ? `it leads on, though it ends at row ${sum} of ${processed}`
    : undefined;
}
