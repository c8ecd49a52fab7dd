import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { CsvError, readRows } from '../csvReader.js';
import { type Column, columnFor, Dml } from '../dml.js';
import { fieldOf, type FieldSchema, type ObjectSchema } from '../schema.js';
import { type Store } from '../store.js';
import { asJavaDouble, RowError } from '../values.js';
import { DELIMITERS } from './bulkJob.js';
import { type IngestJob } from './ingestJob.js';
import { quotedRow, ResultFile } from './resultFile.js';

export type JobPaths = {
  readonly upload: string;
  readonly success: string;
  readonly failed: string;
  readonly unprocessed: string;
};

/** What may happen to a job beside its rows; each may be missing. */
export type JobFaults = {
  /** Asked for each row before it is carried out: an error of the service to give it instead. */
  readonly rowError?: (job: IngestJob, rowNumber: number, valueOf: (column: string) => string) => RowError | undefined;
  /** Asked for each row that was carried out: whether it is in none of the results. */
  readonly hidesResult?: (job: IngestJob) => boolean;
  /** Asked for each result: whether it is written twice. */
  readonly doublesResult?: (job: IngestJob) => boolean;
  /** Asked once for a job: a column that its successful results do not have. */
  readonly hidesColumn?: (job: IngestJob) => string | undefined;
  /** Asked once for a job: how many milliseconds it waits before its first row. */
  readonly delayMs?: (job: IngestJob) => number;
  /** Asked before each chunk of 200: an errorMessage with which the job fails there. */
  readonly jobError?: (job: IngestJob, processed: number) => string | undefined;
};

export type Processing = {
  readonly store: Store;
  readonly paths: JobPaths;
  readonly now: () => number;
  readonly random: () => number;
  /** Of one job; undefined for as quick as it goes. */
  readonly rowsPerSecond?: number;
  /** What becomes of the rows of a batch that the org does not take any more today; undefined while it takes them. */
  readonly beyondBatches: () => 'unprocessed' | 'missing' | undefined;
  readonly faults: JobFaults;
};

/** Triggers see at most this many, and the check for a key that comes twice looks no further (BULK_API §5). */
const CHUNK_ROWS = 200;
const BATCH_ROWS = 10_000;
const NUMBER_TYPES: ReadonlySet<string> = new Set(['double', 'currency', 'percent']);

class JobFailed extends Error {}

/** Carries out a job whose upload is complete: its state is terminal when the promise is fulfilled, and its results are there. */
export async function processJob(job: IngestJob, processing: Processing): Promise<void> {
  const { now } = processing;
  const startedMs = now();
  // One that was aborted while it waited has all its rows unprocessed.
  if (job.state === 'UploadComplete') job.state = 'InProgress';
  job.modifiedMs = startedMs;
  const delayMs = processing.faults.delayMs?.(job) ?? 0;
  if (delayMs > 0) await sleep(delayMs);
  try {
    await new JobRun(job, processing).run();
    if (job.state === 'InProgress') job.state = 'JobComplete';
  } catch (error) {
    if (!(error instanceof JobFailed)) throw error;
    job.state = 'Failed';
    job.errorMessage = error.message;
  }
  job.processingMs = now() - startedMs;
  job.modifiedMs = now();
}

class JobRun {
  private readonly delimiter: string;
  private readonly lineEnd: string;
  private readonly startedMs = Date.now();
  private header: readonly string[] = [];
  private columns: readonly Column[] = [];
  private keyAt = -1;
  private hiddenAt = -1;
  private rowNumber = 0;
  private success?: ResultFile;
  private failed?: ResultFile;
  private unprocessed?: ResultFile;
  private dml?: Dml;
  private failure?: JobFailed;
  private isSilent = false;

  public constructor(
    private readonly job: IngestJob,
    private readonly processing: Processing
  ) {
    this.delimiter = DELIMITERS[job.columnDelimiter];
    this.lineEnd = job.lineEnding === 'CRLF' ? '\r\n' : '\n';
  }

