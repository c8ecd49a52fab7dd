import { readFile } from 'node:fs/promises';
import { isRecord } from '../isRecord.js';

/** Which requests, rows or jobs a fault strikes; without any of these it is all of its kind. */
export type When = {
  /** `METHOD /path` after `/services/data/vXX.X`, either part alone, `*` for one segment. */
  readonly on?: string;
  /** So many pass before it. */
  readonly skip: number;
  /** It strikes at most so often. */
  readonly times: number;
  /** Of those that are left, from 0 to 1. */
  readonly rate: number;
};

/** What each kind of fault takes beside `When`; a number stands for its default, a text too. */
export const FAULT_KINDS = {
  /** The connection ends before the request has any effect. */
  'cut-before': {},
  /** The request has its effect, and nobody hears of it. */
  'cut-after': {},
  /** The connection ends after so many bytes of the request's body. */
  'cut-upload': { bytes: 1000 },
  /** The connection ends after so many bytes of the answer's body. */
  'cut-body': { bytes: 1000 },
  /** The answer ends after so many bytes of its body as if that were all. */
  'truncate-body': { bytes: 1000 },
  /** A page of HTML instead of the answer, with a status of success. */
  html: {},
  delay: { ms: 1000 },
  unauthorized: {},
  'too-many-requests': { retryAfter: 1 },
  unavailable: { retryAfter: 0 },
  error: { status: 400, errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred' },
  /** A person edits so many records of an object while the request is under way. */
  edit: { object: 'Contact', field: 'Title', value: 'Edited meanwhile', records: 1 },
  /** A result page that says more rows than it has. */
  'short-page': {},
  /** A result page with its last row twice. */
  'long-page': {},
  /** A result page whose locator leads to itself. */
  'repeated-locator': {},
  /** A result page that breaks off within its last row, in an answer that ends as it should. */
  'torn-page': {},
  /** A result page in the place of another one of the same job. */
  'wrong-page': {},
  /** A result page of another query job. */
  'foreign-page': {},
  /** A result page whose header says one row more than there is. */
  'wrong-count': {},
  /** Rows fail; only those of the first `jobs` ingest jobs that meet the fault, which then is over. */
  'fail-rows': {
    code: 'UNABLE_TO_LOCK_ROW',
    message: 'unable to obtain exclusive access to this record',
    jobs: Infinity
  },
  /** A row whose parent, the value of a column, was written by another job within so many milliseconds is locked. */
  'lock-parents': { field: 'AccountId', ms: 500 },
  /** An ingest job waits for so long, InProgress, before its first row. */
  'slow-job': { ms: 5000 },
  /** An ingest job fails once so many rows are processed. */
  'fail-job': { afterRows: 0, message: 'InternalServerError : An unexpected error occurred' },
  /** Rows that are carried out and in none of the results. */
  'missing-results': {},
  /** Rows that come twice in a result. */
  'doubled-results': {},
  /** Successful results without a column that was sent. */
  'missing-column': { column: 'Name' },
  /** The org takes so many API calls a day and refuses the others. */
  'daily-calls': { max: 1000 },
  /** The org takes so many batches a day; rows beyond are `unprocessed` and their job fails, or they are `missing` in all results. */
  'daily-batches': { max: 10, rows: 'unprocessed' },
  /** A query job fails once so many rows are read. */
  'fail-query': { afterRows: 0, message: 'QUERY_TIMEOUT : Your query request was running for too long.' }
} as const satisfies Record<string, Readonly<Record<string, string | number>>>;

export type FaultKind = keyof typeof FAULT_KINDS;
type Widened<T> = { readonly [K in keyof T]: T[K] extends number ? number : string };
export type Fault = {
  readonly [K in FaultKind]: When & { readonly fault: K } & Widened<(typeof FAULT_KINDS)[K]>;
}[FaultKind];

export type FaultPlan = { readonly seed: number; readonly faults: readonly Fault[] };

const WHEN = { on: '', skip: 0, times: Infinity, rate: 1 } as const;

/**
 * Reads `{"seed": 1, "faults": [{"fault": "cut-after", "on": "POST /jobs/ingest", "times": 1}, …]}`.
 * @throws Error that names the fault and what is wrong with it
 */
export async function readFaults(path: string): Promise<FaultPlan> {
  return faultPlan(JSON.parse(await readFile(path, 'utf8')));
}

export function faultPlan(file: unknown): FaultPlan {
  if (!isRecord(file) || !Array.isArray(file.faults)) throw new Error('the faults are no {"faults": […]}');
  const { seed = 1 } = file;
  if (typeof seed !== 'number') throw new Error('"seed" is no number');
  return { seed, faults: file.faults.map(faultOf) };
}

function faultOf(raw: unknown, index: number): Fault {
  const place = `fault ${index + 1}`;
  if (!isRecord(raw)) throw new Error(`${place} is no object`);
  const kind = Object.keys(FAULT_KINDS).find((name) => name === raw.fault);
  if (kind === undefined)
    throw new Error(
      `${place}: "fault" is ${JSON.stringify(raw.fault)} and none of ${Object.keys(FAULT_KINDS).join(', ')}`
    );
  const known: Record<string, string | number> = { ...WHEN, ...FAULT_KINDS[kind as FaultKind] };
  for (const [key, value] of Object.entries(raw)) {
    if (key === 'fault') continue;
    const expected = known[key];
    if (expected === undefined) throw new Error(`${place}: ${kind} has no "${key}"`);
    if (typeof value !== typeof expected) throw new Error(`${place}: "${key}" is no ${typeof expected}`);
  }
  const { on, ...rest } = { ...known, ...raw } as Record<string, string | number>;
  // The loop above has held each value against the type of its default.
  return { ...rest, ...(on !== '' && { on }) } as unknown as Fault;
}
