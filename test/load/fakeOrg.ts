import { type Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { BulkError } from '../../src/bulk/bulkError.js';
import { type JobState } from '../../src/bulk/job.js';
import { type Call, type StreamAnswer, type Transport } from '../../src/bulk/transport.js';
import { DELIMITERS, type DelimiterName } from '../../src/input/delimiters.js';

export type Row = Readonly<Record<string, string>>;

/** How a job that was let go ends; rows from `processed` on are reached by no batch. */
export type Ending = { readonly state: JobState; readonly processed: number; readonly errorMessage?: string };

export type FakeJob = {
  readonly id: string;
  readonly operation: string;
  readonly delimiter: DelimiterName;
  readonly externalId?: string;
  state: JobState;
  /** Missing until it was uploaded. */
  body?: string;
  rows: Row[];
  header: string[];
  /** Calls that asked for UploadComplete and were heard. */
  completions: number;
  looks: number;
  ending?: Ending;
  results: Array<{ row: Row; id: string; created: boolean; error?: string }>;
};

/** What goes wrong at a call: it is lost on the way there or on the way back. */
export type Fault = 'lost-before' | 'lost-after';

export type FakeOrgOptions = {
  /** The error of a row, or undefined when the org takes it; `times` counts how often the row was refused before. */
  readonly refuses?: (row: Row, times: number) => string | undefined;
  readonly ends?: (job: FakeJob, nthJob: number) => Ending | undefined;
  /** Leaves a row out of the results; `reads` counts the readings of that job's results so far, `nthJob` from 1. */
  readonly hides?: (row: Row, at: { readonly reads: number; readonly nthJob: number }) => boolean;
  /** Ends no job before the results of the one before were read: an org that is no faster than the load. */
  readonly isSlow?: boolean;
  /** How the org writes a value back. */
  readonly writes?: (value: string) => string;
  /** What the org says of its limits. */
  readonly limits?: (org: FakeOrg) => unknown;
  /** What happens to the nth call (from 1) of that name. */
  readonly fault?: (name: CallName, nth: number, nthOfAll: number) => Fault | undefined;
};

export type CallName = 'limits' | 'create' | 'upload' | 'complete' | 'abort' | 'info' | 'results';

/**
 * An org with one object, which speaks the part of the Bulk API that a load uses, without a network. Jobs act when they are let go, each once;
 * `acted` says what they did.
 */
export class FakeOrg implements Transport {
  public apiCalls = 0;
  public readonly jobs = new Map<string, FakeJob>();
  /** Every row that the org took, as often as it took it. */
  public readonly acted: Row[] = [];
  public readonly calls: CallName[] = [];
  public apiUsage?: { used: number; max: number };
  /** Records by external ID, for upserts; by number, for inserts. */
  public readonly records = new Map<string, string>();
  /** Runs before and after each call, so that a test can end the process there. */
  public onCall: (name: CallName, when: 'before' | 'after') => void = () => undefined;
  private readonly refusals = new Map<string, number>();
  private readonly readings = new Map<string, number>();

  public constructor(private readonly options: FakeOrgOptions = {}) {}

  public async json(call: Call): Promise<unknown> {
    const name = nameOf(call);
    return this.call(name, call, () => {
      if (name === 'limits') return this.options.limits?.(this);
      if (name === 'create') return this.create(call.body as Record<string, string>);
      const job = this.jobOf(call);
      if (name === 'info') return this.look(job);
      return this.move(job, (call.body as { state: JobState }).state);
    });
  }

  public async upload(call: Call, open: () => Readable, bytes: number): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const chunk of open()) pieces.push(Buffer.from(chunk as Buffer));
    const body = Buffer.concat(pieces);
    await this.call('upload', call, () => {
      const job = this.jobOf(call);
      if (body.length !== bytes) throw refused('CLIENTINPUTERROR', `${bytes} bytes were promised, ${body.length} came`);
      if (job.state !== 'Open' || job.body !== undefined) throw refused('INVALIDJOBSTATE', 'data can be uploaded once');
      job.body = body.toString();
    });
  }

  public async stream(call: Call): Promise<StreamAnswer> {
    return this.call('results', call, () => {
      const job = this.jobOf(call);
      const kind = call.path.split('/').at(-1) ?? '';
      const reads = this.readings.get(job.id) ?? 0;
      if (kind === 'unprocessedrecords') this.readings.set(job.id, reads + 1);
      const text = this.resultText(job, kind, reads);
      return { status: 200, headers: {}, body: piecewise(text) };
    });
  }

  public async close(): Promise<void> {
    return Promise.resolve();
  }

  private async call<T>(name: CallName, call: Call, act: () => T): Promise<T> {
    this.apiCalls += 1;
    this.calls.push(name);
    const nth = this.calls.filter((other) => other === name).length;
    const fault = this.options.fault?.(name, nth, this.apiCalls);
    await new Promise((resolve) => setImmediate(resolve));
    this.onCall(name, 'before');
    if (fault === 'lost-before') throw lost(call);
    const result = act();
    this.onCall(name, 'after');
    if (fault === 'lost-after') throw lost(call);
    return result;
  }

  private create(asked: Record<string, string>): unknown {
    const id = `750${String(this.jobs.size + 1).padStart(12, '0')}AAA`;
    const job: FakeJob = {
      id,
      operation: asked.operation ?? '',
      delimiter: (asked.columnDelimiter ?? 'COMMA') as DelimiterName,
      externalId: asked.externalIdFieldName,
      state: 'Open',
      rows: [],
      header: [],
      completions: 0,
      looks: 0,
      results: []
    };
    this.jobs.set(id, job);
    return info(job);
  }

  private look(job: FakeJob): unknown {
    // One look finds it at work, the next at its end.
    if (job.state === 'UploadComplete') job.state = 'InProgress';
    else if (job.state === 'InProgress' && !this.mustWait(job)) job.state = job.ending?.state ?? 'JobComplete';
    return info(job);
  }

  private mustWait(job: FakeJob): boolean {
    const ids = [...this.jobs.keys()];
    const before = ids[ids.indexOf(job.id) - 1];
    return this.options.isSlow === true && before !== undefined && !this.readings.has(before);
  }

  private move(job: FakeJob, state: JobState): unknown {
    if (state === 'UploadComplete') {
      if (job.state !== 'Open') throw refused('INVALIDJOBSTATE', 'the job is not open');
      job.completions += 1;
      job.state = 'UploadComplete';
      this.act(job);
    } else {
      if (job.state !== 'Open' && job.state !== 'UploadComplete' && job.state !== 'InProgress')
        throw refused('INVALIDJOBSTATE', 'Aborting already Completed Job not allowed');
      job.state = 'Aborted';
    }
    return info(job);
  }

  private act(job: FakeJob): void {
    const lines = parse(job.body ?? '', {
      delimiter: DELIMITERS[job.delimiter],
      record_delimiter: ['\r\n', '\n'],
      skip_empty_lines: true
    });
    const [header = [], ...values] = lines;
    job.header = header;
    job.rows = values.map((fields) => Object.fromEntries(header.map((name, at) => [name, fields[at] ?? ''])));
    job.ending = this.options.ends?.(job, this.jobs.size);
    for (const row of job.rows.slice(0, job.ending?.processed)) {
      const identity = JSON.stringify(row);
      const times = this.refusals.get(identity) ?? 0;
      const error = this.options.refuses?.(row, times);
      if (error !== undefined) {
        this.refusals.set(identity, times + 1);
        job.results.push({ row, id: '', created: false, error });
        continue;
      }
      this.acted.push(row);
      const key = job.externalId ? (row[job.externalId] ?? '') : `#${this.records.size}`;
      const known = this.records.get(key);
      const id = known ?? `003${String(this.records.size + 1).padStart(12, '0')}AAA`;
      this.records.set(key, id);
      job.results.push({ row, id, created: known === undefined });
    }
  }

  private resultText(job: FakeJob, kind: string, reads: number): string {
    const nthJob = [...this.jobs.keys()].indexOf(job.id) + 1;
    const shown = shuffled(job.results.filter(({ row }) => !this.options.hides?.(row, { reads, nthJob })));
    const values = (row: Row): string[] => job.header.map((name) => (this.options.writes ?? String)(row[name] ?? ''));
    if (kind === 'successfulResults')
      return this.csv(
        job,
        ['sf__Id', 'sf__Created', ...job.header],
        shown
          .filter(({ error }) => error === undefined)
          .map(({ row, id, created }) => [id, String(created), ...values(row)])
      );
    if (kind === 'failedResults')
      return this.csv(
        job,
        ['sf__Id', 'sf__Error', ...job.header],
        shown.flatMap(({ row, id, error }) => (error === undefined ? [] : [[id, error, ...values(row)]]))
      );
    const unreached = job.rows.slice(job.results.length);
    return this.csv(job, job.header, shuffled(unreached).map(values));
  }

  private csv(job: FakeJob, header: string[], rows: string[][]): string {
    const line = (fields: string[]): string =>
      fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(DELIMITERS[job.delimiter]);
    return [header, ...rows].map((fields) => `${line(fields)}\n`).join('');
  }

  private jobOf(call: Call): FakeJob {
    const job = this.jobs.get(call.path.split('/')[3] ?? '');
    if (!job) throw new BulkError({ name: 'NotFound', kind: 'gone', message: 'gone', errorCode: 'NOT_FOUND' });
    return job;
  }
}

