import { locatorIn } from '../../bulk/query.js';
import { type LandedPage, type PageNumber } from '../../run/exportEvents.js';
import { type Fetching, landedPages } from '../state.js';

/** A page that, seen beside the others, can't be the one that was asked for. */
export type Misfit = { readonly page: PageNumber; readonly reason: string };

type Seated = LandedPage & { readonly page: PageNumber; readonly locator: string | undefined; readonly header: string };

/**
 * What is wrong with the pages of a range when all have landed: one that came in the place of another, or twice, or without its end. Each
 * was proven by itself, so only a comparison can tell.
 * @param headers of the pages, as text
 * @param mayBeAlike whether two pages may hold the same rows: true where no Id is selected and both were fetched again
 */
export function misfits(
  range: Fetching,
  headers: ReadonlyMap<PageNumber, string>,
  mayBeAlike: boolean
): readonly Misfit[] {
  const pages = landedPages(range)
    .sort(([one], [other]) => one - other)
    .map(([page, landed]): Seated => ({
      ...landed,
      page,
      locator: locatorIn(landed.path),
      header: headers.get(page) ?? ''
    }));
  const found = new Map<PageNumber, string>();
  const note = (page: PageNumber, reason: string): void => void (found.has(page) || found.set(page, reason));
  for (const { page, reason } of strayed(pages)) note(page, reason);
  if (!mayBeAlike) for (const { page, reason } of twice(pages)) note(page, reason);
  for (const { page, reason } of odd(pages, ({ header }) => header))
    note(page, `its header is not that of the other pages${reason}`);
  for (const { page } of odd(pages, ({ ids }) => prefixOf(ids)))
    note(page, 'its Ids are those of another object than in the other pages');
  const isWhole = pages.some(({ rows, isTerminated }) => rows > 0 && isTerminated);
  for (const { page, rows, isTerminated } of pages)
    if (isWhole && rows > 0 && !isTerminated) note(page, 'its last row has no line end, and others have');
  return [...found].map(([page, reason]) => ({ page, reason }));
}

/**
 * Pages with fewer rows than most, the last one aside, which ends where the result does: those to fetch again when rows are missing. The
 * org may make pages of any size, so it tells nothing where none is missing.
 * @param reason what is wrong with all of them together
 */
export function shortPages(range: Fetching, reason: string): readonly Misfit[] {
  const pages = landedPages(range).sort(([one], [other]) => one - other);
  const most = Math.max(0, ...pages.map(([, { rows }]) => rows));
  const sum = pages.reduce((total, [, { rows }]) => total + rows, 0);
  if (sum >= range.job.processed) return [];
  return pages
    .slice(0, -1)
    .filter(([, { rows }]) => rows < most)
    .map(([page]) => ({ page, reason }));
}

/**
 * Pages whose answer says that the result goes on elsewhere than at the page after them. Where no page says that, the org gives other
 * locators in its answers than in its list of pages, and nothing can be told.
 */
function strayed(pages: readonly Seated[]): Misfit[] {
  const listed = new Set(pages.flatMap(({ locator }) => locator ?? []));
  const isChain = pages.some(({ next }, at) => next !== undefined && next === pages[at + 1]?.locator);
  return pages.flatMap(({ page, next }, at) => {
    const expected = pages[at + 1]?.locator;
    if (next === expected) return [];
    const isOdd = next === undefined ? isChain : listed.has(next) || (isChain && expected !== undefined);
    return isOdd ? [{ page, reason: 'its answer belongs to another page' }] : [];
  });
}

/** Pages with the very same bytes. Which of them is the right one can't be told, so all are named. */
function twice(pages: readonly Seated[]): Misfit[] {
  const seen = new Map<string, Seated[]>();
  for (const page of pages) {
    if (page.rows === 0) continue;
    const key = `${page.crc}-${page.bytes}-${page.rows}`;
    seen.set(key, [...(seen.get(key) ?? []), page]);
  }
  return [...seen.values()]
    .filter((alike) => alike.length > 1)
    .flatMap((alike) =>
      alike.map(({ page }) => ({ page, reason: `pages ${alike.map((one) => one.page).join(' and ')} are the same` }))
    );
}

/** The key prefix that all Ids of a page have, which tells their object; empty where they have none in common. */
function prefixOf(ids: LandedPage['ids']): string {
  const prefix = ids?.low.slice(0, 3) ?? '';
  return ids?.high.startsWith(prefix) ? prefix : '';
}

/** Those that differ from most. */
function odd(pages: readonly Seated[], trait: (page: Seated) => string): Misfit[] {
  const counts = new Map<string, number>();
  for (const page of pages) {
    const key = trait(page);
    if (key !== '') counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  if (!most) return [];
  return pages
    .filter((page) => trait(page) !== '' && trait(page) !== most[0])
    .map(({ page }) => ({ page, reason: '' }));
}
