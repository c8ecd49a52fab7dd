import { type JobId, type JobState } from '../bulk/job.js';
import {
  type ExportEvent,
  type LandedPage,
  type ExportOutput,
  isLive,
  type PageNumber,
  type PlannedRange,
  type RangeNumber
} from '../run/exportEvents.js';

export type QueryProgress = {
  readonly state: JobState;
  readonly processed: number;
  readonly errorMessage?: string;
};

export type PageState = { readonly path: string } & (
  { readonly at: 'listed' } | ({ readonly at: 'landed' } & LandedPage)
);

type Asked = PlannedRange & {
  /** Jobs that were given up before this one. */
  readonly replaced: number;
};

/** Where a range stands. What does not exist yet cannot be read: pages only where there is a result. */
export type RangeState = Asked &
  (
    | { readonly at: 'planned' }
    | { readonly at: 'creating' }
    | { readonly at: 'querying'; readonly jobId: JobId; readonly job?: QueryProgress }
    | (Fetching & { readonly at: 'fetching' | 'complete' })
  );

/** A range whose query is over. */
export type RangeWithPages = Asked & Fetching & { readonly at: 'fetching' | 'complete' };

export type Fetching = {
  readonly jobId: JobId;
  readonly job: QueryProgress;
  readonly pages: ReadonlyMap<PageNumber, PageState>;
  readonly listing: { readonly next?: string; readonly isDone: boolean };
  /** How often all of them were asked for again. */
  readonly relisted: number;
};

export type ExportState = {
  /** In the order of the output: halves stand in the place of their whole. Missing until they are planned. */
  readonly ranges?: readonly RangeState[];
  /** How often a range was halved. */
  readonly halved: number;
  readonly refused: number;
  readonly warnings: readonly string[];
  /** What has ended the export for good. */
  readonly failure?: string;
  /** What of the output is on disk, in place of so many pages. */
  readonly laid?: { readonly pages: number; readonly bytes: number; readonly sha256: string };
  /** Whole files under passing names. */
  readonly whole?: ExportOutput;
  readonly output?: ExportOutput;
};

export const NOTHING_YET: ExportState = { halved: 0, refused: 0, warnings: [] };

/** The state of an export after one more event. Pure: resume, progress and the result all call it. */
export function fold(state: ExportState, event: ExportEvent): ExportState {
  if (isLive(event)) return state;
  switch (event.type) {
    case 'ranges-planned':
      return { ...state, ranges: event.ranges.map(planned) };
    case 'range-halved':
      return {
        ...state,
        halved: state.halved + 1,
        ranges: knownRanges(state).flatMap((range) => (range.range === event.range ? event.into.map(planned) : [range]))
      };
    case 'page-refused':
      return { ...state, refused: state.refused + 1 };
    case 'warning':
      return { ...state, warnings: [...state.warnings, event.message] };
    case 'pages-laid':
      return { ...state, laid: { pages: event.pages, bytes: event.bytes, sha256: event.sha256 } };
    case 'output-whole':
      return { ...state, whole: outputOf(event) };
    case 'output-written':
      return { ...state, output: outputOf(event) };
    case 'export-failed':
      return { ...state, failure: event.message };
    case 'export-resumed':
      return { ...state, failure: undefined };
    case 'query-creating':
    case 'query-created':
    case 'query-state':
    case 'query-replaced':
    case 'pages-listed':
    case 'page-landed':
    case 'page-dropped':
    case 'range-complete':
      return withRange(state, event.range, (range) => nextRange(range, event));
    case 'pages-relisted':
      return withRange({ ...state, laid: undefined, whole: undefined }, event.range, (range) =>
        nextRange(range, event)
      );
    default:
      return event satisfies never;
  }
}

/** The range of that number. */
export function rangeOf(state: ExportState, number: RangeNumber): RangeState {
  const found = state.ranges?.find(({ range }) => range === number);
  if (!found) throw new Error(`there is no range ${number}`);
  return found;
}

export function hasPages(range: RangeState): range is RangeWithPages {
  return range.at === 'fetching' || range.at === 'complete';
}

