import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/bulk/clock.js';
import { type Emulator } from '../../src/emulator/emulator.js';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { type Faults, faultsOf } from '../../src/emulator/faults/faults.js';
import { load, type LoadWorld, resumeLoad } from '../../src/load/load.js';
import { type LoadResult } from '../../src/load/loadResult.js';
import { fakeConnection } from '../bulk/fakeServer.js';
import {
  differenceOf,
  type Difference,
  type Operation,
  type Outcome,
  outcomeOf,
  recordOf,
  tortureInput,
  tortureOrg
} from './cases.js';

export type FaultCase = {
  readonly what: string;
  readonly faults: readonly object[];
  /** The operations that can meet it; all where it is not said. */
  readonly of?: readonly Operation[];
  /** Whether small or quick jobs may never meet it: it strikes after 200 rows, or when two jobs are at work together. */
  readonly mayMiss?: boolean;
  /** What may be otherwise than in an undisturbed run, and why. */
  readonly allows?: 'unaccounted inserts and sf__Created';
};

const CALLS: Readonly<Record<string, string>> = {
  create: 'POST /jobs/ingest',
  upload: 'PUT /jobs/ingest/*/batches',
  UploadComplete: 'PATCH /jobs/ingest/*',
  'a look at the job': 'GET /jobs/ingest/*',
  successfulResults: 'GET /jobs/ingest/*/successfulResults',
  failedResults: 'GET /jobs/ingest/*/failedResults',
  unprocessedrecords: 'GET /jobs/ingest/*/unprocessedrecords'
};

const FAULTS_OF_A_CALL: ReadonlyArray<readonly [what: string, fault: object]> = [
  ['connection cut before it', { fault: 'cut-before' }],
  ['connection cut after it', { fault: 'cut-after' }],
  ['503 with HTML', { fault: 'unavailable', retryAfter: 1 }],
  ['429', { fault: 'too-many-requests' }],
  ['408', { fault: 'error', status: 408, errorCode: 'REQUEST_TIMEOUT', message: 'timed out' }],
  ['401', { fault: 'unauthorized' }],
  ['HTML with status 200', { fault: 'html' }]
];

/** Faults of single requests, each struck at its first, second or third chance. */
export function requestCases(moments: readonly number[]): FaultCase[] {
  const cases: FaultCase[] = [];
  for (const [call, on] of Object.entries(CALLS))
    for (const [what, fault] of FAULTS_OF_A_CALL)
      for (const skip of moments) cases.push({ what: `${call}: ${what}`, faults: [{ ...fault, on, skip, times: 2 }] });
  for (const skip of moments)
    for (const bytes of [0, 60, 3000]) {
      const on = CALLS.successfulResults;
      cases.push(
        {
          what: 'upload: cut in the middle',
          faults: [{ fault: 'cut-upload', on: CALLS.upload, bytes, skip, times: 2 }]
        },
        { what: 'results: cut in the middle', faults: [{ fault: 'cut-body', on, bytes, skip, times: 2 }] },
        { what: 'results: end early as if whole', faults: [{ fault: 'truncate-body', on, bytes, skip, times: 2 }] }
      );
    }
  return cases;
}

