import { open } from 'node:fs/promises';
import { Messages } from '@salesforce/core';
import { getQueryJob } from '../../bulk/query.js';
import { type PageNumber, type RangeNumber } from '../../run/exportEvents.js';
import { type ExportRun, type ExportTools } from '../exportRun.js';
import { headerNames } from './header.js';
import { landPage } from './landPage.js';
import { canList, landByLocator, listedPages } from './listPages.js';
import { type Misfit, misfits, shortPages } from './misfits.js';
import { repeatedIds } from './repeatedIds.js';
import { landedPages } from '../state.js';
import { jobStateEvent } from './followQuery.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** Runs work when one of so many seats is free. */
export type Seats = <T>(work: () => Promise<T>) => Promise<T>;

/** Pages are fetched again so often because of what the others show. */
const MOST_ROUNDS = 5;
/** Single pages that were fetched anew did not help by then: the list of pages may be what is wrong. */
const RELISTING_ROUND = 3;

/**
 * Fetches all pages of a range whose query is over, side by side where the org allows it, and proves them together.
 * @throws SfError `PageNotProvenError`, `PagesMisfitError`, `RowsDontAddUpError`, `ResultsGoneError`; the transport's errors
 */
export async function fetchRange(range: RangeNumber, run: ExportRun, tools: ExportTools, seats: Seats): Promise<void> {
  for (let round = 1; ; round += 1) {
    const unproven = await landAll(range, run, tools, seats).catch((error: unknown) => {
      // A page that led past others ends the chain early: from its beginning on it may go right.
      if (round === MOST_ROUNDS || canList(run, tools) || !isUnproven(error)) throw error;
      return error;
    });
    if (unproven) {
      await run.emitDurably({ type: 'pages-relisted', range, reason: unproven.message });
      continue;
    }
    const misfit = await misfitsOf(range, run, round);
    const reason = misfit.length === 0 ? await countMismatch(range, run, tools) : undefined;
    if (misfit.length === 0 && reason === undefined) break;
    if (round === MOST_ROUNDS) throw unfit(range, run, misfit, reason);
    const wrong = reason === undefined ? misfit : shortPages(run.fetching(range), reason);
    if (wrong.length === 0 || round === RELISTING_ROUND)
      await run.emitDurably({ type: 'pages-relisted', range, reason: reason ?? wrong[0]?.reason ?? '' });
    else for (const one of wrong) await run.emitDurably({ type: 'page-dropped', range, ...one });
  }
  const rows = rowsOf(range, run);
  await run.emitDurably({ type: 'range-complete', range, rows });
}

function isUnproven(error: unknown): error is Error {
  return error instanceof Error && error.name === 'PageNotProvenError';
}

async function landAll(range: RangeNumber, run: ExportRun, tools: ExportTools, seats: Seats): Promise<undefined> {
  if (!canList(run, tools)) {
    await landByLocator(range, run, tools);
    return undefined;
  }
  const listed = listedPages(range, run, tools);
  const landing: Array<Promise<void>> = [];
  for (;;) {
    const next = await listed.next();
    if (!next.done) {
      const seat = { range, page: next.value };
      // The first error ends them all; each leaves its page where a resume takes it up.
      landing.push(seats(() => landPage(seat, run, tools)).catch((error: unknown) => tools.ending.abort(error)));
      continue;
    }
    await Promise.all(landing);
    tools.ending.signal.throwIfAborted();
    if (!next.value) await landByLocator(range, run, tools);
    return undefined;
  }
}

async function misfitsOf(range: RangeNumber, run: ExportRun, round: number): Promise<readonly Misfit[]> {
  const whole = run.fetching(range);
  const headers = new Map<PageNumber, string>();
  for (const [page, { headerBytes }] of landedPages(whole))
    headers.set(page, await headerOf(run.pagePath(range, page), headerBytes));
  const names = headerNames(Buffer.from([...headers.values()][0] ?? ''), run.asked.delimiter);
  const hasId = names.some((name) => name.toLowerCase() === 'id');
  const found = misfits(whole, headers, round > 1 && !hasId);
  if (found.length > 0) return found;
  const pages = landedPages(whole).map(([page, landed]) => ({ ...landed, page, path: run.pagePath(range, page) }));
  return repeatedIds(pages, run.asked);
}

async function headerOf(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString();
  } finally {
    await file.close();
  }
}

function rowsOf(range: RangeNumber, run: ExportRun): number {
  return landedPages(run.fetching(range)).reduce((rows, [, page]) => rows + page.rows, 0);
}

/** The org's own count of the result, asked once more where it differs, since it may have lagged behind (BULK_API §1). */
async function countMismatch(
  range: RangeNumber,
  run: ExportRun,
  { transport }: ExportTools
): Promise<string | undefined> {
  const rows = rowsOf(range, run);
  const { job, jobId } = run.fetching(range);
  if (rows === job.processed) return undefined;
  const asked = await getQueryJob(transport, jobId);
  await run.emit(jobStateEvent(range, asked));
  const { numberRecordsProcessed: processed } = asked;
  return rows === processed ? undefined : `its pages have ${rows} rows, and the org says ${processed}`;
}

function unfit(range: RangeNumber, run: ExportRun, wrong: readonly Misfit[], reason: string | undefined): Error {
  const { jobId } = run.fetching(range);
  const [first] = wrong;
  return first
    ? messages.createError('pagesMisfit', [jobId, first.page, first.reason])
    : messages.createError('rowsDontAddUp', [jobId, reason ?? '']);
}
