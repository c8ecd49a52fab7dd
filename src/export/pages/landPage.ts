import { open, rename } from 'node:fs/promises';
import { Messages } from '@salesforce/core';
import { isBulkError } from '../../bulk/bulkError.js';
import { locatorIn, resultPage } from '../../bulk/query.js';
import { surelyGone } from '../../bulk/surelyGone.js';
import { type StreamAnswer } from '../../bulk/transport.js';
import { PRIVATE_FILE } from '../../run/durably.js';
import { type LandedPage, type PageNumber, type RangeNumber } from '../../run/exportEvents.js';
import { type ExportRun, type ExportTools } from '../exportRun.js';
import { differsInColumns, headerNames, lacksColumn } from './header.js';
import { gathered } from '../../input/gathered.js';
import { type PageBytes, PageScan } from './pageScan.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

/** A page is asked for so often before the export gives up; each time is an API call. */
const MOST_TRIES = 6;
/** Doubled before each further try. */
const FIRST_PAUSE_MS = 500;

export type PageSeat = { readonly range: RangeNumber; readonly page: PageNumber };

/**
 * Fetches a page into a file of its own and proves it: all of its bytes came, its rows are as many as the org says, each is whole, and
 * its columns are those of the query. Only then is it journaled; what is not proven is fetched again. 1 API call when nothing goes wrong.
 * @param also what else must be true of the page: a reason why it is not, or undefined
 * @throws SfError `PageNotProvenError`, `ResultsGoneError`; the transport's errors; the file system's
 */
export async function landPage(
  seat: PageSeat,
  run: ExportRun,
  tools: ExportTools,
  also: (page: LandedPage) => string | undefined = () => undefined
): Promise<void> {
  const path = addressOf(seat, run);
  let before: LandedPage | undefined;
  for (let tries = 1; ; tries += 1) {
    tools.ending.signal.throwIfAborted();
    const got = await fetchOnce(path, seat, run, tools);
    const reason = typeof got === 'string' ? got : (also(got) ?? openEnd(got, before));
    if (typeof got !== 'string') before = got;
    if (typeof got !== 'string' && reason === undefined) {
      await rename(writingPath(seat, run), run.pagePath(seat.range, seat.page));
      await run.emitDurably({ type: 'page-landed', ...seat, ...got });
      return;
    }
    await run.emit({ type: 'page-refused', ...seat, reason: reason ?? '', tries });
    if (tries === MOST_TRIES)
      throw messages.createError('pageNotProven', [seat.page, jobOf(seat, run), MOST_TRIES, reason]);
    await tools.clock.sleep(FIRST_PAUSE_MS * 2 ** (tries - 1), tools.ending.signal);
  }
}

/** A page whose last row has no line end may have lost the end of that row; it is believed when it comes so twice. */
function openEnd(page: LandedPage, before: LandedPage | undefined): string | undefined {
  if (page.isTerminated || page.rows === 0) return undefined;
  return before?.crc === page.crc && before.bytes === page.bytes ? undefined : 'its last row has no line end';
}

function addressOf({ range, page }: PageSeat, run: ExportRun): string {
  const found = run.fetching(range).pages.get(page);
  if (!found) throw new Error(`page ${page} of range ${range} was not listed`);
  return found.path;
}

function jobOf({ range }: PageSeat, run: ExportRun): string {
  return run.fetching(range).jobId;
}

function writingPath({ range, page }: PageSeat, run: ExportRun): string {
  return `${run.pagePath(range, page)}.writing`;
}

/** The page, on disk under a passing name, or why it is none. */
async function fetchOnce(
  path: string,
  seat: PageSeat,
  run: ExportRun,
  tools: ExportTools
): Promise<LandedPage | string> {
  const answer = await pageAnswer(path, seat, run, tools);
  try {
    const bytes = await written(answer, writingPath(seat, run), run);
    return proven(bytes, answer, { ownLocator: locatorIn(path), run });
  } catch (error) {
    // The transport throws this for a body that did not come whole; all else ends the export.
    if (isBulkError(error) && error.name === 'BodyBroken') {
      tools.ending.signal.throwIfAborted();
      return error.message;
    }
    throw error;
  }
}

async function pageAnswer(
  path: string,
  seat: PageSeat,
  run: ExportRun,
  { transport, clock, ending }: ExportTools
): Promise<StreamAnswer> {
  try {
    return await surelyGone(() => resultPage(transport, path), { clock, signal: ending.signal });
  } catch (error) {
    if (isBulkError(error) && error.kind === 'gone') throw messages.createError('resultsGone', [jobOf(seat, run)]);
    throw error;
  }
}

async function written({ body }: StreamAnswer, path: string, run: ExportRun): Promise<PageBytes> {
  const scan = new PageScan(run.asked.delimiter);
  const file = await open(path, 'w', PRIVATE_FILE);
  try {
    for await (const piece of gathered(body)) {
      scan.add(piece);
      await file.appendFile(piece); // unlike write, it does not stop half-way
      run.show({ type: 'downloading', bytes: piece.length });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return scan.end();
}

type Beside = { readonly ownLocator: string | undefined; readonly run: ExportRun };

function proven(page: PageBytes, { headers }: StreamAnswer, { ownLocator, run }: Beside): LandedPage | string {
  const { rows, bytes, header, crc, isTerminated, ids, problem } = page;
  if (problem !== undefined) return problem;
  const promised = wholeNumber(headers['sforce-numberofrecords']);
  if (promised !== undefined && promised !== rows) return `it should have ${promised} rows and has ${rows}`;
  const { asked } = run;
  const names = headerNames(header, asked.delimiter);
  const expected = asked.columns?.map(({ name }) => name);
  const isOther = asked.hasOtherColumns ? lacksColumn : differsInColumns;
  if (names.length > 0 && expected && isOther(names, expected)) return `its columns are ${names.join(', ')}`;
  const next = locatorOf(headers['sforce-locator']);
  if (next !== undefined && next === ownLocator) return 'it leads to itself';
  const headerBytes = header.length;
  return { rows, bytes, headerBytes, crc, next, isTerminated, isCounted: promised !== undefined, ids };
}

function wholeNumber(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header.trim()) ? Number(header) : undefined;
}

/** The service ends with the word null (BULK_API §2). */
function locatorOf(header: string | undefined): string | undefined {
  const text = header?.trim() ?? '';
  return text === '' || text === 'null' ? undefined : text;
}
