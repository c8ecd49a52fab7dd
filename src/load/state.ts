import { type InputFile } from '../input/input.js';
import { type JobId, type JobState } from '../bulk/job.js';
import {
  type LoadEvent,
  type LoadFiles,
  type PartFates,
  type PartNumber,
  type RowErrorCount,
  type RowProblem,
  type StopReason
} from '../run/loadEvents.js';

/** Where a part stands. What does not exist yet cannot be read: a job id only where there is a job. */
export type PartState = PartSize &
  (
    | { readonly at: 'cut' }
    | { readonly at: 'creating' }
    | { readonly at: 'open'; readonly jobId: JobId }
    | { readonly at: 'completing'; readonly jobId: JobId }
    | { readonly at: 'submitted'; readonly jobId: JobId; readonly job?: JobProgress }
    | {
        readonly at: 'settled';
        readonly jobId?: JobId;
        /** The org did not know the job any more when its rows were to be settled. */
        readonly isGone?: true;
        readonly job?: JobProgress;
        readonly fates: PartFates;
        readonly retriesPlanned: boolean;
      }
  );

type PartSize = {
  readonly rows: number;
  readonly bytes: number;
  /** 0 for parts of the input, 1 for the first retry of rows. */
  readonly attempt: number;
  /** The parts whose rows go again in this one. */
  readonly from: readonly PartNumber[];
  /** Its rows were in none of the results before. */
  readonly mayHaveHappened?: boolean;
};

export type JobProgress = {
  readonly state: JobState;
  readonly processed: number;
  readonly failed: number;
  readonly errorMessage?: string;
  readonly processingMs?: number;
};

export type LoadState = {
  readonly parts: ReadonlyMap<PartNumber, PartState>;
  /** Missing until the whole input was read: until then nothing was sent. */
  readonly scanned?: {
    readonly rows: number;
    readonly rejected: number;
    readonly skipped: number;
    readonly bytes: number;
    /** Missing for one file. */
    readonly files?: readonly InputFile[];
  };
  readonly errors: ReadonlyMap<string, RowErrorCount>;
  /** The first things that were wrong with rows that were not sent. */
  readonly problems: readonly RowProblem[];
  readonly warnings: readonly string[];
  readonly stopping?: { readonly reason: StopReason; readonly message: string };
  /** Failures at which --max-failures has stopped the load before it was resumed: it counts from there. */
  readonly failuresAccepted?: number;
  readonly files?: LoadFiles;
  /** Requests of all processes that have ended, but for those that were killed. */
  readonly apiCalls: number;
  /** The org's daily API calls, as it last told them. */
  readonly apiUsage?: { readonly used: number; readonly max: number };
};

export const NOTHING_YET: LoadState = { parts: new Map(), errors: new Map(), problems: [], warnings: [], apiCalls: 0 };

/** The state of a load after one more event. Pure: resume, progress and the summary all call it. Parts number in the hundreds, so copying is cheap. */
export function fold(state: LoadState, event: LoadEvent): LoadState {
  if (isJobEvent(event)) return withPart(state, event.part, nextPartState(knownPart(state, event.part), event));
  switch (event.type) {
    case 'part-cut':
      return withPart(state, event.part, { at: 'cut', rows: event.rows, bytes: event.bytes, attempt: 0, from: [] });
    case 'input-scanned':
      return {
        ...state,
        scanned: {
          rows: event.rows,
          rejected: event.rejected,
          skipped: event.skipped,
          bytes: event.bytes,
          ...(event.files && { files: event.files })
        },
        errors: addErrors(state.errors, event.errors),
        problems: event.problems ?? []
      };
    case 'retry-planned':
      return foldRetry(state, event);
    case 'part-settled':
      return foldSettled(state, event);
    case 'load-stopping':
      return { ...state, stopping: { reason: event.reason, message: event.message } };
    case 'load-resumed':
      return foldResumed(state);
    case 'warning':
      return { ...state, warnings: [...state.warnings, event.message] };
    case 'results-written':
      return { ...state, files: event.files };
    case 'calls-counted': {
      const { calls, orgUsed: used, orgMax: max } = event;
      const apiUsage = used === undefined || max === undefined ? state.apiUsage : { used, max };
      return { ...state, apiCalls: state.apiCalls + calls, apiUsage };
    }
    case 'scanning':
    case 'uploading':
    case 'part-uploaded':
      return state;
    default:
      return event satisfies never;
  }
}

/** What a resume does first with a part. */
export function howToResume(part: PartState): 'send' | 'replace-job' | 'ask-the-org' | 'nothing' {
  switch (part.at) {
    case 'cut':
      return 'send';
    case 'creating': // the org may have made a job whose id we never learnt
    case 'open': // UploadComplete was never asked for, so the job has changed nothing, whatever has arrived
      return 'replace-job';
    case 'completing': // asked for, answer unknown: only the job's state can tell
    case 'submitted':
      return 'ask-the-org';
    case 'settled':
      return 'nothing';
  }
}

/** Parts that are not settled, in order. */
export function unsettledParts(state: LoadState): PartNumber[] {
  return [...state.parts].filter(([, part]) => part.at !== 'settled').map(([number]) => number);
}

/** Settled parts some of whose rows are to go again and lie in no later part yet. */
export function partsToRetry(state: LoadState): PartNumber[] {
  return [...state.parts]
    .filter(([, part]) => part.at === 'settled' && part.fates.toRetry > 0 && !part.retriesPlanned)
    .map(([number]) => number);
}

