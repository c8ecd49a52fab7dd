import { setTimeout as sleep } from 'node:timers/promises';
import { type IngestJob } from '../bulk/ingestJob.js';
import { type JobFaults } from '../bulk/processJob.js';
import { type QueryJob } from '../bulk/queryJob.js';
import { type Org } from '../org.js';
import { ApiError } from '../rest/apiError.js';
import { type Exchange } from '../rest/exchange.js';
import { RowError } from '../values.js';
import { cutAnswer, cutBody, cutNow, cutUpload, truncateBody } from './cuts.js';
import { editRecords } from './edit.js';
import { type Fault, type FaultKind, type FaultPlan } from './faultFile.js';
import { parentLocks } from './parentLocks.js';
import { isOn, seededRandom, strikes } from './strikes.js';

/** How a result page may lie. */
export const PAGE_FAULTS = [
  'short-page',
  'long-page',
  'repeated-locator',
  'torn-page',
  'wrong-page',
  'foreign-page',
  'wrong-count'
] as const;
export type PageFault = (typeof PAGE_FAULTS)[number];

/** What the emulator asks wherever something may go wrong. */
export type Faults = JobFaults & {
  /** Before a request is handled. @returns true when it is answered or cut already @throws ApiError to answer with */
  readonly request?: (exchange: Exchange, org: Org) => Promise<boolean>;
  /** How often any fault has struck. */
  readonly struck?: () => number;
  /** Most API calls of a day; beyond, all are refused. */
  readonly dailyCalls?: number;
  readonly dailyBatches?: DailyBatches;
  readonly page?: (exchange: Exchange) => PageFault | undefined;
  /** An errorMessage with which a query job fails now. */
  readonly queryError?: (job: QueryJob, processed: number) => string | undefined;
};

/** Most batches of a day, and what becomes of rows beyond. */
export type DailyBatches = { readonly max: number; readonly rows: 'unprocessed' | 'missing' };

type FaultOf<K extends FaultKind> = Extract<Fault, { fault: K }>;
type Armed<K extends FaultKind = FaultKind> = { readonly fault: FaultOf<K>; readonly strikes: () => boolean };

/** Faults as a plan says them; the same plan strikes the same requests, rows and jobs in the same order. */
export function faultsOf(plan: FaultPlan): Faults {
  const random = seededRandom(plan.seed);
  let struck = 0;
  const armed = plan.faults.map((fault): Armed => {
    const strikesNow = strikes(fault, random);
    return {
      fault,
      strikes: () => {
        if (!strikesNow()) return false;
        struck += 1;
        return true;
      }
    };
  });
  const requestFaults = armed.filter(({ fault }) => fault.fault in REQUEST_FAULTS);
  const hidden = of(armed, 'missing-results');
  const doubled = of(armed, 'doubled-results');
  const narrowed = of(armed, 'missing-column');
  const slow = of(armed, 'slow-job');
  const locked = parentLocks(of(armed, 'lock-parents'), Date.now);
  const failed = rowErrors(of(armed, 'fail-rows'));
  const pageFaults = of(armed, ...PAGE_FAULTS);
  return {
    struck: () => struck,
    request: async (exchange, org) => {
      for (const { fault, strikes: strikesNow } of requestFaults)
        if (isOn(fault.on, exchange) && strikesNow() && (await requestFault(fault, { exchange, org }))) return true;
      return false;
    },
    page: (exchange) => pageFaults.find((each) => isOn(each.fault.on, exchange) && each.strikes())?.fault.fault,
    dailyCalls: of(armed, 'daily-calls')[0]?.fault.max,
    dailyBatches: dailyBatches(of(armed, 'daily-batches')[0]?.fault),
    rowError: (job, _rowNumber, valueOf) => locked(job, valueOf) ?? failed(job),
    hidesResult: () => hidden.some((each) => each.strikes()),
    doublesResult: () => doubled.some((each) => each.strikes()),
    hidesColumn: () => narrowed.find((each) => each.strikes())?.fault.column,
    delayMs: () => slow.find((each) => each.strikes())?.fault.ms ?? 0,
    jobError: failures(of(armed, 'fail-job')),
    queryError: failures(of(armed, 'fail-query'))
  };
}