function nameOf({ method, path, body }: Call): CallName {
  if (path === '/limits') return 'limits';
  if (method === 'POST') return 'create';
  if (method === 'GET') return 'info';
  return (body as { state?: unknown } | undefined)?.state === 'Aborted' ? 'abort' : 'complete';
}

function info(job: FakeJob): unknown {
  const isOver = job.state === 'JobComplete' || job.state === 'Failed' || job.state === 'Aborted';
  return {
    id: job.id,
    state: job.state,
    operation: job.operation,
    object: 'Contact',
    numberRecordsProcessed: isOver ? job.results.length : 0,
    numberRecordsFailed: isOver ? job.results.filter(({ error }) => error !== undefined).length : 0,
    errorMessage: isOver ? job.ending?.errorMessage : undefined
  };
}

/** What the transport says when it has tried for long enough. */
export function lost({ isRepeatable }: Pick<Call, 'isRepeatable'>): BulkError {
  return isRepeatable
    ? new BulkError({ name: 'OrgUnreachable', kind: 'network', message: 'the org can not be reached' })
    : new BulkError({ name: 'NoAnswer', kind: 'ambiguous', message: 'no answer came' });
}

export function refused(errorCode: string, message: string): BulkError {
  return new BulkError({
    name: 'RefusedByOrg',
    kind: 'refused',
    message: `${errorCode}: ${message}`,
    errorCode,
    httpStatus: 400
  });
}

/** Another order, the same one each time. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item, at) => ({ item, place: (at * 7919 + 13) % 101 }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

async function* piecewise(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += 37) {
    yield bytes.subarray(start, start + 37);
    await Promise.resolve();
  }
}