/** Whether nothing is left that could be sent. */
export function isOver(state: LoadState): boolean {
  return state.scanned !== undefined && unsettledParts(state).length === 0 && partsToRetry(state).length === 0;
}

/** Adds up the fates of all settled parts; rows that go again are counted where they end. */
export function fatesSoFar(state: LoadState): PartFates {
  const total = { succeeded: 0, failed: 0, unaccounted: 0, toRetry: 0, created: 0 };
  for (const part of state.parts.values()) {
    if (part.at !== 'settled') continue;
    total.succeeded += part.fates.succeeded;
    total.failed += part.fates.failed;
    total.unaccounted += part.fates.unaccounted;
    total.created += part.fates.created;
    if (!part.retriesPlanned) total.toRetry += part.fates.toRetry;
  }
  return total;
}

function foldResumed(state: LoadState): LoadState {
  const { parts, scanned, errors, problems, warnings, apiCalls } = state;
  // An input that was not read to its end is read anew, and may be cut otherwise.
  if (!scanned) return { ...NOTHING_YET, apiCalls };
  const { failed, unaccounted } = fatesSoFar(state);
  const failuresAccepted = state.stopping?.reason === 'max-failures' ? failed + unaccounted : state.failuresAccepted;
  return { parts, scanned, errors, problems, warnings, apiCalls, ...(failuresAccepted && { failuresAccepted }) };
}

const JOB_EVENTS = [
  'job-creating',
  'job-created',
  'job-replaced',
  'upload-completing',
  'upload-complete',
  'job-state'
] as const satisfies ReadonlyArray<LoadEvent['type']>;

type JobEvent = Extract<LoadEvent, { type: (typeof JOB_EVENTS)[number] }>;

function isJobEvent(event: LoadEvent): event is JobEvent {
  return JOB_EVENTS.some((type) => type === event.type);
}

function nextPartState(part: PartState, event: JobEvent): PartState {
  const size = sizeOf(part);
  switch (event.type) {
    case 'job-creating':
      return { ...size, at: 'creating' };
    case 'job-created':
      return { ...size, at: 'open', jobId: event.jobId };
    case 'job-replaced':
      return { ...size, at: 'cut' };
    case 'upload-completing':
      return { ...size, at: 'completing', jobId: knownJob(part) };
    case 'upload-complete':
      return { ...size, at: 'submitted', jobId: knownJob(part) };
    case 'job-state': {
      const { state, processed, failed, errorMessage, processingMs } = event;
      return {
        ...size,
        at: 'submitted',
        jobId: event.jobId,
        job: { state, processed, failed, errorMessage, processingMs }
      };
    }
  }
}

function foldRetry(state: LoadState, event: Extract<LoadEvent, { type: 'retry-planned' }>): LoadState {
  const parts = new Map(state.parts);
  for (const number of event.from) {
    const part = knownPart(state, number);
    if (part.at === 'settled') parts.set(number, { ...part, retriesPlanned: true });
  }
  const { attempt, from } = event;
  for (const { part, rows, bytes, mayHaveHappened } of event.parts)
    parts.set(part, { at: 'cut', rows, bytes, attempt, from, ...(mayHaveHappened && { mayHaveHappened }) });
  return { ...state, parts };
}

function foldSettled(state: LoadState, event: Extract<LoadEvent, { type: 'part-settled' }>): LoadState {
  const part = knownPart(state, event.part);
  const { succeeded, failed, unaccounted, toRetry, created } = event;
  const settled: PartState = {
    ...sizeOf(part),
    at: 'settled',
    jobId: event.jobId ?? jobIdOf(part),
    ...(event.jobId === undefined && { isGone: true }),
    job: part.at === 'submitted' ? part.job : undefined,
    fates: { succeeded, failed, unaccounted, toRetry, created },
    retriesPlanned: false
  };
  return { ...withPart(state, event.part, settled), errors: addErrors(state.errors, event.errors) };
}

function sizeOf({ rows, bytes, attempt, from, mayHaveHappened }: PartState): PartSize {
  return { rows, bytes, attempt, from, ...(mayHaveHappened && { mayHaveHappened }) };
}

function withPart(state: LoadState, number: PartNumber, part: PartState): LoadState {
  return { ...state, parts: new Map(state.parts).set(number, part) };
}

function knownPart(state: LoadState, number: PartNumber): PartState {
  const part = state.parts.get(number);
  if (!part) throw new Error(`the journal speaks of part ${number} before it was cut`);
  return part;
}

/** The job that a part has, or had. */
export function jobIdOf(part: PartState): JobId | undefined {
  return part.at === 'cut' || part.at === 'creating' ? undefined : part.jobId;
}

function knownJob(part: PartState): JobId {
  if (part.at === 'open' || part.at === 'completing' || part.at === 'submitted') return part.jobId;
  throw new Error(`the journal completes an upload of a part that is ${part.at}`);
}

function addErrors(
  known: ReadonlyMap<string, RowErrorCount>,
  more: readonly RowErrorCount[]
): ReadonlyMap<string, RowErrorCount> {
  const sum = new Map(known);
  for (const error of more) {
    const before = sum.get(error.code);
    sum.set(error.code, before ? { ...before, count: before.count + error.count } : error);
  }
  return sum;
}