  public async run(): Promise<void> {
    await this.checkLineEnding();
    let waiting: string[][] = [];
    try {
      for await (const rows of readRows(
        createReadStream(this.processing.paths.upload, { highWaterMark: 256 * 1024 }),
        this.delimiter
      )) {
        if (!this.dml) this.begin(rows.shift() ?? []);
        waiting = waiting.length === 0 ? rows : [...waiting, ...rows];
        let at = 0;
        for (; at + CHUNK_ROWS <= waiting.length; at += CHUNK_ROWS)
          await this.chunk(waiting.slice(at, at + CHUNK_ROWS));
        waiting = waiting.slice(at);
      }
      await this.chunk(waiting);
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      this.failure = new JobFailed(`InvalidBatch : ${error.message}`);
    } finally {
      await Promise.all([this.success?.close(), this.failed?.close(), this.unprocessed?.close()]);
    }
    if (this.failure) throw this.failure;
  }

  private begin(header: readonly string[]): void {
    const { store, paths, random } = this.processing;
    const object = store.schema.object(this.job.object);
    if (!object) throw new Error(`a job of the unknown object ${this.job.object}`);
    this.header = header;
    const key = fieldOf(object, this.job.operation === 'upsert' ? (this.job.externalIdFieldName ?? 'Id') : 'Id');
    this.dml = new Dml(store, object, this.job.operation, key);
    try {
      this.columns = header.map((name) => this.column(object, name));
      if (this.job.operation !== 'insert') this.keyAt = this.keyColumn(key);
    } catch (error) {
      if (!(error instanceof JobFailed)) throw error;
      this.failure = error;
    }
    const hidden = this.processing.faults.hidesColumn?.(this.job);
    this.hiddenAt = header.findIndex((name) => name.toLowerCase() === hidden?.toLowerCase());
    const names = header.map((name) =>
      /[",\n]/.test(name) || name.includes(this.delimiter) ? `"${name.replaceAll('"', '""')}"` : name
    );
    const line = (fields: readonly string[]): string => `${fields.join(this.delimiter)}${this.lineEnd}`;
    const shown = names.filter((_, at) => at !== this.hiddenAt);
    this.success = new ResultFile(paths.success, random, line(['"sf__Id"', '"sf__Created"', ...shown]));
    this.failed = new ResultFile(paths.failed, random, line(['"sf__Id"', '"sf__Error"', ...names]));
    this.unprocessed = new ResultFile(paths.unprocessed, random, line(names));
  }

  private keyColumn(key: FieldSchema | undefined): number {
    const at = this.columns.findIndex((column) => column.kind === 'field' && column.field === key);
    if (at < 0) throw new JobFailed(`InvalidBatch : Field name not found : ${key?.name ?? 'Id'}`);
    return at;
  }

  /** One that the object has not, and one that may not be written, read the same (BULK_API §3). */
  private column(object: ObjectSchema, name: string): Column {
    const column = columnFor(this.processing.store, object, name);
    if (!column || (column.field.type !== 'id' && !column.field.createable && !column.field.updateable))
      throw new JobFailed(`InvalidBatch : Field name not found : ${name}`);
    const twice = this.header.filter((other) => other.toLowerCase() === name.toLowerCase()).length > 1;
    if (twice) throw new JobFailed(`InvalidBatch : Duplicate field name : ${name}`);
    return column;
  }

  private async chunk(rows: readonly string[][]): Promise<void> {
    if (rows.length === 0) return;
    if (this.job.processed % BATCH_ROWS < CHUNK_ROWS) await this.beginBatch();
    if (this.isSilent) return;
    const message = this.failure ? undefined : this.processing.faults.jobError?.(this.job, this.job.processed);
    if (message !== undefined) this.failure = new JobFailed(message);
    if (this.failure ?? this.job.state !== 'InProgress') {
      for (const row of rows) this.unprocessed?.add(quotedRow(row, this.delimiter, this.lineEnd));
      await this.unprocessed?.endBatch();
      return;
    }
    const repeated = this.repeatedKeys(rows);
    this.processing.store.transaction(() => {
      for (const row of rows) this.row(row, repeated);
    });
    await this.pace();
  }

  private async beginBatch(): Promise<void> {
    await Promise.all([this.success?.endBatch(), this.failed?.endBatch()]);
    if (this.failure) return;
    const beyond = this.processing.beyondBatches();
    this.isSilent = beyond === 'missing';
    if (beyond === 'unprocessed') this.failure = new JobFailed('ExceededQuota : ApiBatchItems Limit exceeded');
  }

  private row(row: readonly string[], repeated: ReadonlySet<string>): void {
    this.rowNumber += 1;
    this.job.processed += 1;
    try {
      const fault = this.processing.faults.rowError?.(
        this.job,
        this.rowNumber,
        (column) => row[this.header.indexOf(column)] ?? ''
      );
      if (fault) throw fault;
      if (row.length !== this.header.length)
        throw new RowError('INVALID_FIELD', `the row has ${row.length} columns and the header ${this.header.length}`);
      const key = this.keyAt < 0 ? '' : (row[this.keyAt] ?? '');
      if (key !== '' && repeated.has(key.toLowerCase())) throw duplicateInChunk(this.job, key);
      const done = this.dml?.apply(this.columns, row, this.processing.now());
      const isHidden = this.processing.faults.hidesResult?.(this.job) === true;
      if (!done || isHidden) return;
      const result = this.resultRow(done.id, String(done.created), row, this.hiddenAt);
      this.success?.add(result);
      if (this.processing.faults.doublesResult?.(this.job)) this.success?.add(result);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.job.failed += 1;
      this.failed?.add(this.resultRow('', error.text, row));
    }
  }

  /** Values come back as their types write them, not as they were sent. */
  private resultRow(id: string, second: string, row: readonly string[], hiddenAt = -1): string {
    const values = [id, second];
    for (let at = 0; at < row.length; at += 1) {
      if (at === hiddenAt) continue;
      const value = row[at] ?? '';
      values.push(value !== '' && NUMBER_TYPES.has(this.columns[at]?.field.type ?? '') ? asJavaDouble(value) : value);
    }
    return quotedRow(values, this.delimiter, this.lineEnd);
  }

  /** Keys, in lower case, that more than one row of a chunk has: all of these rows fail. */
  private repeatedKeys(rows: readonly string[][]): ReadonlySet<string> {
    const repeated = new Set<string>();
    if (this.keyAt < 0) return repeated;
    const seen = new Set<string>();
    for (const row of rows) {
      const key = (row[this.keyAt] ?? '').toLowerCase();
      if (seen.has(key)) repeated.add(key);
      else seen.add(key);
    }
    return repeated;
  }

  /** Lets others have their turn, and keeps to the rate. */
  private async pace(): Promise<void> {
    const { rowsPerSecond } = this.processing;
    const aheadMs = rowsPerSecond ? (this.job.processed / rowsPerSecond) * 1000 - (Date.now() - this.startedMs) : 0;
    if (aheadMs > 1) await sleep(aheadMs);
    else await setImmediate();
  }

  private async checkLineEnding(): Promise<void> {
    const file = await open(this.processing.paths.upload, 'r');
    const head = Buffer.alloc(64 * 1024);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    await file.close();
    const at = head.subarray(0, bytesRead).indexOf('\n');
    if (at < 0) return;
    const isCrlf = at > 0 && head[at - 1] === 0x0d;
    if (isCrlf !== (this.job.lineEnding === 'CRLF'))
      throw new JobFailed(
        `ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${this.job.lineEnding}`
      );
  }
}

function duplicateInChunk({ operation, externalIdFieldName }: IngestJob, key: string): RowError {
  return operation === 'upsert'
    ? new RowError('DUPLICATE_VALUE', `Duplicate external id specified: ${key}`, [externalIdFieldName ?? 'Id'])
    : new RowError('DUPLICATE_VALUE', `Duplicate id specified: ${key}`);
}