/** Faults of jobs and rows. */
export const JOB_CASES: readonly FaultCase[] = [
  { what: 'rows locked at first', faults: [{ fault: 'fail-rows', rate: 0.05, jobs: 4 }] },
  {
    what: 'rows locked by jobs that run beside',
    of: ['insert', 'upsert', 'update'],
    faults: [{ fault: 'lock-parents', field: 'Notes__c' }],
    mayMiss: true
  },
  { what: 'upload: the org is away seven times', faults: [{ fault: 'unavailable', on: CALLS.upload, times: 7 }] },
  { what: 'job fails before its first row', faults: [{ fault: 'fail-job', times: 2 }] },
  { what: 'job fails half-way', faults: [{ fault: 'fail-job', afterRows: 1, times: 2 }], mayMiss: true },
  { what: 'results with doubled rows', faults: [{ fault: 'doubled-results', rate: 0.05 }] },
  { what: 'results without a column', faults: [{ fault: 'missing-column', column: 'Notes__c' }] },
  { what: 'slow jobs', faults: [{ fault: 'slow-job', ms: 50, rate: 0.5 }] },
  {
    what: 'API calls of the day used up',
    faults: [
      {
        fault: 'error',
        status: 403,
        errorCode: 'REQUEST_LIMIT_EXCEEDED',
        message: 'TotalRequests Limit exceeded.',
        skip: 12,
        times: 3
      }
    ]
  },
  {
    what: 'rows in none of the results',
    faults: [{ fault: 'missing-results', rate: 0.02, times: 10 }],
    allows: 'unaccounted inserts and sf__Created'
  },
  {
    what: 'a bad day: a tenth of all requests fails',
    faults: [
      { fault: 'cut-before', rate: 0.03 },
      { fault: 'cut-after', rate: 0.03 },
      { fault: 'unavailable', rate: 0.02 },
      { fault: 'cut-body', rate: 0.02, bytes: 500, on: 'GET' },
      { fault: 'fail-rows', rate: 0.01, jobs: 6 }
    ]
  }
];

export type Verdict = Difference & { readonly struck: number; readonly status: LoadResult['status'] };

/** Runs loads of one size under faults, and holds each against an undisturbed one. */
export class Matrix {
  private readonly undisturbed = new Map<Operation, Promise<Outcome>>();
  private cases = 0;

  public constructor(
    private readonly directory: string,
    private readonly rows: number
  ) {}

  public async run(operation: Operation, { faults, allows }: FaultCase, seed = 1): Promise<Verdict> {
    const known = this.undisturbed.get(operation) ?? this.outcome(operation, {}).then(({ outcome }) => outcome);
    this.undisturbed.set(operation, known);
    const plan = faultsOf(faultPlan({ seed, faults }));
    const { outcome, result } = await this.outcome(operation, plan);
    const isLenient = allows !== undefined;
    const { files, ...rest } = differenceOf(await known, outcome);
    return {
      ...rest,
      files: isLenient ? files.filter((name) => !LENIENT.has(name)) : files,
      struck: plan.struck?.() ?? 0,
      status: result.status
    };
  }

  private async outcome(operation: Operation, faults: Faults): Promise<{ outcome: Outcome; result: LoadResult }> {
    const directory = join(this.directory, `case-${(this.cases += 1)}`);
    const emulator = await tortureOrg(operation, this.rows, { faults });
    try {
      const asked = await tortureInput(operation, this.rows, directory, emulator);
      const runDir = join(directory, 'run');
      const result = await persistently(emulator, runDir, asked);
      return { outcome: await outcomeOf(emulator, runDir), result };
    } finally {
      await emulator.close();
      await rm(directory, { recursive: true, force: true });
    }
  }
}

const LENIENT: ReadonlySet<string> = new Set(['success.csv', 'unaccounted.csv']);
/** How often a person takes a load up again that could not go on. */
const MOST_RESUMES = 20;

/** Loads, and resumes for as long as there is something to resume, as a person would. */
async function persistently(
  emulator: Emulator,
  runDir: string,
  asked: Parameters<typeof recordOf>[0]
): Promise<LoadResult> {
  const session = { isAsync: false, isDryRun: false };
  let hasBegun = false;
  for (let tries = 0; ; tries += 1) {
    const world: LoadWorld = { ...worldOf(emulator), onRun: () => (hasBegun = true) };
    try {
      const result = hasBegun
        ? await resumeLoad(runDir, session, world)
        : await load(recordOf(asked, emulator), runDir, session, world);
      if (result.next === undefined || tries === MOST_RESUMES) return result;
    } catch (error) {
      if (tries === MOST_RESUMES) throw error;
    }
  }
}

function worldOf({ org }: Emulator): Omit<LoadWorld, 'onRun'> {
  const { connection } = fakeConnection(org.url, { renews: false });
  Object.assign(connection, { accessToken: `${org.id.slice(0, 15)}!x` });
  return {
    connection,
    clock: { now: () => Date.now(), sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) },
    random: () => 0.5,
    interrupt: new AbortController().signal,
    onEvent: () => undefined
  };
}