function of<K extends FaultKind>(armed: readonly Armed[], ...kinds: readonly K[]): Array<Armed<K>> {
  // A filter by the kind leaves just these; its type can't be told to the compiler.
  return armed.filter(({ fault }) => kinds.some((kind) => kind === fault.fault)) as unknown as Array<Armed<K>>;
}

type Struck = { readonly exchange: Exchange; readonly org: Org };
/** @returns whether the request is over */
type Strike<K extends FaultKind> = (fault: FaultOf<K>, struck: Struck) => boolean | Promise<boolean>;

const REQUEST_FAULTS: { readonly [K in FaultKind]?: Strike<K> } = {
  'cut-before': (_fault, { exchange }) => {
    cutNow(exchange);
    return true;
  },
  'cut-after': (_fault, { exchange }) => {
    cutAnswer(exchange);
    return false;
  },
  'cut-upload': ({ bytes }, { exchange }) => {
    cutUpload(exchange, bytes);
    return false;
  },
  'cut-body': ({ bytes }, { exchange }) => {
    cutBody(exchange, bytes);
    return false;
  },
  'truncate-body': ({ bytes }, { exchange }) => {
    truncateBody(exchange, bytes);
    return false;
  },
  html: (_fault, { exchange }) => {
    exchange.request.resume();
    exchange.send(200, 'text/html', '<html><body><h1>One moment, please</h1></body></html>');
    return true;
  },
  delay: async ({ ms }) => {
    await sleep(ms);
    return false;
  },
  edit: (fault, { org }) => {
    editRecords(org, fault);
    return false;
  },
  unauthorized: () => {
    throw new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  },
  'too-many-requests': ({ retryAfter }, { exchange }) => {
    exchange.response.setHeader('Retry-After', retryAfter);
    throw new ApiError(429, 'TOO_MANY_REQUESTS', 'Too many requests');
  },
  // A proxy or the load balancer in front of the service answers so, not the service.
  unavailable: ({ retryAfter }, { exchange }) => {
    exchange.request.resume();
    if (retryAfter > 0) exchange.response.setHeader('Retry-After', retryAfter);
    exchange.send(503, 'text/html', '<html><body><h1>Service Unavailable</h1><script>alert(1)</script></body></html>');
    return true;
  },
  error: ({ status, errorCode, message }) => {
    throw new ApiError(status, errorCode, message);
  }
};

async function requestFault(fault: Fault, struck: Struck): Promise<boolean> {
  // The table's type pairs each kind with its function, which an index by a union can't say.
  const strike = REQUEST_FAULTS[fault.fault] as Strike<FaultKind> | undefined;
  return (await strike?.(fault, struck)) === true;
}

function dailyBatches(fault: FaultOf<'daily-batches'> | undefined): DailyBatches | undefined {
  return fault && { max: fault.max, rows: fault.rows === 'missing' ? 'missing' : 'unprocessed' };
}

function rowErrors(armed: ReadonlyArray<Armed<'fail-rows'>>): (job: IngestJob) => RowError | undefined {
  const met = armed.map(() => new Set<string>());
  return (job: IngestJob) => {
    for (const [index, { fault, strikes: strikesNow }] of armed.entries()) {
      const jobs = met[index] ?? new Set();
      if (!jobs.has(job.id) && jobs.size >= fault.jobs) continue;
      jobs.add(job.id);
      if (strikesNow()) return new RowError(fault.code, fault.message);
    }
    return undefined;
  };
}

/** A job is asked after once only, when it has come so far. */
function failures(
  armed: ReadonlyArray<Armed<'fail-job'> | Armed<'fail-query'>>
): (job: { readonly id: string }, processed: number) => string | undefined {
  const asked = armed.map(() => new Set<string>());
  return (job, processed) =>
    armed.find(({ fault, strikes: strikesNow }, index) => {
      if (processed < fault.afterRows || asked[index]?.has(job.id)) return false;
      asked[index]?.add(job.id);
      return strikesNow();
    })?.fault.message;
}
