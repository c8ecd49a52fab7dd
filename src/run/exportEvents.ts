import type { JobId, JobState } from '../bulk/job.js';

/** A part of an export's rows that one query gives: all of them, unless the export is split. Counts from 1; halves get new numbers. */
export type RangeNumber = number;
/** Counts from 1 within a range, in the order of the result. */
export type PageNumber = number;

/** Where a range lies on the line of values of the field that an export is split by. */
export type RangeBounds = {
  /** The lowest value in it; missing where it is open below. */
  readonly from?: string;
  /** The lowest value above it; missing where it is open above. */
  readonly to?: string;
  /** The lowest and the highest value of all, when they were asked for. */
  readonly low?: string;
  readonly high?: string;
  /** The rows without a value. */
  readonly isNull?: true;
};

export type PlannedRange = {
  readonly range: RangeNumber;
  /** The query of its job. */
  readonly soql: string;
  /** What it covers, for people: `CreatedDate from 2026-01-01 to 2026-02-01`. */
  readonly label?: string;
  readonly bounds?: RangeBounds;
};

/** A page as it lies in the run directory, and what was proven of it. */
export type LandedPage = {
  readonly rows: number;
  readonly bytes: number;
  /** Of them, the header line with its end; 0 for a page without any text. */
  readonly headerBytes: number;
  /** CRC-32 of the bytes: the same page twice is found by it. */
  readonly crc: number;
  /** Sforce-Locator: where the org says that it goes on. Missing at the end, and where the org does not say. */
  readonly next?: string;
  /** Whether the last row ends with a line end. */
  readonly isTerminated: boolean;
  /** Whether the org said how many rows it has, and said the same. */
  readonly isCounted: boolean;
  /** The lowest and the highest Id of its rows, and whether they ascend; missing where it has none, and in older journals. */
  readonly ids?: { readonly low: string; readonly high: string; readonly isAscending: boolean };
};

export type OutputFile = {
  /** Absolute; `-` for standard output. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
};

export type ExportOutput = {
  readonly files: readonly OutputFile[];
  readonly rows: number;
  /** Rows that the last run of the same export has written just so, and that were left out. */
  readonly dropped?: number;
  /** Absolute; missing where it lies in the run directory alone. */
  readonly manifest?: string;
};

/**
 * What happens in an export, in the order in which it becomes durable. Fields are only ever added: old journals must replay.
 * Those marked live are shown and never journaled.
 */
export type ExportEvent =
  | { readonly type: 'ranges-planned'; readonly ranges: readonly PlannedRange[] }
  /** The intent: the org may have made a job whose id we never learn. */
  | { readonly type: 'query-creating'; readonly range: RangeNumber }
  | { readonly type: 'query-created'; readonly range: RangeNumber; readonly jobId: JobId }
  | {
      readonly type: 'query-state';
      readonly range: RangeNumber;
      readonly jobId: JobId;
      readonly state: JobState;
      /** Rows of the result once the job is complete. */
      readonly processed: number;
      readonly errorMessage?: string;
    }
  /** The job failed, or gave no answer, before a page of it was asked for; the range gets another one. */
  | { readonly type: 'query-replaced'; readonly range: RangeNumber; readonly reason: string }
  /** The query took too long in the org: these take the range's place. */
  | { readonly type: 'range-halved'; readonly range: RangeNumber; readonly into: readonly PlannedRange[] }
  | {
      readonly type: 'pages-listed';
      readonly range: RangeNumber;
      readonly pages: ReadonlyArray<{ readonly page: PageNumber; readonly path: string }>;
      /** Where further addresses are. */
      readonly next?: string;
      /** The range has no other pages than those listed by now. */
      readonly isLast: boolean;
    }
  /** Live. Bytes that came since the last such event, whether or not their page will be proven. */
  | { readonly type: 'downloading'; readonly bytes: number }
  /** What came was not the page that was asked for; it goes again. */
  | {
      readonly type: 'page-refused';
      readonly range: RangeNumber;
      readonly page: PageNumber;
      readonly reason: string;
      readonly tries: number;
    }
  /** The page is on disk and proven by itself. */
  | ({ readonly type: 'page-landed'; readonly range: RangeNumber; readonly page: PageNumber } & LandedPage)
  /** Seen beside the others, the page is not what it should be: it is fetched again. */
  | { readonly type: 'page-dropped'; readonly range: RangeNumber; readonly page: PageNumber; readonly reason: string }
  /** The pages are listed and fetched once more: together they were not what the org says that there is. */
  | { readonly type: 'pages-relisted'; readonly range: RangeNumber; readonly reason: string }
  /** All pages are there, fit together and have as many rows as the org says. */
  | { readonly type: 'range-complete'; readonly range: RangeNumber; readonly rows: number }
  /** Live. */
  | { readonly type: 'writing'; readonly rows: number }
  /** So many pages, in the order of the output, are on disk in it, which begins with so many bytes of this SHA-256: the pages themselves may go. */
  | { readonly type: 'pages-laid'; readonly pages: number; readonly bytes: number; readonly sha256: string }
  /** A later run of `resume` takes it up again. */
  | { readonly type: 'export-resumed' }
  | { readonly type: 'warning'; readonly message: string }
  /** An error that would come again: the run can't be gone on with. */
  | { readonly type: 'export-failed'; readonly name: string; readonly message: string }
  /** The intent: the files are whole and on disk, and now get their final names. */
  | ({ readonly type: 'output-whole' } & ExportOutput)
  /** The output stands under its final names. */
  | ({ readonly type: 'output-written' } & ExportOutput);

type LiveEvent = Extract<ExportEvent, { type: 'downloading' | 'writing' }>;

/** Whether an event is shown and never journaled: these come for every piece of a download. */
export function isLive(event: ExportEvent): event is LiveEvent {
  return event.type === 'downloading' || event.type === 'writing';
}