/** The landed pages of a range. */
export function landedPages({ pages }: Fetching): Array<[PageNumber, Extract<PageState, { at: 'landed' }>]> {
  const landed: Array<[PageNumber, Extract<PageState, { at: 'landed' }>]> = [];
  for (const [number, page] of pages) if (page.at === 'landed') landed.push([number, page]);
  return landed;
}

/** Rows that lie in the run directory, proven. */
export function landedRows(state: ExportState): number {
  let rows = 0;
  for (const range of state.ranges ?? [])
    if (hasPages(range)) for (const [, page] of landedPages(range)) rows += page.rows;
  return rows;
}

/** Whether every range is there as a whole. */
export function isFetched(state: ExportState): boolean {
  return state.ranges !== undefined && state.ranges.every(({ at }) => at === 'complete');
}

type RangeEvent = Extract<
  ExportEvent,
  {
    type:
      | 'query-creating'
      | 'query-created'
      | 'query-state'
      | 'query-replaced'
      | 'pages-listed'
      | 'page-landed'
      | 'page-dropped'
      | 'pages-relisted'
      | 'range-complete';
  }
>;

function nextRange(range: RangeState, event: RangeEvent): RangeState {
  const { range: number, soql, label, bounds, replaced } = range;
  const asked: Asked = { range: number, soql, label, bounds, replaced };
  switch (event.type) {
    case 'query-creating':
      return { ...asked, at: 'creating' };
    case 'query-created':
      return { ...asked, at: 'querying', jobId: event.jobId };
    case 'query-replaced':
      return { ...asked, at: 'planned', replaced: replaced + 1 };
    case 'query-state':
      return afterState(range, asked, event);
    case 'pages-listed': {
      const whole = fetching(range);
      const pages = new Map(whole.pages);
      for (const { page, path } of event.pages) pages.set(page, { path, at: 'listed' });
      return { ...whole, pages, listing: { next: event.next, isDone: event.isLast } };
    }
    case 'page-landed': {
      const { rows, bytes, headerBytes, crc, next, isTerminated, isCounted, ids } = event;
      const landed: LandedPage = { rows, bytes, headerBytes, crc, next, isTerminated, isCounted, ids };
      return withPage(range, event.page, (page) => ({ path: page.path, at: 'landed', ...landed }));
    }
    case 'page-dropped':
      return withPage(range, event.page, (page) => ({ path: page.path, at: 'listed' }));
    case 'pages-relisted': {
      const whole = fetching(range);
      return { ...whole, at: 'fetching', pages: new Map(), listing: { isDone: false }, relisted: whole.relisted + 1 };
    }
    case 'range-complete':
      return { ...fetching(range), at: 'complete' };
  }
}

function afterState(range: RangeState, asked: Asked, event: Extract<RangeEvent, { type: 'query-state' }>): RangeState {
  const { jobId, state, processed, errorMessage } = event;
  const job: QueryProgress = { state, processed, errorMessage };
  if (hasPages(range)) return { ...range, job };
  if (state !== 'JobComplete') return { ...asked, at: 'querying', jobId, job };
  return { ...asked, at: 'fetching', jobId, job, pages: new Map(), listing: { isDone: false }, relisted: 0 };
}

function outputOf({ files, rows, dropped, manifest }: ExportOutput): ExportOutput {
  return { files, rows, dropped, manifest };
}

function planned(range: PlannedRange): RangeState {
  return { ...range, at: 'planned', replaced: 0 };
}

function fetching(range: RangeState): RangeWithPages {
  if (!hasPages(range))
    throw new Error(`the journal speaks of pages of range ${range.range} before its query was over`);
  return range;
}

function withPage(range: RangeState, number: PageNumber, next: (page: PageState) => PageState): RangeWithPages {
  const whole = fetching(range);
  const page = whole.pages.get(number);
  if (!page) throw new Error(`the journal speaks of page ${number} before it was listed`);
  return { ...whole, at: 'fetching', pages: new Map(whole.pages).set(number, next(page)) };
}

function withRange(state: ExportState, number: RangeNumber, next: (range: RangeState) => RangeState): ExportState {
  rangeOf(state, number);
  return { ...state, ranges: knownRanges(state).map((range) => (range.range === number ? next(range) : range)) };
}

function knownRanges({ ranges }: ExportState): readonly RangeState[] {
  if (!ranges) throw new Error('the journal speaks of a range before there were any');
  return ranges;
}
